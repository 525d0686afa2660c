// An audit event as it is stored, to the last column: a line of the operator's dump, and the leaf that it makes. Pure.
import { fromBase64, toBase64 } from './base64.ts'
import { type EventLeaf, SEPARATOR, toldTemplate, wholeHash } from './batch.ts'
import { hex, utf8 } from './bytes.ts'
import { SALT_SIZE } from './commitment.ts'
import { HASH_SIZE, type Hash, type Sha256 } from './tree-hasher.ts'

/** An event has two salts, one behind the other: of what is told, and of the whole row. */
export const SALTS_SIZE = 2 * SALT_SIZE

export interface StoredEvent {
  /** UUID of the entry in the log that commits to it, of a batch or of a version; empty for an event that has none. */
  readonly batch: string
  /** Among the leaves of that entry's tree. */
  readonly place: number
  /** SALTS_SIZE bytes; none where they are gone. */
  readonly salts: Uint8Array
  /** Where the entry is of a version: its commitment, which stands first in the tree. */
  readonly version?: Hash
  /** Columns of audit_entry, see ROW; '' where there is nothing. */
  readonly row: readonly string[]
  /** Columns of audit_frame, its name first: a dump has each once, with the first event that needs it. */
  readonly frame?: readonly string[]
}

/** Columns of audit_entry in the order in which they are hashed. */
export const ROW = [
  ...(['id', 'frame', 'recorded', 'patient', 'shared', 'custodian', 'request'] as const),
  ...(['address', 'rest', 'data', 'labels', 'part', 'entity'] as const),
]
const FRAME_COLUMNS = 14
const FRAME_AT = 1
/** Of a frame. */
export const TEMPLATE_AT = 2
/** Behind each column of a frame. */
const END = '\u001e'

/** One line of NDJSON, without its newline. */
export const storedEventLine = ({ salts, version, ...event }: StoredEvent): string =>
  JSON.stringify({ ...event, salts: toBase64(salts), ...(version && { version: toBase64(version) }) })

const isRow = (value: unknown, length: number): value is string[] =>
  Array.isArray(value) && value.length === length && value.every((column) => typeof column === 'string')

/** Undefined for what is no such line. */
export function readStoredEvent(line: string): StoredEvent | undefined {
  const { batch, place, salts, version, row, frame } = members(line)
  const [bytes, first] = [salts, version].map((text) => (typeof text === 'string' ? fromBase64(text) : undefined))
  if (version !== undefined && first?.length !== HASH_SIZE) return undefined
  if (typeof batch !== 'string' || typeof place !== 'number' || bytes === undefined) return undefined
  if (!isRow(row, ROW.length) || (frame !== undefined && !isRow(frame, FRAME_COLUMNS))) return undefined
  return { batch, place, salts: bytes, row, ...(first && { version: first }), ...(frame && { frame }) }
}

function members(line: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(line))
  } catch {
    return {}
  }
}

/** What all events of one frame hash of it. */
export interface FrameHashes {
  readonly name: string
  readonly digest: Hash
  readonly template: Hash
}

/** @param frame columns of audit_frame, whatever its name says */
export function frameHashes(sha256: Sha256, frame: readonly string[]): FrameHashes {
  const digest = sha256(utf8(frame.map((column, i) => (i === 0 ? '' : column + END)).join('')))
  // 128 bits of a SHA-256: two frames of one name would be one event told as another.
  const name = hex(digest.subarray(0, 16)).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  return { name, digest, template: sha256(utf8(toldTemplate(frame[TEMPLATE_AT]!))) }
}

export const frameOf = ({ row }: Pick<StoredEvent, 'row'>): string => row[FRAME_AT]!
/** Of an event's own columns, those that an AuditEvent is told with. */
export type Told = Readonly<Record<'id' | 'recorded' | 'patient' | 'request' | 'data' | 'labels' | 'part', string>>

/** The fillings of TOLD_HOLES, as the view audit_event prints them. */
export const toldText = ({ id, recorded, patient, request, data, labels, part }: Told): string =>
  id +
  SEPARATOR +
  recorded +
  SEPARATOR +
  JSON.stringify(`Patient/${patient}`) +
  SEPARATOR +
  JSON.stringify(data || null) +
  SEPARATOR +
  labelled(labels) +
  SEPARATOR +
  part +
  SEPARATOR +
  JSON.stringify(request || null)

const CODES = 'http://terminology.hl7.org/CodeSystem/v3-'

/** A blank stands between the codes: the confidentiality first. */
const labelled = (labels: string): string =>
  labels &&
  `,"securityLabel":[{"system":"${CODES}Confidentiality","code":"${labels.replaceAll(' ', `"},{"system":"${CODES}ActCode","code":"`)}"}]`

export const toldOf = ({ row }: Pick<StoredEvent, 'row'>): string =>
  toldText(Object.fromEntries(ROW.map((column, i) => [column, row[i]!])) as Record<(typeof ROW)[number], string>)

/** Nothing else is hashed to the same: it holds no separator, and has UTF-8. To be asked of what is read. */
export const isExact = (column: string) => !column.includes(SEPARATOR) && !column.includes(END) && column.isWellFormed()

/** What makes the leaf of an event; undefined where its columns cannot be what was written. */
export function leafOfStored(
  sha256: Sha256,
  { salts, row }: StoredEvent,
  { digest, template }: FrameHashes,
): EventLeaf | undefined {
  if (salts.length !== SALTS_SIZE || !row.every(isExact)) return undefined
  const whole = wholeHash(sha256, salts.subarray(SALT_SIZE), digest, row.join(SEPARATOR))
  return { salt: salts.subarray(0, SALT_SIZE), whole, template, told: toldOf({ row }) }
}
