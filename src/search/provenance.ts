// Searches for Provenance: what the operator brought from elsewhere, a table as every type has one, and what is printed of
// each version (view provenance_printed), each under its own restriction, put together in order. Pure.
import { type RawBuilder, sql } from 'kysely'
import type { ReadScope } from '../consent/read-scope.ts'
import type { SearchParameter } from '../fhir/search-parameters.ts'
import type { Search } from './ast.ts'
import { orderBy } from './page.ts'
import { print, type Statement } from './print.ts'
import { AGENT, entryHints, entryOrder, framesAsked, framesWhere, NAMING } from './provenance-hints.ts'
import type { Restriction } from './restrict.ts'
import { restrictPrinted } from './restrict-provenance.ts'
import {
  beyond,
  columns,
  type FoundRow,
  keysOf,
  refersTo,
  restriction,
  type StoredRow,
  table,
  where,
} from './statement-parts.ts'

const PRINTED = sql.table('provenance_printed')

/** One of the two places where a Provenance may stand. */
interface Place {
  readonly from: RawBuilder<unknown>
  readonly held: Restriction
  readonly about: RawBuilder<unknown>
  readonly hints: RawBuilder<boolean>[]
  readonly order: RawBuilder<unknown>
  /** Only under these frames, as `w`: each is looked at by itself, so that nobody walks the log for an agent who wrote nothing. */
  readonly frames?: RawBuilder<unknown> | undefined
}

function places(
  search: Search,
  scope: ReadScope,
  frames = framesAsked(search),
): readonly [brought: Place, printed: Place] {
  const { sort, position } = search
  const backwards = position?.backwards ?? false
  return [
    {
      from: table(search),
      held: restriction(scope, 'Provenance', 's', { name: 't' }),
      about: sql`null::text as about, null::boolean as about_lossless`,
      hints: [],
      order: orderBy(sort, backwards),
    },
    {
      from: PRINTED,
      held: restrictPrinted(scope, 's'),
      about: ABOUT,
      hints: entryHints(search),
      order: entryOrder(sort, backwards, frames !== undefined),
      frames,
    },
  ]
}

const ABOUT = sql`t.about, t.about_lossless`
const ROW = sql`t.content, t.lossless, t.custodian, t.policies, t.about, t.about_lossless`

// Between, not equal: PostgreSQL would take who wrote half of the log for who wrote some, and walk it to find them.
const UNDER = sql<boolean>`t.frame between w.hash and w.hash`

/** The first `limit` rows of each place, and of these the first `limit`. */
function inOrder(
  search: Search,
  limit: number,
  found: readonly Place[],
  more: (place: Place) => RawBuilder<boolean>[],
): RawBuilder<unknown> {
  const sorted = sql.join([...new Set(search.sort.map(({ column }) => column))].map((column) => sql.ref(`t.${column}`)))
  const each = found.map((place) => {
    const { from, held, about, order, frames } = place
    const of = (some: RawBuilder<boolean>[]) =>
      sql`select ${columns(held)}, ${about}, ${sorted} from ${from} as t${held.joins} where ${where(search, held, [...more(place), ...some])} order by ${order} limit ${limit}`
    return frames ? sql`(select t.* from ${frames} cross join lateral (${of([UNDER])}) as t)` : sql`(${of([])})`
  })
  return sql`from (${sql.join(each, sql` union all `)}) as t order by ${orderBy(search.sort, search.position?.backwards ?? false)} limit ${limit}`
}

export function searchProvenance(
  search: Search,
  scope: ReadScope,
  limit: number,
  cursors: boolean,
): Statement<FoundRow> {
  const rows = inOrder(search, limit, places(search, scope), ({ hints }) => [...beyond(search), ...hints])
  return { ...print(sql<FoundRow>`select ${ROW}${cursors ? keysOf(search) : sql``} ${rows}`), varied: true }
}

export function countProvenance(search: Search, scope: ReadScope): Statement<{ count: number }> {
  // Wherever the page begins, all that match are counted.
  const { position: _, ...whole } = search
  const counts = places(whole, scope).map(({ from, held, hints, frames }) => {
    const of = (some: RawBuilder<boolean>[]) =>
      sql`from ${from} as t${held.joins} where ${where(search, held, [...hints, ...some])}`
    // Behind an offset PostgreSQL does not put the two together again.
    return frames
      ? sql`(select count(*) from ${frames} cross join lateral (select ${of([UNDER])} offset 0) as t)`
      : sql`(select count(*) ${of([])})`
  })
  return { ...print(sql<{ count: number }>`select (${sql.join(counts, sql` + `)})::int as count`), varied: true }
}

/** Rows that refer to `parent.ref`, for a statement that joins them to it. */
export function referringProvenance(
  search: Search,
  reference: SearchParameter,
  scope: ReadScope,
  limit: number,
): RawBuilder<unknown> {
  const named = sql<boolean>`(t.about_type, t.about_id) = (split_part(parent.ref, '/', 1), split_part(parent.ref, '/', 2))`
  const frames = reference.code === AGENT ? framesWhere(sql`f.agent @> array[parent.ref]`) : undefined
  const rows = inOrder(search, limit, places(search, scope, frames), ({ from, hints }) => [
    refersTo(reference),
    ...hints,
    ...(from === PRINTED && NAMING.includes(reference.code) ? [named] : []),
  ])
  return sql`select ${ROW} ${rows}`
}

export interface PrintedRow extends StoredRow {
  readonly last_updated: string
}

/** Printed ones by the ids of their entries. */
export function printedById(ids: readonly string[], scope: ReadScope): Statement<PrintedRow> {
  const held = restrictPrinted(scope, 'r')
  const at = sql`to_char(t.last_updated at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
  return print(
    sql<PrintedRow>`select ${columns(held)}, ${ABOUT}, ${at} as last_updated from ${PRINTED} as t${held.joins} where t.entry = any(${ids}::uuid[]) and ${held.condition}`,
  )
}
