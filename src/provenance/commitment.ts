// The salted commitment of a leaf: HMAC-SHA-256 over the exact bytes that are stored, on any HMAC. Pure; runs in browsers.
// Without the salt it tells nothing and cannot be found again by guessing; with the salt destroyed it is a random number.
import { HealthChainError } from '../kernel/errors.ts'
import { concat, utf8 } from './bytes.ts'
import type { Hmac } from './hmac.ts'
import { type LeafType, VERSIONED } from './leaf.ts'
import type { Hash } from './tree-hasher.ts'

export const SALT_SIZE = 32
const LABEL = 'fhir-leaf/v1\0'

export interface Committed {
  readonly resourceType: string
  readonly id: string
  readonly versionId: string
  readonly op: 'create' | 'update' | 'delete'
  /** The stored text, digit for digit; empty for a delete. */
  readonly resource: string
  /** The stored text of the Provenance. */
  readonly provenance: string
  /** Id of the authorisation decision. */
  readonly decision: string
}

/** `fhir-leaf/v1`, a zero byte, and each part after its length as big-endian uint32: no two contents read alike. */
export function committedBytes(content: Committed): Uint8Array {
  const { resourceType, id, versionId, op, resource, provenance, decision } = content
  const parts = [resourceType, id, versionId, op, resource, provenance, decision].map(exact)
  return concat([utf8(LABEL), ...parts.flatMap((part) => [uint32(part.length), part])])
}

/** @throws HealthChainError fault, for a salt of another length or text that has no UTF-8 */
export function commitment(hmac: Hmac, salt: Uint8Array, content: Committed): Hash {
  if (salt.length !== SALT_SIZE)
    throw new HealthChainError('fault', 'bad-salt', `A salt has ${SALT_SIZE} bytes: draw a new one for each entry.`)
  return hmac(salt, committedBytes(content))
}

/** The type of leaf that a write is logged as. */
export function leafTypeOf({ resourceType, op }: Pick<Committed, 'resourceType' | 'op'>): LeafType {
  if (op === 'delete') return 'fhir.delete'
  return resourceType === 'Consent' ? 'consent' : 'fhir.write'
}

/** Whether a leaf of this type may commit to this content: a write cannot hide among the events. Of a batch it is a root, see batch.ts. */
export function fitsLeaf(type: LeafType, content: Pick<Committed, 'resourceType' | 'op'>): boolean {
  const isEvent = content.resourceType === 'AuditEvent' && content.op === 'create'
  return VERSIONED.includes(type) ? type === leafTypeOf(content) : isEvent && type !== 'audit.batch'
}

// A lone surrogate would be encoded like U+FFFD: two texts with one commitment.
const exact = (text: string): Uint8Array => {
  if (text.isWellFormed()) return utf8(text)
  throw new HealthChainError('fault', 'not-unicode', 'Only well-formed Unicode can be logged: correct the writer.')
}

const uint32 = (value: number): Uint8Array => Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value)
