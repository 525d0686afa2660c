// One line of an export: a version with what its leaf commits to, and the salt that opens the commitment. Pure; runs in
// browsers. The texts are the stored ones to the last digit, therefore strings inside the line and not JSON of it.
import { fromBase64, toBase64 } from './base64.ts'
import type { Committed } from './commitment.ts'

export interface DisclosedVersion extends Committed {
  /** UUID of the log entry. */
  readonly entry: string
  readonly salt: Uint8Array
  /** Leaves of the audit events that follow it in the tree of its leaf, see batch.ts, 32 bytes each: they tell nothing. */
  readonly events?: Uint8Array
}

const TEXTS = [
  ...(['entry', 'resourceType', 'id', 'versionId', 'resource', 'provenance'] as const),
  ...(['decision', 'salt', 'events'] as const),
]
const OPS: readonly unknown[] = ['create', 'update', 'delete'] satisfies Committed['op'][]

/** One line of NDJSON, without its newline. */
export const disclosedLine = ({ salt, events, ...version }: DisclosedVersion): string =>
  JSON.stringify({ ...version, salt: toBase64(salt), ...(events?.length && { events: toBase64(events) }) })

/** Undefined for what is no such line. Members that nobody knows are passed over. */
export function readDisclosed(line: string): DisclosedVersion | undefined {
  const all: Record<string, unknown> = { events: '', ...members(line) }
  const { op } = all
  if (!OPS.includes(op) || !TEXTS.every((name) => typeof all[name] === 'string')) return undefined
  const texts = Object.fromEntries(TEXTS.map((name) => [name, all[name]])) as Record<(typeof TEXTS)[number], string>
  const [salt, events] = [fromBase64(texts.salt), fromBase64(texts.events)]
  return salt && events && { ...texts, op: op as Committed['op'], salt, events }
}

function members(line: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(line))
  } catch {
    return {}
  }
}
