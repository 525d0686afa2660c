// Search + ReadScope -> one SQL statement. Pure: it prints, the store runs. Nothing here can widen a scope.
import { sql } from 'kysely'
import { admissions, type ReadScope } from '../consent/read-scope.ts'
import type { SearchParameter } from '../fhir/search-parameters.ts'
import { HealthChainError } from '../kernel/errors.ts'
import type { Search, TokenValue } from './ast.ts'
import { type Crosswise, crosswise, inOrder, ofConcept } from './concept.ts'
import { sameAsPatient } from './filter-sql.ts'
import { orderBy } from './page.ts'
import { parameterOf, searchTable } from './parameters.ts'
import { print, type Statement } from './print.ts'
import { countProvenance, referringProvenance, searchProvenance } from './provenance.ts'
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
import { askTokens } from './types/token.ts'

export { print, type Statement } from './print.ts'
export { columns, type FoundRow, restriction, type StoredRow } from './statement-parts.ts'

/** At most `limit` rows in order, from the search's position; with the sort keys only if cursors are to be made. */
export function compileSearch(search: Search, scope: ReadScope, limit: number, cursors = true): Statement<FoundRow> {
  if (search.type === 'Provenance') return searchProvenance(search, scope, limit, cursors)
  const across = inOrder(search) ? acrossPatients(search, scope) : undefined
  if (across) return compileAcross(search, across, scope, limit, cursors)
  const { position } = search
  const held = restriction(scope, search.type, 's', { name: 't' })
  const keys = cursors ? keysOf(search) : sql``
  const statement = print(
    sql<FoundRow>`select ${columns(held)}${keys} from ${table(search)} as t${held.joins} where ${where(search, held, beyond(search))} order by ${orderBy(search.sort, position?.backwards ?? false)} limit ${limit}`,
  )
  return { ...statement, varied: true }
}

/** The same by concepts: the index tells which rows, in their order for each concept, and those few alone are fetched. */
function compileAcross(
  search: Search,
  across: Crosswise,
  scope: ReadScope,
  limit: number,
  cursors: boolean,
): Statement<FoundRow> {
  const { type, sort, position } = search
  const held = restriction(scope, type, 's', { name: 't', facts: factsOf(search) })
  const order = sql`order by ${orderBy(sort, position?.backwards ?? false)}`
  const sorted = sql.join(sort.map(({ column }) => sql.ref(`t.${column}`)))
  const conditions = where({ ...search, filter: across.rest }, held, [ofConcept(across), ...beyond(search)])
  // In the text: with a limit that it does not know PostgreSQL plans anew each time, which takes longer than the search.
  const most = sql.lit(limit)
  const rows = sql`select ${sorted}, ${held.policies} as policies from ${table(search)} as t${held.joins} where ${conditions} ${order} limit ${most}`
  const found = sql`select t.* from concept as k cross join lateral (${rows}) as t where ${ofCodes(across)} ${order} limit ${most}`
  const keys = cursors ? keysOf(search) : sql``
  return print(
    sql<FoundRow>`select r.content, r.lossless, r.custodian, t.policies${keys} from (${found}) as t join ${table(search)} as r on r.id = t.id ${order}`,
  )
}

/** Whoever sees the data of few patients alone is served better by these patients' own index. */
function acrossPatients(search: Search, scope: ReadScope): Crosswise | undefined {
  if (scope.everything) return crosswise(search)
  const confined = admissions(scope, search.type, 's').every(({ patient }) => patient !== undefined)
  return confined || scope.emergencies ? undefined : crosswise(search)
}

const ofCodes = ({ code }: Crosswise) => askTokens('k.codes', code.values as TokenValue[])
/** The index does not hold facts: they may be of any length. */
const factsOf = (search: Search) => sql`(select f.facts from ${table(search)} as f where f.id = t.id)`

export function compileCount(search: Search, scope: ReadScope): Statement<{ count: number }> {
  if (search.type === 'Provenance') return countProvenance(search, scope)
  const across = acrossPatients(search, scope)
  const held = restriction(scope, search.type, 's', { name: 't', ...(across && { facts: factsOf(search) }) })
  const [from, conditions] = across
    ? [
        sql`concept as k join ${table(search)} as t on ${ofConcept(across)}`,
        where({ ...search, filter: across.rest }, held, [ofCodes(across)]),
      ]
    : [sql`${table(search)} as t`, where(search, held)]
  const statement = print(
    sql<{ count: number }>`select count(*)::int as count from ${from}${held.joins} where ${conditions}`,
  )
  return { ...statement, varied: true }
}

export interface ReverseRow extends StoredRow {
  /** `Patient/1`: the resource that this row refers to. */
  parent: string
}

/** For each parent at most `limit` rows that refer to it by the parameter: one statement for all parents. */
export function compileReverse(
  search: Search,
  reference: SearchParameter,
  parents: readonly string[],
  scope: ReadScope,
  limit: number,
): Statement<ReverseRow> {
  if (search.type === 'Provenance')
    return print(
      sql<ReverseRow>`select parent.ref as parent, row.* from unnest(${parents}::text[]) as parent(ref) cross join lateral (${referringProvenance(search, reference, scope, limit)}) as row`,
    )
  // Rows of one patient are judged by one policy: it is looked up once for each parent, not once for each row.
  const ofPatient = isOfPatient(search.type, reference, parents)
  const bare = sql<string>`substr(parent.ref, ${'Patient/'.length + 1})`
  const held = restriction(scope, search.type, 's', { name: 't', ...(ofPatient && { patient: bare }) })
  const conditions = where(search, held, [ofPatient ? sql`t.patient = ${bare}` : refersTo(reference)])
  const [outside, inside] = ofPatient ? [held.joins, sql``] : [sql``, held.joins]
  const rows = sql`select ${columns(held)} from ${table(search)} as t${inside} where ${conditions} order by ${orderBy(search.sort, false)} limit ${limit}`
  return print(
    sql<ReverseRow>`select parent.ref as parent, row.* from unnest(${parents}::text[]) as parent(ref)${outside} cross join lateral (${rows}) as row`,
  )
}

const isOfPatient = (type: string, reference: SearchParameter, parents: readonly string[]): boolean =>
  reference.shape === 'patient' || (parents.every((p) => p.startsWith('Patient/')) && sameAsPatient(type, reference))

/** The reference parameter behind `_reference`. @throws HealthChainError incorrect if it is none. */
export function reverseParameter(type: string, name: string, parent: string): SearchParameter {
  const subject = parameterOf(type, name)
  const parameter = subject && 'parameter' in subject ? subject.parameter : undefined
  if (parameter?.type === 'reference' && (parameter.targets ?? []).includes(parent)) return parameter
  const fitting = Object.values(searchTable(type).parameters)
    .filter((p) => p.type === 'reference' && p.targets?.includes(parent))
    .map((p) => p.code.replaceAll('-', '_'))
  throw new HealthChainError('incorrect', 'bad-reference', `_reference must be one of: ${fitting.join(', ')}.`)
}
