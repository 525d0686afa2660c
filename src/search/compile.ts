// Search + ReadScope -> one SQL statement. Pure: it prints, the store runs. Nothing here can widen a scope.
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type RawBuilder,
  sql,
} from 'kysely'
import { admissions, type ReadScope } from '../consent/read-scope.ts'
import { CODES } from '../fhir/generated/codes.ts'
import { TYPES } from '../fhir/generated/elements.ts'
import type { SearchParameter } from '../fhir/search-parameters.ts'
import type { Right } from '../kernel/asker.ts'
import { now } from '../kernel/clock.ts'
import { HealthChainError } from '../kernel/errors.ts'
import type { DateValue, Filter, ReferenceValue, Search, StringValue, Subject, TokenValue, Value } from './ast.ts'
import { type Crosswise, crosswise, inOrder, ofConcept } from './concept.ts'
import { behind, orderBy } from './page.ts'
import { parameterOf, searchTable } from './parameters.ts'
import { parseSearch } from './parse.ts'
import { type Restriction, type Row, restrict } from './restrict.ts'
import { askDate, askDates, askInstant } from './types/date.ts'
import { askNamed, askPatient, askReference, askReferences } from './types/reference.ts'
import { askString } from './types/string.ts'
import { askCode, askCodes, askTokens } from './types/token.ts'

const printer = new Kysely({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
})

/** SQL as PostgreSQL reads it; `row` is only a type, that of the rows to come. */
export interface Statement<T> {
  readonly sql: string
  readonly parameters: readonly unknown[]
  /** Its best plan depends on the values: PostgreSQL must plan it each time, so it goes unnamed. */
  readonly varied?: true
  readonly row?: T
}

export function print<T>(statement: RawBuilder<T>): Statement<T> {
  const { sql, parameters } = statement.compile(printer)
  return { sql, parameters }
}

/** A row as every reading statement yields it. */
export interface StoredRow {
  content: string
  lossless: boolean
  custodian: string | null
  /** Numbers of the policies that were heard, as PostgreSQL prints them; null where no consent is on file. */
  policies: string | null
}
export interface FoundRow extends StoredRow {
  /** Sort keys as text, for cursors; absent where nobody makes one. */
  keys?: (string | null)[]
}

/** Code systems that the element of a single-code parameter draws from. */
function systemsOf(type: string, { paths }: SearchParameter): string[] {
  let table = TYPES[type]
  let codes: string | undefined
  for (const step of paths[0]!.path) {
    const row = table?.elements[step]
    codes = row?.[3]?.codes
    table = row && TYPES[row[2]]
  }
  return Object.keys(CODES[codes ?? ''] ?? {})
}

function ask(type: string, subject: Subject, values: readonly Value[]): RawBuilder<boolean> {
  if ('column' in subject) {
    if (subject.column === 'id') return askCode('t.id', values as TokenValue[], [])
    return askInstant('t.last_updated', values as DateValue[])
  }
  const { parameter } = subject
  const column = `t.${parameter.column}`
  switch (parameter.shape) {
    case 'code':
      return askCode(column, values as TokenValue[], systemsOf(type, parameter))
    case 'tokens':
      return parameter.paths.every((p) => p.type === 'code')
        ? askCodes(column, values as TokenValue[], systemsOf(type, parameter))
        : askTokens(column, values as TokenValue[])
    case 'date':
      return askDate(`${column}_low`, `${column}_high`, values as DateValue[])
    case 'dates':
      return askDates(`${column}_low`, `${column}_high`, values as DateValue[])
    case 'string':
      return askString(column, values as StringValue[])
    case 'patient':
      return askPatient(column, values as ReferenceValue[])
    case 'references':
      return type === 'AuditEvent' && parameter.code === 'patient'
        ? askNamed('t.id', column, values as ReferenceValue[])
        : askReferences(column, values as ReferenceValue[])
    default:
      return askSubject(type, parameter, values as ReferenceValue[])
  }
}

