// token search, https://hl7.org/fhir/R4/search.html#token. Pure. Columns hold 64-bit hashes of each form one may ask for:
// the code in any system, system and code, the system alone.
import { type RawBuilder, sql } from 'kysely'
import { hash64 } from '../../kernel/hash.ts'
import { isObject } from '../../kernel/json.ts'
import type { TokenValue } from '../ast.ts'

/** `code`, `system|code`, `|code`, `system|` */
export function parseToken(text: string): TokenValue {
  const bar = text.indexOf('|')
  if (bar < 0) return { kind: 'token', code: text }
  const [system, code] = [text.slice(0, bar), text.slice(bar + 1)]
  return code === '' ? { kind: 'token', system } : { kind: 'token', system, code }
}

const anySystem = (code: string) => hash64(`c\0${code}`)
const systemAndCode = (system: string, code: string) => hash64(`b\0${system}\0${code}`)
const systemAlone = (system: string) => hash64(`s\0${system}`)

interface Coded {
  system?: unknown
  code: unknown
}

/** The codes in a value of the given FHIR type. */
function codesIn(type: string, value: unknown): Coded[] {
  if (!isObject(value)) return [{ code: value }]
  switch (type) {
    case 'Coding':
      return [{ system: value.system, code: value.code }]
    case 'CodeableConcept':
      return Array.isArray(value.coding) ? value.coding.flatMap((coding) => codesIn('Coding', coding)) : []
    case 'Identifier':
      return [{ system: value.system, code: value.value }]
    case 'ContactPoint':
      return [{ code: value.value }]
    default:
      return []
  }
}

/** Hashes to store for one value. */
export function indexToken(type: string, value: unknown, into: Set<string>): void {
  for (const { system, code } of codesIn(type, value)) {
    const known = typeof system === 'string'
    if (known) into.add(systemAlone(system))
    if (code === undefined || code === null) continue
    into.add(anySystem(String(code)))
    into.add(systemAndCode(known ? system : '', String(code)))
  }
}

const hashOf = ({ system, code }: TokenValue) =>
  system === undefined ? anySystem(code ?? '') : code === undefined ? systemAlone(system) : systemAndCode(system, code)

export const askTokens = (column: string, values: readonly TokenValue[]): RawBuilder<boolean> =>
  sql<boolean>`${sql.ref(column)} && ${values.map(hashOf)}::bigint[]`

/** Several plain codes per row; `systems` are the code systems that the element's binding draws from. */
export function askCodes(
  column: string,
  values: readonly TokenValue[],
  systems: readonly string[],
): RawBuilder<boolean> {
  const known = values.filter(({ system }) => system === undefined || systems.includes(system))
  if (known.some(({ code }) => code === undefined)) return sql<boolean>`${sql.ref(column)} is not null`
  return askTokens(
    column,
    known.map(({ code }) => ({ kind: 'token', code })),
  )
}

/** Single codes rest as themselves; `systems` are the code systems that the element's binding draws from. */
export function askCode(
  column: string,
  values: readonly TokenValue[],
  systems: readonly string[],
): RawBuilder<boolean> {
  const codes = values.flatMap(({ system, code }) => {
    if (system !== undefined && !systems.includes(system)) return []
    return code === undefined ? [] : [code]
  })
  const anyCode = values.some(
    ({ system, code }) => code === undefined && system !== undefined && systems.includes(system),
  )
  if (anyCode) return sql<boolean>`${sql.ref(column)} is not null`
  return sql<boolean>`${sql.ref(column)} = any(${codes}::text[])`
}
