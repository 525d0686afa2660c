// One line of an export: a version with what its leaf commits to, and the salt that opens the commitment. Pure; runs in
// browsers. The texts are the stored ones to the last digit, therefore strings inside the line and not JSON of it.
import { fromBase64, toBase64 } from './base64.ts'
import type { Committed } from './commitment.ts'

export interface DisclosedVersion extends Committed {
  /** UUID of the log entry. */
  readonly entry: string
  readonly salt: Uint8Array
}

const TEXTS = ['entry', 'resourceType', 'id', 'versionId', 'resource', 'provenance', 'decision'] as const
const OPS: readonly unknown[] = ['create', 'update', 'delete'] satisfies Committed['op'][]

/** One line of NDJSON, without its newline. */
export const disclosedLine = ({ salt, ...version }: DisclosedVersion): string =>
  JSON.stringify({ ...version, salt: toBase64(salt) })

/** Undefined for what is no such line. Members that nobody knows are passed over. */
export function readDisclosed(line: string): DisclosedVersion | undefined {
  const all = members(line)
  const { op, salt } = all
  const bytes = typeof salt === 'string' ? fromBase64(salt) : undefined
  if (bytes === undefined || !OPS.includes(op) || !TEXTS.every((name) => typeof all[name] === 'string'))
    return undefined
  const texts = Object.fromEntries(TEXTS.map((name) => [name, all[name]])) as Record<(typeof TEXTS)[number], string>
  return { ...texts, op: op as Committed['op'], salt: bytes }
}

function members(line: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(line))
  } catch {
    return {}
  }
}
