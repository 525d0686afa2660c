// The Merkle tree of RFC 9162 section 2.1 (https://www.rfc-editor.org/rfc/rfc9162#section-2.1) on the platform's SHA-256:
// hashes, roots, proofs and their checks, as the server uses them. Pure.
import { type Frontier, type Grown, grow, rootOf } from './frontier.ts'
import { sha256 } from './native-hash.ts'
import { consistencyProofFrom, type HashReader, inclusionProofFrom, rootFrom } from './proof-builder.ts'
import { type ConsistencyClaim, consistencyHolds, type InclusionClaim, inclusionHolds } from './proof-check.ts'
import { type Hash, treeHasher } from './tree-hasher.ts'

export const hasher = treeHasher(sha256)

export const leafHash = (entry: Uint8Array): Hash => hasher.leaf(entry)
export const nodeHash = (left: Hash, right: Hash): Hash => hasher.node(left, right)
export const EMPTY_ROOT: Hash = hasher.empty

/** Malformed input is false, never an exception. */
export const verifyInclusion = (claim: InclusionClaim): boolean => inclusionHolds(hasher, claim)
/** Malformed input is false, never an exception. */
export const verifyConsistency = (claim: ConsistencyClaim): boolean => consistencyHolds(hasher, claim)

/** The root of the first `size` leaves. */
export const treeRoot = (size: number, read: HashReader): Hash => rootFrom(hasher, size, read)
/** @throws HealthChainError incorrect, unless index < size */
export const inclusionProof = (index: number, size: number, read: HashReader): Hash[] =>
  inclusionProofFrom(hasher, index, size, read)
/** @throws HealthChainError incorrect, if size1 > size2 */
export const consistencyProof = (size1: number, size2: number, read: HashReader): Hash[] =>
  consistencyProofFrom(hasher, size1, size2, read)

/** Adds leaf hashes to a tree of which only the right border is known. */
export const appendLeaves = (frontier: Frontier, leaves: readonly Hash[]): Grown => grow(hasher, frontier, leaves)
export const frontierRoot = (frontier: Frontier): Hash => rootOf(hasher, frontier)
