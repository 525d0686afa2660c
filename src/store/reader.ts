// Every read of resources. Each takes a ReadScope: what consent holds back is no row of any statement here.
import { type RawBuilder, sql } from 'kysely'
import { admissions, type ReadScope } from '../consent/read-scope.ts'
import type { SearchParameter } from '../fhir/search-parameters.ts'
import type { Search } from '../search/ast.ts'
import {
  columns,
  compileCount,
  compileReverse,
  compileSearch,
  print,
  type ReverseRow,
  restriction,
  type Statement,
  type StoredRow,
} from '../search/compile.ts'
import { searchTable } from '../search/parameters.ts'
import { type PrintedRow, printedById } from '../search/provenance.ts'
import { ENTRY_ID } from '../search/provenance-hints.ts'
import type { Session } from './database.ts'
import { disclose, type Resource } from './disclose.ts'
import { withoutOutgrown } from './outgrown.ts'
import type { View } from './view.ts'

export type { Resource } from './disclose.ts'

export interface Found {
  resource: Resource
  /** Sort keys as text, for cursors. */
  keys: (string | null)[]
}

export interface VersionEntry {
  versionId: string
  lastUpdated: string
  operation: 'create' | 'update' | 'delete'
  /** Null for a delete. */
  resource: Resource | null
}

// A read by id is the most frequent statement: printed once per scope, type and whether one id is asked for or several.
const byIds = new WeakMap<ReadScope, Map<string, Statement<StoredRow>>>()

/** The id, or the array of ids, is the first of the parameters that the statement's text does not fix. */
function readStatement(type: string, scope: ReadScope, several: boolean): Statement<StoredRow> {
  const known = byIds.get(scope) ?? new Map<string, Statement<StoredRow>>()
  byIds.set(scope, known)
  const key = several ? `${type}*` : type
  const printed = known.get(key) ?? printRead(type, scope, several)
  known.set(key, printed)
  return printed
}

/** Stands where the ids go until they are known. */
const IDS = '?'

function printRead(type: string, scope: ReadScope, several: boolean): Statement<StoredRow> {
  const table = sql.table(searchTable(type).table)
  const held = restriction(scope, type, 'r', { name: 't' })
  // PostgreSQL plans `= $1` once and `= any($1)` each time.
  const asked = several ? sql`any(${IDS}::text[])` : sql`${IDS}`
  return print(
    sql`select ${columns(held)} from ${table} as t${held.joins} where t.id = ${asked} and not t.deleted and ${held.condition}`,
  )
}

/** Current versions by id, in no particular order; what is missing, deleted or held back is left out alike. */
export async function readMany(
  session: Session,
  type: string,
  ids: readonly string[],
  view: View,
): Promise<Resource[]> {
  const several = ids.length !== 1
  const { parameters, ...statement } = readStatement(type, view.scope, several)
  const rows = await session.query({
    ...statement,
    parameters: parameters.with(parameters.indexOf(IDS), several ? ids : ids[0]),
  })
  const more = type === 'Provenance' ? await printed(session, ids, view) : []
  return disclose(session, [...rows, ...more], view, 'r')
}

/** Of each version's own Provenance, those under the ids of their entries. */
async function printed(session: Session, ids: readonly string[], { scope }: View): Promise<PrintedRow[]> {
  const entries = ids.filter((id) => ENTRY_ID.test(id))
  return entries.length === 0 ? [] : session.query(printedById(entries, scope))
}

/** Rows in order with the keys that cursors need. */
export async function search(session: Session, query: Search, view: View, limit: number): Promise<Found[]> {
  const rows = await session.query(compileSearch(query, view.scope, limit))
  const resources = await disclose(session, rows, view, 's')
  return resources.map((resource, i) => ({ resource, keys: rows[i]!.keys! }))
}

/** The same where nobody makes a cursor. */
export async function list(session: Session, query: Search, view: View, limit: number): Promise<Resource[]> {
  return disclose(session, await session.query(compileSearch(query, view.scope, limit, false)), view, 's')
}

export async function count(session: Session, query: Search, { scope }: View): Promise<number> {
  const [row] = await session.query(compileCount(query, scope))
  return row?.count ?? 0
}

// Nested lists ask the same of one parent after another: printed once per scope and question.
const reversed = new WeakMap<ReadScope, Map<string, Statement<ReverseRow>>>()
const REVERSED_MAX = 200

function reverseStatement(
  query: Search,
  reference: SearchParameter,
  parents: readonly string[],
  scope: ReadScope,
  limit: number,
): Statement<ReverseRow> {
  const known = reversed.get(scope) ?? new Map<string, Statement<ReverseRow>>()
  reversed.set(scope, known)
  const [home = ''] = parents[0]!.split('/')
  if (!parents.every((parent) => parent.startsWith(`${home}/`)))
    return compileReverse(query, reference, parents, scope, limit)
  const key = JSON.stringify([query, reference.code, home, limit])
  const found = known.get(key)
  if (found)
    return { ...found, parameters: found.parameters.map((value) => (value === IDS_OF[home] ? parents : value)) }
  const marker = IDS_OF[home] ?? [`${home}/?`]
  IDS_OF[home] = marker
  const { parameters, ...statement } = compileReverse(query, reference, marker, scope, limit)
  if (known.size >= REVERSED_MAX) known.clear()
  known.set(key, { ...statement, parameters })
  return { ...statement, parameters: parameters.map((value) => (value === marker ? parents : value)) }
}

/** Stand where the parents go until they are known. */
const IDS_OF: Record<string, readonly string[]> = {}

