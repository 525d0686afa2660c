// Every read of resources. Each takes a ReadScope: what consent holds back is no row of any statement here.
import { type RawBuilder, sql } from 'kysely'
import type { ReadScope } from '../consent/read-scope.ts'
import { linkContained } from '../fhir/references.ts'
import type { SearchParameter } from '../fhir/search-parameters.ts'
import { readStored } from '../kernel/json.ts'
import type { Search } from '../search/ast.ts'
import {
  compileCount,
  compileReverse,
  compileSearch,
  print,
  type Statement,
  type StoredRow,
} from '../search/compile.ts'
import { searchTable } from '../search/parameters.ts'
import { restrict } from '../search/restrict.ts'
import type { Session } from './database.ts'

export type Resource = Record<string, unknown> & { resourceType: string; id: string }

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

function revive({ content, lossless }: StoredRow): Resource {
  const resource = readStored(content, lossless) as Resource
  linkContained(resource)
  return resource
}

const told = (scope: ReadScope): RawBuilder<boolean> => restrict(scope) ?? sql<boolean>`true`

// A read by id is the most frequent statement: printed once per scope, type and whether one id is asked for or several.
const byIds = new WeakMap<ReadScope, Map<string, Statement<StoredRow>>>()

/** The id, or the array of ids, is the first parameter. */
function readStatement(type: string, scope: ReadScope, several: boolean): Statement<StoredRow> {
  const known = byIds.get(scope) ?? new Map<string, Statement<StoredRow>>()
  byIds.set(scope, known)
  const key = several ? `${type}*` : type
  const printed = known.get(key) ?? printRead(type, scope, several)
  known.set(key, printed)
  return printed
}

function printRead(type: string, scope: ReadScope, several: boolean): Statement<StoredRow> {
  const table = sql.table(searchTable(type).table)
  // PostgreSQL plans `= $1` once and `= any($1)` each time.
  const asked = several ? sql`any(${''}::text[])` : sql`${''}`
  return print(
    sql`select t.content, t.lossless from ${table} as t where t.id = ${asked} and not t.deleted and ${told(scope)}`,
  )
}

/** Current versions by id, in no particular order; what is missing, deleted or held back is left out alike. */
export async function readMany(
  session: Session,
  type: string,
  ids: readonly string[],
  scope: ReadScope,
): Promise<Resource[]> {
  const several = ids.length !== 1
  const statement = readStatement(type, scope, several)
  const rows = await session.query({ ...statement, parameters: statement.parameters.with(0, several ? ids : ids[0]) })
  return rows.map(revive)
}

/** Rows in order with the keys that cursors need. */
export async function search(session: Session, query: Search, scope: ReadScope, limit: number): Promise<Found[]> {
  const rows = await session.query(compileSearch(query, scope, limit))
  return rows.map((row) => ({ resource: revive(row), keys: row.keys! }))
}

/** The same where nobody makes a cursor. */
export async function list(session: Session, query: Search, scope: ReadScope, limit: number): Promise<Resource[]> {
  const rows = await session.query(compileSearch(query, scope, limit, false))
  return rows.map(revive)
}

export async function count(session: Session, query: Search, scope: ReadScope): Promise<number> {
  const [row] = await session.query(compileCount(query, scope))
  return row?.count ?? 0
}

/** Parent reference (`Patient/1`) -> what refers to it, in order; one statement for all parents. */
export async function reverse(
  session: Session,
  query: Search,
  reference: SearchParameter,
  parents: readonly string[],
  scope: ReadScope,
  limit: number,
): Promise<Map<string, Resource[]>> {
  const rows = await session.query(compileReverse(query, reference, parents, scope, limit))
  const found = new Map<string, Resource[]>(parents.map((parent) => [parent, []]))
  for (const row of rows) found.get(row.parent)?.push(revive(row))
  return found
}

interface VersionRow extends StoredRow {
  version: number
  last_updated: string
  operation: VersionEntry['operation']
}

const versionEntry = (row: VersionRow): VersionEntry => ({
  versionId: String(row.version),
  lastUpdated: row.last_updated,
  operation: row.operation,
  resource: row.content === null ? null : revive(row),
})

/** Versions newest first, those before `before` if given; empty for what never stood or is held back. */
export async function history(
  session: Session,
  type: string,
  id: string,
  scope: ReadScope,
  limit: number,
  before: number | undefined,
): Promise<VersionEntry[]> {
  const table = sql.table(searchTable(type).table)
  const earlier = before === undefined ? sql`` : sql` and v.version < ${before}`
  const rows = await session.query<VersionRow>(
    print(
      sql`select v.version, ${instantText} as last_updated, v.operation, v.content, v.lossless from resource_version as v join ${table} as t on t.id = v.id where v.type = ${type} and v.id = ${id}${earlier} and ${told(scope)} order by v.version desc limit ${limit}`,
    ),
  )
  return rows.map(versionEntry)
}

const instantText = sql`to_char(v.last_updated at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/** Given versions, as `id/version`; for version reads and versioned references. */
export async function readVersions(
  session: Session,
  type: string,
  wanted: readonly { id: string; version: string }[],
  scope: ReadScope,
): Promise<Resource[]> {
  const table = sql.table(searchTable(type).table)
  const ids = wanted.map((w) => w.id)
  const versions = wanted.map((w) => w.version)
  const rows = await session.query<StoredRow>(
    print(
      sql`select v.content, v.lossless from resource_version as v join ${table} as t on t.id = v.id join unnest(${ids}::text[], ${versions}::int[]) as wanted(id, version) on wanted.id = v.id and wanted.version = v.version where v.type = ${type} and v.content is not null and ${told(scope)}`,
    ),
  )
  return rows.map(revive)
}
