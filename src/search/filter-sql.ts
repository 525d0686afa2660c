// A filter as a condition on the row `t` of its type's table, and what a SMART scope's suffix asks of it. Pure.
import { type RawBuilder, sql } from 'kysely'
import { CODES } from '../fhir/generated/codes.ts'
import { TYPES } from '../fhir/generated/elements.ts'
import type { SearchParameter } from '../fhir/search-parameters.ts'
import { now } from '../kernel/clock.ts'
import { HealthChainError } from '../kernel/errors.ts'
import type { DateValue, Filter, ReferenceValue, StringValue, Subject, TokenValue, Value } from './ast.ts'
import { parameterOf, searchTable } from './parameters.ts'
import { parseSearch } from './parse.ts'
import { askDate, askDates, askInstant } from './types/date.ts'
import { askNamed, askPatient, askReference, askReferences } from './types/reference.ts'
import { askString } from './types/string.ts'
import { askCode, askCodes, askTokens } from './types/token.ts'

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

export function sameAsPatient(type: string, { paths }: SearchParameter): boolean {
  const patient = searchTable(type).parameters.patient
  return patient?.shape === 'patient' && String(patient.paths[0]?.path) === String(paths[0]?.path)
}

export function filterSql(type: string, filter: Filter): RawBuilder<boolean> {
  if (filter.op === 'test') return ask(type, filter.subject, filter.values)
  // A row without the element is not matched by the test, so it is matched by its negation.
  if (filter.op === 'not') return sql<boolean>`not coalesce(${filterSql(type, filter.filter)}, false)`
  const parts = filter.filters.map((f) => filterSql(type, f))
  if (parts.length === 0) return sql<boolean>`true`
  return sql<boolean>`(${sql.join(parts, filter.op === 'and' ? sql` and ` : sql` or `)})`
}

/** What a SMART scope's suffix asks of a row. A suffix that cannot be read admits nothing. */
export function admit(type: string, suffix: readonly (readonly [string, readonly string[]])[]): RawBuilder<boolean> {
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
