// Roots and proofs from whoever can tell the hashes of complete subtrees, RFC 9162 section 2.1. Pure; runs in browsers.
import { completeSubtrees, consistencyRanges, inclusionRanges, type Range, type Subtree } from './subtrees.ts'
import type { Hash, TreeHasher } from './tree-hasher.ts'

export type HashReader = (subtree: Subtree) => Hash

/** One hash of several subtrees, largest first: MTH of the range that they make up. */
export const joined = (hasher: TreeHasher, hashes: readonly Hash[]): Hash =>
  hashes.length === 0 ? hasher.empty : hashes.reduceRight((right, left) => hasher.node(left, right))

const rangeHash = (hasher: TreeHasher, range: Range, read: HashReader): Hash =>
  joined(hasher, completeSubtrees(range).map(read))

/** MTH(D[size]) */
export const rootFrom = (hasher: TreeHasher, size: number, read: HashReader): Hash => rangeHash(hasher, [0, size], read)

/** @throws HealthChainError incorrect, unless index < size */
export const inclusionProofFrom = (hasher: TreeHasher, index: number, size: number, read: HashReader): Hash[] =>
  inclusionRanges(index, size).map((range) => rangeHash(hasher, range, read))

/** @throws HealthChainError incorrect, if size1 > size2 */
export const consistencyProofFrom = (hasher: TreeHasher, size1: number, size2: number, read: HashReader): Hash[] =>
  consistencyRanges(size1, size2).map((range) => rangeHash(hasher, range, read))
