// What a search for Provenance says of the entries and versions that it can find at all, so that PostgreSQL looks at these
// alone. Pure. It only repeats what the search asks anyway. Ids of entries begin with the time, RFC 9562 version 7.
import { type RawBuilder, sql } from 'kysely'
import type { DateValue, Filter, ReferenceValue, Search, SortKey, TokenValue } from './ast.ts'
import { orderBy } from './page.ts'

export const ENTRY_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
type Test = Extract<Filter, { op: 'test' }>

/** Conditions on rows of provenance_printed, as `t`. */
export const entryHints = (search: Search): RawBuilder<boolean>[] => [
  ...testsIn(search.filter).flatMap(hintOf),
  ...behindEntry(search),
]

/** Frames of the agents asked for: what was written under each of them stands together, in its order. */
export function framesAsked({ filter }: Search): RawBuilder<unknown> | undefined {
  const asked = testsIn(filter).flatMap(({ subject, values }) =>
    'parameter' in subject && subject.parameter.code === AGENT ? [values as ReferenceValue[]] : [],
  )
  if (asked.length === 0) return undefined
  const forms = asked.map((values) => values.flatMap((value) => value.forms))
  return framesWhere(
    sql.join(
      forms.map((some) => sql`f.agent && ${some}::text[]`),
      sql` and `,
    ),
  )
}

export const AGENT = 'agent'
export const framesWhere = (condition: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`(select f.hash from provenance_frame as f where ${condition}) as w`

const testsIn = (filter: Filter): Test[] =>
  filter.op === 'test' ? [filter] : filter.op === 'and' ? filter.filters.flatMap(testsIn) : []

/** Parameters by which a printed Provenance refers to the resource that it is about. */
export const NAMING = ['target', 'entity', 'patient']

function hintOf({ subject, values }: Test): RawBuilder<boolean>[] {
  if ('column' in subject) return subject.column === 'id' ? byId(values as TokenValue[]) : during(values as DateValue[])
  const { code } = subject.parameter
  if (code === 'recorded') return during(values as DateValue[])
  return NAMING.includes(code) ? about(values as ReferenceValue[]) : []
}

function byId(values: readonly TokenValue[]): RawBuilder<boolean>[] {
  if (values.some(({ code }) => code === undefined)) return []
  const ids = values.flatMap(({ code }) => (ENTRY_ID.test(code!) ? [code!] : []))
  return [sql<boolean>`t.entry = any(${ids}::uuid[])`]
}

const about = (values: readonly ReferenceValue[]): RawBuilder<boolean>[] => [
  sql<boolean>`(t.about_type, t.about_id) in (select split_part(form, '/', 1), split_part(form, '/', 2) from unnest(${values.flatMap(({ forms }) => forms)}::text[]) as form)`,
]

const FROM = ['eq', 'ap', 'ge', 'gt', 'sa']
const UNTIL = ['eq', 'ap', 'le', 'lt', 'eb']

function during(values: readonly DateValue[]): RawBuilder<boolean>[] {
  const from = values.every(({ prefix }) => FROM.includes(prefix))
  const until = values.every(({ prefix }) => UNTIL.includes(prefix))
  return [
    ...(from ? [sql<boolean>`t.entry >= ${firstAt(Math.min(...values.map(({ low }) => low)))}::uuid`] : []),
    ...(until ? [sql<boolean>`t.entry < ${firstAt(Math.max(...values.map(({ high }) => high)))}::uuid`] : []),
  ]
}

const LAST = 2 ** 48 - 1
/** The smallest id that an entry of this millisecond can have. */
function firstAt(ms: number): string {
  const time = Math.floor(Math.min(Math.max(ms, 0), LAST))
    .toString(16)
    .padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-0000-0000-000000000000`
}

const MOMENTS = ['recorded_low', 'last_updated', 'id']

/** Whether the order is that of the entries: they are made in it. */
const inTurn = (sort: readonly SortKey[]): boolean =>
  sort.at(-1)?.column === 'id' &&
  sort.every(({ column, descending }) => MOMENTS.includes(column) && descending === sort[0]!.descending)

/** `underFrame`: among the rows of one frame, in whose order only the index of frames has them. */
export function entryOrder(sort: readonly SortKey[], backwards: boolean, underFrame: boolean): RawBuilder<unknown> {
  if (!inTurn(sort)) return orderBy(sort, backwards)
  const direction = sort[0]!.descending !== backwards ? sql`desc` : sql`asc`
  return sql`${underFrame ? sql`t.frame ${direction}, ` : sql``}t.entry ${direction}`
}

function behindEntry({ sort, position }: Search): RawBuilder<boolean>[] {
  const id = position?.keys.at(-1)
  if (!position || typeof id !== 'string' || !ENTRY_ID.test(id) || !inTurn(sort)) return []
  return [sort[0]!.descending !== position.backwards ? sql`t.entry < ${id}::uuid` : sql`t.entry > ${id}::uuid`]
}
