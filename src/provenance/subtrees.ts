// Which subtrees a proof is made of: the recursions of RFC 9162 section 2.1 as ranges of leaves. Pure integers, no hashes.
import { HealthChainError } from '../kernel/errors.ts'

/** The complete subtree over D[index * 2^level : (index + 1) * 2^level]. */
export interface Subtree {
  readonly level: number
  readonly index: number
}

/** D[begin:end], as the RFC writes it. */
export type Range = readonly [begin: number, end: number]

/** floor(log2(n)) for 1 <= n <= 2^53 - 1, exactly. */
export function floorLog2(n: number): number {
  const high = Math.floor(n / 2 ** 32)
  return high > 0 ? 63 - Math.clz32(high) : 31 - Math.clz32(n)
}

/** k, the largest power of two smaller than n > 1. */
const split = (n: number): number => 2 ** floorLog2(n - 1)

/** The complete subtrees of D[begin:end], largest (leftmost) first; `begin` must be where such a range may begin. */
export function completeSubtrees([begin, end]: Range): Subtree[] {
  const found: Subtree[] = []
  for (let at = begin; at < end; ) {
    const level = floorLog2(end - at)
    found.push({ level, index: at / 2 ** level })
    at += 2 ** level
  }
  return found
}

const isSize = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) >= 0

const outside = (what: string) => new HealthChainError('incorrect', 'outside-log', what)

/** PATH(index, D[size]), section 2.1.3.1: the leaf's sibling first. @throws HealthChainError unless index < size */
export function inclusionRanges(index: number, size: number): Range[] {
  if (!isSize(index) || !isSize(size) || index >= size) throw outside('Ask for a leaf below the size of the log.')
  const path: Range[] = []
  let begin = 0
  let end = size
  while (end - begin > 1) {
    const middle = begin + split(end - begin)
    path.push(index < middle ? [middle, end] : [begin, middle])
    if (index < middle) end = middle
    else begin = middle
  }
  return path.reverse()
}

/** PROOF(size1, D[size2]), section 2.1.4.1; none where either tree is empty. @throws HealthChainError if size1 > size2 */
export function consistencyRanges(size1: number, size2: number): Range[] {
  if (!isSize(size1) || !isSize(size2) || size1 > size2) throw outside('Ask from the smaller size to the larger one.')
  if (size1 === 0) return []
  const proof: Range[] = []
  let begin = 0
  let end = size2
  while (end !== size1) {
    const middle = begin + split(end - begin)
    proof.push(size1 <= middle ? [middle, end] : [begin, middle])
    if (size1 <= middle) end = middle
    else begin = middle
  }
  // The whole old tree is left out: who checks has its root.
  if (begin > 0) proof.push([begin, end])
  return proof.reverse()
}
