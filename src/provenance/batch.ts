// Audit events in a Merkle tree of their own (RFC 9162, section 2.1), whose root one leaf of the log commits to: a batch, or
// those of a write behind its version. Pure; runs in browsers. Every event has two salts: one is proved without its
// neighbours, and without what only auditors are told (the network, the text of the request).
import { concat, equalBytes, utf8 } from './bytes.ts'
import { EMPTY_FRONTIER, grow, rootOf } from './frontier.ts'
import type { Leaf } from './leaf.ts'
import { inclusionFromTiles } from './tile-reader.ts'
import { HASH_SIZE, type Hash, type Sha256, type TreeHasher } from './tree-hasher.ts'

/** Between texts that are hashed together; none may hold it. */
export const SEPARATOR = '\u001d'

export const EVENT_LABEL = utf8('audit-event/v1\0')

/** The members that only auditors are told, as src/store/audit prints them: a quote inside of a string has a backslash. */
const WITHHELD =
  /,"(?:network":\{(?:"address":"(?:[^"\\]|\\.)*","type":"\d"|"extension":\[\{[^{}]*\}\])\}|(?:description|query)":"(?:[^"\\]|\\.)*")/g

/** Of a frame's template what everybody is told who is told the event. */
export const toldTemplate = (template: string): string => template.replaceAll(WITHHELD, '')

/** The holes of `toldTemplate`, in the order in which their fillings are hashed: src/store/audit/holes.ts */
export const TOLD_HOLES = '\u0001\u0002\u0004\u0005\u0006\u0008\u000e'

/** The AuditEvent. @param told the filling of each of TOLD_HOLES, with SEPARATOR between them */
export function toldEvent(template: string, told: string): string {
  const fillings = told.split(SEPARATOR)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: holes are characters that no JSON text can hold
  return template.replace(/[\u0001-\u000e]/g, (hole) => fillings[TOLD_HOLES.indexOf(hole)] ?? hole)
}

/** Of everything that is stored: the frame, and the columns of the row with SEPARATOR between them. */
export const wholeHash = (sha256: Sha256, salt: Uint8Array, frame: Hash, row: string): Hash =>
  sha256(concat([salt, frame, utf8(row)]))

export interface EventLeaf {
  /** 32 bytes of salt. */
  readonly salt: Uint8Array
  /** Blinded by another salt. */
  readonly whole: Hash
  /** SHA-256 of `toldTemplate`. */
  readonly template: Hash
  readonly told: string
}

/** What the leaf of an event hashes: its salt, `audit-event/v1`, a zero byte, two hashes, and what fills the template. */
export const eventBytes = ({ salt, whole, template, told }: EventLeaf): Uint8Array =>
  concat([salt, EVENT_LABEL, whole, template, utf8(told)])

export const batchRoot = (hasher: TreeHasher, leaves: readonly Hash[]): Hash =>
  rootOf(hasher, grow(hasher, EMPTY_FRONTIER, leaves).frontier)

/** What the leaf of a version commits to. @param version its commitment @param events leaves of the events that follow it, 32 bytes each */
export function rootWith(hasher: TreeHasher, version: Hash, events?: Uint8Array): Hash {
  if (!events?.length) return version
  const leaves = [version]
  for (let at = 0; at < events.length; at += HASH_SIZE) leaves.push(events.subarray(at, at + HASH_SIZE))
  return batchRoot(hasher, leaves)
}

/** Whether the leaf commits to the version with these events behind it, no more and no fewer. @param version its commitment @param events as in `rootWith` */
export const commitsTo = (
  hasher: TreeHasher,
  leaf: Pick<Leaf, 'commitment' | 'events'>,
  version: Hash,
  events: Uint8Array,
): boolean =>
  (leaf.events ?? 0) * HASH_SIZE === events.length && equalBytes(rootWith(hasher, version, events), leaf.commitment)

/** @throws HealthChainError incorrect, unless index < leaves.length */
export function batchPath(hasher: TreeHasher, leaves: readonly Hash[], index: number): Promise<Hash[]> {
  const { tiles } = grow(hasher, EMPTY_FRONTIER, leaves)
  return inclusionFromTiles(
    hasher,
    index,
    leaves.length,
    async (asked) => tiles.find(({ level, index: at }) => level === asked.level && at === asked.index)!.added,
  )
}
