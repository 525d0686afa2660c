// string search, https://hl7.org/fhir/R4/search.html#string. Pure. A column holds every value of the element, normalised,
// each behind a unit separator: one LIKE asks whether any begins so, and a trigram index serves it.
import { type RawBuilder, sql } from 'kysely'
import { HealthChainError } from '../../kernel/errors.ts'
import { isObject } from '../../kernel/json.ts'
import type { StringValue } from '../ast.ts'

const SEPARATOR = '\u001f'

/** Lower case, no accents, single spaces. */
export const normalise = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    // By way of upper case, so that ß is ss; a sigma is a sigma wherever it stands.
    .toUpperCase()
    .toLowerCase()
    .replaceAll('ς', 'σ')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the separator must not come from a value
    .replaceAll(/[\s\u001f]+/g, ' ')
    .trim()

/** @throws HealthChainError incorrect for text of which nothing is left, such as a lone accent. */
export function parseString(text: string): StringValue {
  const prefix = normalise(text)
  if (prefix === '')
    throw new HealthChainError('incorrect', 'empty-value', 'A text to search for needs a letter or digit.')
  return { kind: 'string', prefix }
}

const PARTS: Record<string, string[]> = {
  HumanName: ['family', 'given', 'text', 'prefix', 'suffix'],
  Address: ['line', 'city', 'district', 'state', 'postalCode', 'country', 'text'],
}

/** Texts to store for one value, in the order that sorting wants: family name before given. */
export function indexString(type: string, value: unknown, into: Set<string>): void {
  if (typeof value === 'string') into.add(normalise(value))
  if (!isObject(value)) return
  for (const part of PARTS[type] ?? [])
    for (const text of [value[part]].flat()) if (typeof text === 'string') into.add(normalise(text))
}

export const joinStrings = (values: Set<string>): string => [...values].map((v) => SEPARATOR + v).join('')

export const askString = (column: string, values: readonly StringValue[]): RawBuilder<boolean> =>
  sql<boolean>`${sql.ref(column)} like any(${values.map(
    ({ prefix }) => `%${SEPARATOR}${prefix.replaceAll(/[\\%_]/g, '\\$&')}%`,
  )}::text[])`