/** Parent reference (`Patient/1`) -> what refers to it, in order; one statement for all parents. */
export async function reverse(
  session: Session,
  query: Search,
  reference: SearchParameter,
  parents: readonly string[],
  view: View,
  limit: number,
): Promise<Map<string, Resource[]>> {
  const statement = reverseStatement(query, reference, parents, view.scope, limit)
  const rows = await session.query(statement)
  const resources = await disclose(session, rows, view, 's')
  const found = new Map<string, Resource[]>(parents.map((parent) => [parent, []]))
  for (const [i, resource] of resources.entries()) found.get(rows[i]!.parent)?.push(resource)
  return found
}

interface VersionRow extends StoredRow {
  /** Of a delete: what stood before it, by which it is judged. */
  content: string
  version: number
  last_updated: string
  operation: VersionEntry['operation']
}

/** Versions of a type. What is written once and never again keeps no versions beside itself. */
const versionsOf = (type: string): RawBuilder<unknown> =>
  type === 'AuditEvent'
    ? sql`(select 'AuditEvent' as type, 'create' as operation, a.id, a.version, a.last_updated, a.patient, a.shared, a.custodian, a.confidentiality, a.sensitivity, a.facts, a.date_low as clinical_low, a.date_high as clinical_high, a.lossless, a.content from audit_event as a)`
    : sql`resource_version`

/** A version is told if it may be told itself, and the resource as it stands now as well. */
function versions(type: string, scope: ReadScope) {
  const table = sql.table(searchTable(type).table)
  const [standing, then] = [
    restriction(scope, type, 'r', { name: 't' }),
    restriction(scope, type, 'r', { name: 'v', version: true }),
  ]
  // Search columns stand in the current row alone: what a scope's suffix asks of an older version nobody can tell.
  const narrowed = admissions(scope, type, 'r').some(({ filter }) => filter.length > 0)
  return {
    columns: columns(then, 'v'),
    policies: sql`${then.policies} as policies`,
    from: sql`${versionsOf(type)} as v join ${table} as t on t.id = v.id${standing.joins}${then.joins}`,
    where: sql`v.type = ${type} and ${standing.condition} and ${then.condition}${narrowed ? sql` and v.version = t.version` : sql``}`,
  }
}

/** What is held back of the versions that were read only makes for more reading: so many at a time at least. */
const VERSIONS_AT_A_TIME = 50

/** Versions newest first, those before `before` if given; empty for what never stood or is held back. */
export async function history(
  session: Session,
  type: string,
  id: string,
  view: View,
  limit: number,
  before: number | undefined,
): Promise<VersionEntry[]> {
  if (type === 'Provenance' && ENTRY_ID.test(id) && (before ?? 2) > 1) {
    const found = await printed(session, [id], view)
    const [resource] = await disclose(session, found, view, 'r')
    if (resource) return [{ versionId: '1', lastUpdated: found[0]!.last_updated, operation: 'create', resource }]
  }
  const rows: VersionRow[] = []
  let at = before
  for (let wanted = limit; rows.length < limit; wanted = Math.max(limit - rows.length, VERSIONS_AT_A_TIME)) {
    const found = await versionsBefore(session, type, id, view, wanted, at)
    rows.push(...(await withoutOutgrown(session, found, view.scope)))
    if (found.length < wanted) break
    at = found.at(-1)!.version
  }
  const told = rows.slice(0, limit)
  const present = told.filter(({ operation }) => operation !== 'delete')
  const resources = await disclose(session, present, view, 'r')
  const byRow = new Map(present.map((row, i) => [row, resources[i]!]))
  return told.map((row) => ({
    versionId: String(row.version),
    lastUpdated: row.last_updated,
    operation: row.operation,
    resource: byRow.get(row) ?? null,
  }))
}

function versionsBefore(
  session: Session,
  type: string,
  id: string,
  { scope }: View,
  limit: number,
  before: number | undefined,
): Promise<VersionRow[]> {
  const from = versions(type, scope)
  const earlier = before === undefined ? sql`` : sql` and v.version < ${before}`
  const gone = sql`left join resource_version as s on v.content is null and s.type = ${type} and s.id = v.id and s.version = v.version - 1`
  return session.query<VersionRow>(
    print(
      sql`select v.version, ${instantText} as last_updated, v.operation, coalesce(v.content, s.content, '') as content, coalesce(s.lossless, v.lossless) as lossless, v.custodian, ${from.policies} from ${from.from} ${gone} where v.id = ${id}${earlier} and ${from.where} order by v.version desc limit ${limit}`,
    ),
  )
}

const instantText = sql`to_char(v.last_updated at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/** Given versions, as `id/version`; for version reads and versioned references. */
export async function readVersions(
  session: Session,
  type: string,
  wanted: readonly { id: string; version: string }[],
  view: View,
): Promise<Resource[]> {
  const from = versions(type, view.scope)
  const ids = wanted.map((w) => w.id)
  const numbers = wanted.map((w) => w.version)
  const rows = await session.query<StoredRow>(
    print(
      sql`select ${from.columns} from ${from.from} join unnest(${ids}::text[], ${numbers}::int[]) as wanted(id, version) on wanted.id = v.id and wanted.version = v.version where v.content is not null and ${from.where}`,
    ),
  )
  const first = wanted.filter(({ version }) => version === '1').map(({ id }) => id)
  const more = type === 'Provenance' ? await printed(session, first, view) : []
  return disclose(session, [...(await withoutOutgrown(session, rows, view.scope)), ...more], view, 'r')
}
