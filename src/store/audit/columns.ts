// Columns of the log in PostgreSQL's own text form, straight from the codes: what src/search/index-row.ts would find in the
// JSON, without reading it again; tests/audit/columns.test.ts holds the two equal. Pure. An empty text is null.
import type { FrameHashes } from '../../provenance/stored-event.ts'
import { indexReference } from '../../search/types/reference.ts'
import { indexString, joinStrings } from '../../search/types/string.ts'
import { indexToken } from '../../search/types/token.ts'
import { type Coding, clean, entityType, OAUTH_AGENT, objectRole, REQUEST_ID, resourceType, role } from './codes.ts'
import { memo } from './memo.ts'

/** A row of audit_frame: column -> text, in the order of the statement. */
export const FRAME = {
  hash: 'uuid',
  subject: 'boolean',
  template: 'text',
  document: 'text',
  own: 'text',
  action: 'text',
  address: 'text',
  agent: 'text[]',
  agent_role: 'bigint[]',
  entity_role: 'bigint[]',
  entity_type: 'bigint[]',
  outcome: 'text',
  subtype: 'bigint[]',
  type: 'bigint[]',
} as const
export type FrameRow = { readonly [column in keyof typeof FRAME]: string }

/** A row of audit_entry. */
export const ENTRY = {
  id: 'text',
  frame: 'uuid',
  recorded: 'timestamptz',
  patient: 'text',
  shared: 'boolean',
  custodian: 'text',
  request: 'text',
  address: 'text',
  rest: 'text',
  data: 'text',
  labels: 'text',
  part: 'text',
  entity: 'text[]',
} as const
export type EntryRow = { readonly [column in keyof typeof ENTRY]: string }

/** A frame with what every event that shares it commits to. */
export interface Frame extends FrameRow {
  readonly hashes: FrameHashes
}

/** One event: what is its own, and what it shares with others. */
export interface AuditRow extends EntryRow {
  readonly shares: Frame
}

/** PostgreSQL's text of an array of texts. */
export const literal = (items: Iterable<string>): string => {
  let list = ''
  for (const item of items) list += `${list === '' ? '{' : ','}"${item.replaceAll(/["\\]/g, '\\$&')}"`
  return list === '' ? '' : `${list}}`
}

export function tokens(codings: readonly (Coding | undefined)[]): string {
  const found = new Set<string>()
  for (const coding of codings) if (coding) indexToken('Coding', coding, found)
  return found.size === 0 ? '' : `{${[...found].join(',')}}`
}

const normalised = memo((address) => {
  const found = new Set<string>()
  indexString('string', address, found)
  return joinStrings(found)
})

/** The column is a list of texts, each behind a separator, none twice. */
export function addresses(texts: readonly (string | undefined)[]): string {
  const found = new Set<string>()
  for (const text of texts) if (text && clean(text)) found.add(normalised(clean(text)))
  return [...found].join('')
}

export const references = (texts: Iterable<string>): string => {
  const found = new Set<string>()
  for (const text of texts) {
    const form = indexReference(text)
    if (form !== undefined) found.add(form)
  }
  return literal(found)
}

/** Nothing is something else here than not said. */
export const explicitly = (list: string): string => list || '{}'

const FIXED: Readonly<Record<string, readonly [type: Coding, role?: Coding]>> = {
  patient: [entityType('1'), objectRole('1')],
  data: [entityType('2'), objectRole('4')],
  query: [entityType('2'), objectRole('24')],
  consent: [resourceType('Consent'), objectRole('13')],
  request: [REQUEST_ID],
  token: [OAUTH_AGENT],
}

/** Columns for entities of these names, joined by spaces; a name that is none of the fixed ones is a resource type. */
export const entityCodes = memo((names) => {
  if (names === '') return { entity_type: '', entity_role: '' }
  const codes = names.split(' ').map((name) => FIXED[name] ?? ([resourceType(name), objectRole('4')] as const))
  return { entity_type: tokens(codes.map(([type]) => type)), entity_role: tokens(codes.map(([, role]) => role)) }
})

export const roleCodes = memo((code) => tokens([role(code)]))
