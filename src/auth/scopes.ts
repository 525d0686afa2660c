// SMART scopes v2, http://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html. Pure.
// A scope that cannot be read to the letter gives nothing; scopes only narrow what role and consent allow.
import type { Right, Scope } from '../kernel/asker.ts'

const SCOPE = /^(patient|user|system)\/(\*|[A-Z][A-Za-z]{0,63})\.(?:(read|write|\*)|(c?r?u?d?s?)(?:\?(.+))?)$/
// No modifiers and no chains: the row filter knows plain parameters only.
const PARAMETER = /^_?[a-z][A-Za-z0-9-]{0,63}$/

/** Version 1 in letters of version 2. */
const V1: Record<string, string> = { read: 'rs', write: 'cud', '*': 'cruds' }

/** The scopes of a `scope` claim that speak of data. Without a patient in context, `patient/` reaches nobody. */
export function scopesOf(claim: string, patient: string | undefined): readonly Scope[] {
  const parsed = claim.split(' ').flatMap((text) => parseScope(text) ?? [])
  return parsed.filter(({ context }) => context !== 'patient' || patient !== undefined)
}

/** Undefined for `openid`, `launch` and the like, and for anything malformed. */
export function parseScope(text: string): Scope | undefined {
  const match = SCOPE.exec(text)
  if (!match) return undefined
  const [, context, type, v1, v2, query] = match
  const rights = [...(v1 === undefined ? v2! : V1[v1]!)] as Right[]
  const filter = query === undefined ? [] : parseQuery(query)
  if (rights.length === 0 || filter === undefined) return undefined
  return { context: context as Scope['context'], type: type!, rights, filter }
}

function parseQuery(query: string): Scope['filter'] | undefined {
  const filter: [string, string[]][] = []
  for (const condition of query.split('&')) {
    const at = condition.indexOf('=')
    const parameter = condition.slice(0, Math.max(at, 0))
    const values = decoded(condition.slice(at + 1))?.split(',')
    if (!PARAMETER.test(parameter) || values === undefined || values.includes('')) return undefined
    filter.push([parameter, values])
  }
  return filter
}

/** Undefined for a broken percent code, and for FHIR's escape `\`, which the row filter does not read. */
function decoded(text: string): string | undefined {
  try {
    const value = decodeURIComponent(text)
    return value.includes('\\') || value.includes('\0') ? undefined : value
  } catch {
    return undefined
  }
}
