// Search arguments -> Search. Pure. https://hl7.org/fhir/R4/search.html, argument names as FHIR GraphQL spells them.
import type { SearchParameter } from '../fhir/search-parameters.ts'
import { HealthChainError } from '../kernel/errors.ts'
import type { Filter, Search, SortKey } from './ast.ts'
import { parseFilter } from './filter.ts'
import { parameterOf, parseValue, searchTable } from './parameters.ts'

/** Arguments as GraphQL hands them over: lists mean OR, several arguments mean AND. */
export type SearchArguments = Readonly<Record<string, unknown>>

const VALUES_MAX = 200
const SORT_MAX = 8
const CONTROL = ['_sort', '_count', '_cursor', 'cursor', '_filter', '_reference']

const refuse = (code: string, message: string) => new HealthChainError('incorrect', code, message)

function parseTest(type: string, name: string, given: unknown, now: number): Filter {
  const subject = parameterOf(type, name)
  if (!subject) throw refuse('unknown-parameter', `${type} has no search parameter ${name}.`)
  const texts = Array.isArray(given) ? given : [given]
  if (texts.length === 0) throw refuse('no-value', `${name} needs at least one value.`)
  if (texts.length > VALUES_MAX) throw refuse('too-many-values', `${name} takes at most ${VALUES_MAX} values.`)
  const values = texts.map((text) => {
    if (typeof text !== 'string' || text.trim() === '')
      throw refuse('empty-value', `${name} must not be empty: leave it out.`)
    if (text.includes('\0')) throw refuse('bad-value', `${name} holds a character that no FHIR text has (U+0000).`)
    return parseValue(subject, text, now)
  })
  return { op: 'test', subject, values }
}

/** @throws HealthChainError incorrect for an unknown parameter, a bad value, count or sort. */
export function parseSearch(type: string, given: SearchArguments, now: number): Search {
  searchTable(type)
  const filters: Filter[] = []
  for (const name in given) {
    const value = given[name]
    if (value === undefined || value === null || CONTROL.includes(name)) continue
    filters.push(parseTest(type, name, value, now))
  }
  if (typeof given._filter === 'string') filters.push(parseFilter(type, given._filter, now))
  const count = given._count
  if (count !== undefined && count !== null && !(Number.isInteger(count) && Number(count) >= 0))
    throw refuse('bad-count', '_count is a whole number from 0.')
  return {
    type,
    filter: { op: 'and', filters },
    sort: parseSort(type, typeof given._sort === 'string' ? given._sort : ''),
    ...(typeof count === 'number' ? { count } : {}),
  }
}

function parseSort(type: string, text: string): SortKey[] {
  const keys = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => sortKey(type, part.startsWith('-') ? part.slice(1) : part, part.startsWith('-')))
  if (keys.length > SORT_MAX) throw refuse('too-many-sorts', `_sort takes at most ${SORT_MAX} keys.`)
  if (keys.at(-1)?.column === 'id') return keys
  // One more key makes every order total; it follows the first key so that one index serves both directions.
  return [...keys, { column: 'id', descending: keys[0]?.descending ?? false, cast: 'text' }]
}

function sortKey(type: string, name: string, descending: boolean): SortKey {
  const subject = parameterOf(type, name)
  if (!subject) throw refuse('unknown-sort', `${type} has no search parameter to sort by under that name.`)
  if ('column' in subject)
    return { column: subject.column, descending, cast: subject.column === 'id' ? 'text' : 'timestamptz' }
  const key = sortColumn(subject.parameter)
  if (!key) throw refuse('unsortable', `${type} cannot be sorted by ${name}, which may hold several values.`)
  return { ...key, descending }
}

function sortColumn({ shape, column }: SearchParameter): Pick<SortKey, 'column' | 'cast'> | undefined {
  if (shape === 'date') return { column: `${column}_low`, cast: 'timestamptz' }
  if (shape === 'string' || shape === 'code' || shape === 'reference' || shape === 'patient')
    return { column, cast: 'text' }
  return undefined
}
