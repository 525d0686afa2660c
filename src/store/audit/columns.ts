// Columns of audit_event in PostgreSQL's own text form, straight from the codes: what src/search/index-row.ts would find in
// the JSON, without reading it again; tests/audit/columns.test.ts holds the two equal. Pure. An empty text is null.
import { indexReference } from '../../search/types/reference.ts'
import { indexString, joinStrings } from '../../search/types/string.ts'
import { indexToken } from '../../search/types/token.ts'
import { type Coding, clean, entityType, OAUTH_AGENT, objectRole, REQUEST_ID, resourceType } from './codes.ts'

/** A row to insert: column -> text, in the order of the statement. */
export const COLUMNS = {
  id: 'text',
  patient: 'text',
  shared: 'boolean',
  custodian: 'text',
  content: 'text',
  action: 'text',
  address: 'text',
  agent: 'text[]',
  agent_role: 'bigint[]',
  date_low: 'timestamptz',
  entity: 'text[]',
  entity_role: 'bigint[]',
  entity_type: 'bigint[]',
  outcome: 'text',
  patient_refs: 'text[]',
  subtype: 'bigint[]',
  type: 'bigint[]',
} as const
export type Column = keyof typeof COLUMNS

export type AuditRow = { readonly [column in Column]: string }

const literal = (items: Iterable<string>): string => {
  const quoted = [...items].map((item) => `"${item.replaceAll(/["\\]/g, '\\$&')}"`)
  return quoted.length === 0 ? '' : `{${quoted.join(',')}}`
}

export function tokens(codings: readonly (Coding | undefined)[]): string {
  const found = new Set<string>()
  for (const coding of codings) if (coding) indexToken('Coding', coding, found)
  return found.size === 0 ? '' : `{${[...found].join(',')}}`
}

export function addresses(texts: readonly (string | undefined)[]): string {
  const found = new Set<string>()
  for (const text of texts) if (text) indexString('string', clean(text), found)
  return joinStrings(found)
}

export const references = (texts: Iterable<string>): string => {
  const found = new Set<string>()
  for (const text of texts) {
    const form = indexReference(text)
    if (form !== undefined) found.add(form)
  }
  return literal(found)
}

const FIXED: Readonly<Record<string, readonly [type: Coding, role?: Coding]>> = {
  patient: [entityType('1'), objectRole('1')],
  data: [entityType('2'), objectRole('4')],
  query: [entityType('2'), objectRole('24')],
  consent: [resourceType('Consent'), objectRole('13')],
  request: [REQUEST_ID],
  token: [OAUTH_AGENT],
}

interface EntityCodes {
  readonly entity_type: string
  readonly entity_role: string
}
const known = new Map<string, EntityCodes>()
const KNOWN_MAX = 10_000

/** Columns for entities of these names, joined by spaces; a name that is none of the fixed ones is a resource type. */
export function entityCodes(names: string): EntityCodes {
  const before = known.get(names)
  if (before) return before
  const codes = names.split(' ').map((name) => FIXED[name] ?? ([resourceType(name), objectRole('4')] as const))
  const made = names
    ? { entity_type: tokens(codes.map(([type]) => type)), entity_role: tokens(codes.map(([, role]) => role)) }
    : { entity_type: '', entity_role: '' }
  if (known.size >= KNOWN_MAX) known.clear()
  known.set(names, made)
  return made
}
