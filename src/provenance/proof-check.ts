// Checking proofs, RFC 9162 sections 2.1.3.2 and 2.1.4.2, on any SHA-256. Pure; runs in browsers; trusts no input:
// whatever is malformed is false, never an exception, and no loop is longer than 64 bits.
import { equalBytes } from './bytes.ts'
import { HASH_SIZE, type Hash, type TreeHasher } from './tree-hasher.ts'

/** A size or an index: an integer from 0 to 2^64 - 1, as bigint or as safe integer. */
export type Count = number | bigint

export interface InclusionClaim {
  readonly index: Count
  readonly size: Count
  readonly leafHash: Uint8Array
  readonly proof: readonly Uint8Array[]
  readonly root: Uint8Array
}

export interface ConsistencyClaim {
  readonly size1: Count
  readonly size2: Count
  readonly root1: Uint8Array
  readonly root2: Uint8Array
  readonly proof: readonly Uint8Array[]
}

const COUNT_END = 2n ** 64n
/** No path in a tree of 2^64 - 1 leaves is longer; a consistency proof may have one hash more. */
const PROOF_MAX = 65

function isCount(value: unknown): value is Count {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0
  return typeof value === 'bigint' && value >= 0n && value < COUNT_END
}

const isHash = (value: unknown): value is Hash => value instanceof Uint8Array && value.length === HASH_SIZE

/** A copy taken index by index: holes show, and no iterator of the caller's runs. Undefined unless all are hashes. */
function hashesOf(value: unknown): Hash[] | undefined {
  if (!Array.isArray(value)) return undefined
  const { length } = value
  if (length > PROOF_MAX) return undefined
  const hashes = Array.from({ length }, (_, i): unknown => value[i])
  return hashes.every(isHash) ? hashes : undefined
}

/** False also for what throws while it is read: a getter, a proxy, nothing at all. */
function holds(check: () => boolean): boolean {
  try {
    return check()
  } catch {
    return false
  }
}

/** Whether `leafHash` is leaf number `index` of the tree with `size` leaves and this root. */
export const inclusionHolds = (hasher: TreeHasher, claim: InclusionClaim): boolean =>
  holds(() => {
    const { index, size, leafHash, root } = claim
    if (!isCount(index) || !isCount(size) || index >= size) return false
    const proof = hashesOf(claim.proof)
    if (!isHash(leafHash) || !isHash(root) || !proof) return false
    let fn = BigInt(index)
    let sn = BigInt(size) - 1n
    let r = leafHash
    for (const p of proof) {
      if (sn === 0n) return false
      const left = (fn & 1n) === 1n
      r = left || fn === sn ? hasher.node(p, r) : hasher.node(r, p)
      // On the right border the levels where the node has no sibling are passed over.
      if (!left && fn === sn) while ((fn & 1n) === 0n && fn !== 0n) [fn, sn] = [fn >> 1n, sn >> 1n]
      fn >>= 1n
      sn >>= 1n
    }
    return sn === 0n && equalBytes(r, root)
  })

/** Whether the tree with `size1` leaves and `root1` is the beginning of the tree with `size2` leaves and `root2`. */
export const consistencyHolds = (hasher: TreeHasher, claim: ConsistencyClaim): boolean =>
  holds(() => {
    const { size1, size2, root1, root2 } = claim
    if (!isCount(size1) || !isCount(size2) || size1 > size2) return false
    const proof = hashesOf(claim.proof)
    if (!isHash(root1) || !isHash(root2) || !proof) return false
    const [first, second] = [BigInt(size1), BigInt(size2)]
    // The tree without leaves has one root only.
    if (first === 0n && !equalBytes(root1, hasher.empty)) return false
    if (first === second) return proof.length === 0 && equalBytes(root1, root2)
    return first === 0n ? proof.length === 0 : grew(hasher, first, second, root1, root2, proof)
  })

function grew(hasher: TreeHasher, first: bigint, second: bigint, root1: Hash, root2: Hash, proof: Hash[]): boolean {
  if (proof.length === 0) return false
  const isPower = (first & (first - 1n)) === 0n
  const [seed, ...rest] = isPower ? [root1, ...proof] : proof
  let fn = first - 1n
  let sn = second - 1n
  while ((fn & 1n) === 1n) [fn, sn] = [fn >> 1n, sn >> 1n]
  let fr = seed!
  let sr = seed!
  for (const c of rest) {
    if (sn === 0n) return false
    const left = (fn & 1n) === 1n
    if (left || fn === sn) {
      fr = hasher.node(c, fr)
      sr = hasher.node(c, sr)
      if (!left) while ((fn & 1n) === 0n && fn !== 0n) [fn, sn] = [fn >> 1n, sn >> 1n]
    } else {
      sr = hasher.node(sr, c)
    }
    fn >>= 1n
    sn >>= 1n
  }
  return sn === 0n && equalBytes(fr, root1) && equalBytes(sr, root2)
}
