// What the statements that read resources are made of. Pure. Nothing here can widen a scope.
import { type RawBuilder, sql } from 'kysely'
import type { ReadScope } from '../consent/read-scope.ts'
import type { SearchParameter } from '../fhir/search-parameters.ts'
import type { Right } from '../kernel/asker.ts'
import type { Search } from './ast.ts'
import { admit, filterSql } from './filter-sql.ts'
import { behind } from './page.ts'
import { searchTable } from './parameters.ts'
import { type Restriction, type Row, restrict } from './restrict.ts'

/** A row as every reading statement yields it. */
export interface StoredRow {
  content: string
  lossless: boolean
  custodian: string | null
  /** Numbers of the policies that were heard, as PostgreSQL prints them; null where no consent is on file. */
  policies: string | null
  /** Of a printed Provenance: the text of the version that it is about, by which it is judged. */
  about?: string | null
  about_lossless?: boolean | null
}
export interface FoundRow extends StoredRow {
  /** Sort keys as text, for cursors; absent where nobody makes one. */
  keys?: (string | null)[]
}

export const OPEN: Restriction = { joins: sql``, condition: sql<boolean>`true`, policies: sql<null>`null::text` }

/** What holds rows back from this asker, for any statement that reads resources. */
export const restriction = (scope: ReadScope, type: string, right: Right, row: Row): Restriction =>
  restrict(scope, type, right, row, (suffix) => admit(type, suffix)) ?? OPEN

export function where(
  search: Search,
  { condition }: Restriction,
  more: RawBuilder<boolean>[] = [],
): RawBuilder<boolean> {
  const parts = [sql<boolean>`not t.deleted`, ...more]
  if (search.filter.op !== 'and' || search.filter.filters.length > 0) parts.push(filterSql(search.type, search.filter))
  if (condition !== OPEN.condition) parts.push(condition)
  return sql<boolean>`${sql.join(parts, sql` and `)}`
}

/** What every reading statement yields. */
export const columns = ({ policies }: Restriction, row = 't') =>
  sql`${sql.ref(`${row}.content`)}, ${sql.ref(`${row}.lossless`)}, ${sql.ref(`${row}.custodian`)}, ${policies} as policies`

export const table = (search: Search) => sql.table(searchTable(search.type).table)
export const keysOf = ({ sort }: Search) =>
  sql`, array[${sql.join(sort.map((key) => sql`${sql.ref(`t.${key.column}`)}::text`))}] as keys`

export function beyond({ sort, position }: Search): RawBuilder<boolean>[] {
  const border = position && behind(sort, position)
  return border ? [border] : []
}

export function refersTo(reference: SearchParameter): RawBuilder<boolean> {
  const column = sql.ref(`t.${reference.column}`)
  return reference.shape === 'references' ? sql`${column} @> array[parent.ref]` : sql`${column} = parent.ref`
}
