// The verifier as one library without dependencies, for Node and browsers (Web Cryptography with Ed25519). It is told whom
// to believe (`readPolicy`), reads what a log serves or an export holds, and answers with findings.
import { eventIn as eventInTree } from '../disclosed-event.ts'
import { type ConsistencyClaim, consistencyHolds, type InclusionClaim, inclusionHolds } from '../proof-check.ts'
import { hasher } from './proof.ts'
import { sha256 } from './sha-256.ts'

export { parseCheckpoint } from '../checkpoint.ts'
export { commitment } from '../commitment.ts'
export { type DisclosedVersion, readDisclosed } from '../disclosed-version.ts'
export { type Leaf, readLeaf } from '../leaf.ts'
export { openCheckpoint, type Policy, readPolicy } from '../policy.ts'
export { parseTlogProof } from '../tlog-proof.ts'
export type { Finding, FindingCode } from './finding.ts'
export { type LogQuestion, type LogReport, type Read, type Remembered, verifyGrowth, verifyLog } from './log.ts'
export { type Included, verifyTlogProof } from './proof.ts'
export { hmacSha256, sha256 } from './sha-256.ts'
export { VersionCheck } from './versions.ts'

export const leafHash = (entry: Uint8Array): Uint8Array => hasher.leaf(entry)
/** Malformed input is false, never an exception. */
export const verifyInclusion = (claim: InclusionClaim): boolean => inclusionHolds(hasher, claim)
/** Malformed input is false, never an exception. */
export const verifyConsistency = (claim: ConsistencyClaim): boolean => consistencyHolds(hasher, claim)
/**
 * The AuditEvent, without what only auditors are told, that the `extra` line of a proof shows to be in the tree of this entry.
 * @param entry the bytes of the leaf whose inclusion is verified: of a batch, or of a version with events
 */
export const eventIn = (extra: Uint8Array, entry: Uint8Array): string | undefined =>
  eventInTree(sha256, hasher, extra, entry)

export interface EventClaim {
  /** JSON text, without what only auditors are told. */
  readonly event: string
  readonly extra: Uint8Array
  readonly entry: Uint8Array
}

/** Malformed input is false, never an exception. */
export const verifyEvent = ({ event, extra, entry }: EventClaim): boolean =>
  typeof event === 'string' && eventIn(extra, entry) === event
