// RFC 9162 section 2.1 as it is written: recursive, slow, by slices of leaves. The oracle for everything about the tree.
import { createHash } from 'node:crypto'

export type Bytes = Uint8Array

const HASH = (...parts: Bytes[]): Bytes => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return new Uint8Array(hash.digest())
}
export const leaf = (d: Bytes): Bytes => HASH(Uint8Array.of(0), d)
export const node = (left: Bytes, right: Bytes): Bytes => HASH(Uint8Array.of(1), left, right)

/** k, the largest power of two smaller than n. */
function split(n: number): number {
  let k = 1
  while (2 * k < n) k *= 2
  return k
}

/** Section 2.1.1, of leaf hashes. */
export function MTH(D: readonly Bytes[]): Bytes {
  if (D.length === 0) return HASH()
  if (D.length === 1) return D[0]!
  const k = split(D.length)
  return node(MTH(D.slice(0, k)), MTH(D.slice(k)))
}

/** Section 2.1.3.1 */
export function PATH(m: number, D: readonly Bytes[]): Bytes[] {
  if (D.length === 1) return []
  const k = split(D.length)
  if (m < k) return [...PATH(m, D.slice(0, k)), MTH(D.slice(k))]
  return [...PATH(m - k, D.slice(k)), MTH(D.slice(0, k))]
}

/** Section 2.1.4.1; empty for an empty old tree, which the RFC leaves out. */
export const PROOF = (m: number, D: readonly Bytes[]): Bytes[] => (m === 0 ? [] : SUBPROOF(m, D, true))

function SUBPROOF(m: number, D: readonly Bytes[], b: boolean): Bytes[] {
  if (m === D.length) return b ? [] : [MTH(D)]
  const k = split(D.length)
  if (m <= k) return [...SUBPROOF(m, D.slice(0, k), b), MTH(D.slice(k))]
  return [...SUBPROOF(m - k, D.slice(k), false), MTH(D.slice(0, k))]
}

/** The root that a path leads to, by the recursion of PATH; undefined if the path has another length. */
export function rootOfPath(m: number, n: number, leafHash: Bytes, path: readonly Bytes[]): Bytes | undefined {
  if (n === 1) return path.length === 0 ? leafHash : undefined
  const last = path.at(-1)
  if (last === undefined) return undefined
  const k = split(n)
  const below = path.slice(0, -1)
  if (m < k) return joined(rootOfPath(m, k, leafHash, below), last)
  return joined(last, rootOfPath(m - k, n - k, leafHash, below))
}

const joined = (left?: Bytes, right?: Bytes) => left && right && node(left, right)

/** Both roots that a consistency proof leads to, by the recursion of SUBPROOF. */
export function rootsOfProof(m: number, n: number, root1: Bytes, proof: readonly Bytes[]): [Bytes, Bytes] | undefined {
  return rootsOf(m, n, root1, proof, true)
}

function rootsOf(m: number, n: number, root1: Bytes, proof: readonly Bytes[], b: boolean): [Bytes, Bytes] | undefined {
  if (m === n) {
    if (b) return proof.length === 0 ? [root1, root1] : undefined
    return proof.length === 1 ? [proof[0]!, proof[0]!] : undefined
  }
  const last = proof.at(-1)
  if (last === undefined) return undefined
  const k = split(n)
  const left = m <= k
  const below = left
    ? rootsOf(m, k, root1, proof.slice(0, -1), b)
    : rootsOf(m - k, n - k, root1, proof.slice(0, -1), false)
  if (below === undefined) return undefined
  return left ? [below[0], node(below[1], last)] : [node(last, below[0]), node(last, below[1])]
}

/** Some entries, all different, and their leaf hashes. */
export const entriesOf = (n: number): Bytes[] =>
  Array.from({ length: n }, (_, i) => new TextEncoder().encode(`entry ${i}`))
export const leavesOf = (n: number): Bytes[] => entriesOf(n).map(leaf)
export const equal = (a: Bytes, b: Bytes): boolean => Buffer.compare(a, b) === 0
export const hex = (bytes: Bytes): string => Buffer.from(bytes).toString('hex')
