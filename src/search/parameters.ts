// Search parameters by name and their values by type. Pure. https://hl7.org/fhir/R4/searchparameter-registry.html
import { SEARCH } from '../fhir/generated/search-parameters.ts'
import type { SearchTable } from '../fhir/search-parameters.ts'
import { HealthChainError } from '../kernel/errors.ts'
import type { Subject, Value } from './ast.ts'
import { parseDate } from './types/date.ts'
import { parseReferenceValue } from './types/reference.ts'
import { parseString } from './types/string.ts'
import { parseToken } from './types/token.ts'

export function searchTable(type: string): SearchTable {
  const table = Object.hasOwn(SEARCH, type) ? SEARCH[type] : undefined
  if (!table) throw new HealthChainError('incorrect', 'unknown-type', 'No such resource type.')
  return table
}

const byArgument = new Map(
  Object.entries(SEARCH).map(([type, table]) => [
    type,
    new Map(Object.values(table.parameters).map((p) => [p.code.replaceAll('-', '_'), p])),
  ]),
)

/** The parameter that an argument or a `_filter` path names; `-` and `_` are the same there. */
export function parameterOf(type: string, name: string): Subject | undefined {
  if (name === '_id') return { column: 'id' }
  if (name === '_lastUpdated') return { column: 'last_updated' }
  const parameter = byArgument.get(type)?.get(name.replaceAll('-', '_'))
  return parameter && { parameter }
}

export function parseValue(subject: Subject, text: string, now: number): Value {
  if ('column' in subject) return subject.column === 'id' ? parseToken(text) : parseDate(text, now)
  const { parameter } = subject
  switch (parameter.type) {
    case 'token':
      return parseToken(text)
    case 'date':
      return parseDate(text, now)
    case 'string':
      return parseString(text)
    default:
      return parseReferenceValue(text, parameter.targets ?? [])
  }
}
