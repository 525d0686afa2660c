// Searches across patients by code and time. Rows with the same codes share a key, their concept, and an index that holds
// all that consent and time ask of a row: only what is told is fetched. The table `concept` says which codes a key stands
// for. Pure; migrations make the column, the index and the table.
import { type RawBuilder, sql } from 'kysely'
import type { DateValue, Filter, Search, TokenValue } from './ast.ts'
import { searchTable } from './parameters.ts'
import { timestamp } from './types/date.ts'

/** Types with a column `concept`, of the codes in the parameter `code` and of their clinical time. */
const INDEXED: ReadonlySet<string> = new Set(['Observation'])
export const hasConcept = (type: string): boolean => INDEXED.has(type)

/** A concept is brief if none of its rows lasts longer. As in migrations. */
const BRIEF_MS = 24 * 60 * 60 * 1000

type Test = Extract<Filter, { op: 'test' }>

export interface Crosswise {
  /** The test that concepts answer instead of rows. */
  readonly code: Test
  /** What else is asked of the rows. */
  readonly rest: Filter
  /** No row of a brief concept that matches began before, ms; undefined: no telling. */
  readonly since?: number
}

/** Undefined where the search names no code of its own, or the index cannot serve it. */
export function crosswise({ type, filter }: Search): Crosswise | undefined {
  if (!hasConcept(type)) return undefined
  const filters = conjuncts(filter)
  const code = filters.find((one): one is Test => one.op === 'test' && asksFor(one) === 'code' && isNarrow(one))
  // Of one patient there is little, and an index in its order.
  if (!code || filters.some((one) => one.op === 'test' && isOfFew(one))) return undefined
  const rest: Filter = { op: 'and', filters: filters.filter((one) => one !== code) }
  const floors = filters.flatMap((one) => floorOf(type, one) ?? [])
  return { code, rest, ...(floors.length > 0 && { since: Math.max(...floors) - BRIEF_MS }) }
}

const conjuncts = (filter: Filter): readonly Filter[] =>
  filter.op === 'and' ? filter.filters.flatMap(conjuncts) : [filter]

const asksFor = ({ subject }: Test) => ('column' in subject ? undefined : subject.parameter.column)
/** A system alone stands for thousands of concepts. */
const isNarrow = ({ values }: Test) => values.every((value) => (value as TokenValue).code !== undefined)

const FEW = new Set(['patient', 'references', 'subject', 'encounter'])
const isOfFew = ({ subject }: Test) =>
  'column' in subject ? subject.column === 'id' : FEW.has(subject.parameter.shape) || FEW.has(subject.parameter.column)

/** What matches the filter, and is over at once, began no earlier. */
function floorOf(type: string, filter: Filter): number | undefined {
  if (filter.op !== 'test' || asksFor(filter) !== searchTable(type).clinical) return undefined
  const floors = (filter.values as readonly DateValue[]).map(({ prefix, low }) =>
    ['eq', 'ge', 'gt', 'sa', 'ap'].includes(prefix) ? low : -Infinity,
  )
  const floor = Math.min(...floors)
  return Number.isFinite(floor) ? floor : undefined
}

/** Whether rows come in the order of the index. */
export const inOrder = ({ type, sort: [first, second, ...more] }: Search): boolean =>
  more.length === 0 &&
  first?.column === `${searchTable(type).clinical}_low` &&
  second?.column === 'id' &&
  first.descending === second.descending

/** Rows `t` of a concept `k`, as far as the index alone can tell. */
export function ofConcept({ since }: Crosswise): RawBuilder<boolean> {
  if (since === undefined) return sql<boolean>`t.concept = k.key`
  const floor = sql`case when k.brief then ${timestamp(since)}::timestamptz else '-infinity'::timestamptz end`
  return sql<boolean>`t.concept = k.key and t.date_low >= ${floor}`
}