/** `subject=Patient/1` is `patient=1`: the patient column leads the index that orders by date. */
function askSubject(type: string, parameter: SearchParameter, values: readonly ReferenceValue[]) {
  const patients = values.every((v) => v.forms.every((f) => f.startsWith('Patient/')))
  return patients && sameAsPatient(type, parameter)
    ? askPatient('t.patient', values)
    : askReference(`t.${parameter.column}`, values)
}

function sameAsPatient(type: string, { paths }: SearchParameter): boolean {
  const patient = searchTable(type).parameters.patient
  return patient?.shape === 'patient' && String(patient.paths[0]?.path) === String(paths[0]?.path)
}

function filterSql(type: string, filter: Filter): RawBuilder<boolean> {
  if (filter.op === 'test') return ask(type, filter.subject, filter.values)
  // A row without the element is not matched by the test, so it is matched by its negation.
  if (filter.op === 'not') return sql<boolean>`not coalesce(${filterSql(type, filter.filter)}, false)`
  const parts = filter.filters.map((f) => filterSql(type, f))
  if (parts.length === 0) return sql<boolean>`true`
  return sql<boolean>`(${sql.join(parts, filter.op === 'and' ? sql` and ` : sql` or `)})`
}

/** What a SMART scope's suffix asks of a row. A suffix that cannot be read admits nothing. */
function admit(type: string, suffix: readonly (readonly [string, readonly string[]])[]): RawBuilder<boolean> {
  const given = Object.fromEntries(suffix.map(([name, values]) => [name.replaceAll('-', '_'), values]))
  // Words that steer a search, such as _sort or _filter, say nothing of a row.
  if (suffix.some(([name]) => parameterOf(type, name) === undefined)) return sql<boolean>`false`
  try {
    // A parameter that stands twice asks twice, which one object cannot say.
    if (Object.keys(given).length < suffix.length) return sql<boolean>`false`
    return filterSql(type, parseSearch(type, given, now()).filter)
  } catch (error) {
    if (error instanceof HealthChainError) return sql<boolean>`false`
    throw error
  }
}

const OPEN: Restriction = { joins: sql``, condition: sql<boolean>`true`, policies: sql<null>`null::text` }

/** What holds rows back from this asker, for any statement that reads resources. */
export const restriction = (scope: ReadScope, type: string, right: Right, row: Row): Restriction =>
  restrict(scope, type, right, row, (suffix) => admit(type, suffix)) ?? OPEN

function where(search: Search, { condition }: Restriction, more: RawBuilder<boolean>[] = []): RawBuilder<boolean> {
  const parts = [sql<boolean>`not t.deleted`, ...more]
  if (search.filter.op !== 'and' || search.filter.filters.length > 0) parts.push(filterSql(search.type, search.filter))
  if (condition !== OPEN.condition) parts.push(condition)
  return sql<boolean>`${sql.join(parts, sql` and `)}`
}

/** What every reading statement yields. */
export const columns = ({ policies }: Restriction, row = 't') =>
  sql`${sql.ref(`${row}.content`)}, ${sql.ref(`${row}.lossless`)}, ${sql.ref(`${row}.custodian`)}, ${policies} as policies`

const table = (search: Search) => sql.table(searchTable(search.type).table)
const keysOf = ({ sort }: Search) =>
  sql`, array[${sql.join(sort.map((key) => sql`${sql.ref(`t.${key.column}`)}::text`))}] as keys`

/** At most `limit` rows in order, from the search's position; with the sort keys only if cursors are to be made. */
export function compileSearch(search: Search, scope: ReadScope, limit: number, cursors = true): Statement<FoundRow> {
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

function beyond({ sort, position }: Search): RawBuilder<boolean>[] {
  const border = position && behind(sort, position)
  return border ? [border] : []
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

function refersTo(reference: SearchParameter): RawBuilder<boolean> {
  const column = sql.ref(`t.${reference.column}`)
  return reference.shape === 'references' ? sql`${column} @> array[parent.ref]` : sql`${column} = parent.ref`
}

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
