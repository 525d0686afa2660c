// References and creates by search, http://hl7.org/fhir/R4/http.html#trules: found here, resolved by who has the data.
import { isObject } from '../../kernel/json.ts'
import { eachString } from './walk.ts'

/** A reference such as `Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|123`. */
export interface ConditionalReference {
  /** FHIRPath of the Reference: `Encounter.participant[0].individual`. */
  readonly path: string
  readonly type: string
  /** The search, without the question mark, as written. */
  readonly query: string
  /** Puts `Type/id` in its place. */
  resolve(to: string): void
}

/** An entry with `request.ifNoneExist`. */
export interface ConditionalCreate {
  readonly type: string
  readonly query: string
  /** The Type/id that it gets when nothing matches. */
  readonly target: string
  /** Tells that this `Type/id` matches: references in the Bundle will point at it. */
  resolve(to: string): void
}

const CONDITIONAL = /^([A-Z][A-Za-z]+)\?(.+)$/s
const NONE: readonly ConditionalReference[] = []

/** Every reference by search in a resource, in document order. */
export function conditionalReferences(resource: object): readonly ConditionalReference[] {
  let found: ConditionalReference[] | undefined
  eachString(resource, (holder, key, value, name, path) => {
    const parts = name === 'reference' && value.includes('?') ? CONDITIONAL.exec(value) : null
    if (parts === null) return
    const [, type = '', query = ''] = parts
    const resolve = (to: string) => {
      holder[key] = to
    }
    found ??= []
    found.push({ path: path(), type, query, resolve })
  })
  return found ?? NONE
}

/** The search of a conditional create, in any of the ways that people write it. */
export function searchOf(entry: Record<string, unknown>): string | undefined {
  const { request } = entry
  if (!isObject(request) || typeof request.ifNoneExist !== 'string') return undefined
  return request.ifNoneExist.replace(/^[^?=]*\?/, '')
}
