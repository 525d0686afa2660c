// References between resources, https://hl7.org/fhir/R4/references.html. Pure.
import { isObject } from '../kernel/json.ts'

export interface ResourceAddress {
  type: string
  id: string
  version?: string
}

/** The primitive type id. */
export const isId = (text: string): boolean => /^[A-Za-z0-9\-.]{1,64}$/.test(text)

const LITERAL = /^(?:https?:\/\/.+\/)?([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/([A-Za-z0-9\-.]{1,64}))?$/

/** `Patient/1`, `Patient/1/_history/2` or an absolute URL ending so; undefined for urn:, #id and anything else. */
export function parseReference(text: string): ResourceAddress | undefined {
  const match = LITERAL.exec(text)
  if (!match) return undefined
  const [, type, id, version] = match
  return version ? { type: type!, id: id!, version } : { type: type!, id: id! }
}

/** A reference into this server: relative, so that no foreign server's id is taken for ours. */
export const parseLocalReference = (text: string): ResourceAddress | undefined =>
  /^[A-Z]/.test(text) ? parseReference(text) : undefined

/** The same of a Reference. */
function addressIn(value: unknown): ResourceAddress | undefined {
  const text = isObject(value) ? value.reference : undefined
  return typeof text === 'string' ? parseLocalReference(text) : undefined
}

/** `Type/id` of a Reference into this server, whichever version it names. */
export function localReference(value: unknown): string | undefined {
  const address = addressIn(value)
  return address && `${address.type}/${address.id}`
}

/** `Type/id` of a Reference to a resource of this server as it stands; undefined where it names a version. */
export function unversionedReference(value: unknown): string | undefined {
  const address = addressIn(value)
  return address && address.version === undefined ? `${address.type}/${address.id}` : undefined
}

const PATIENT = /^Patient\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/

/** Id of the Patient that `parseLocalReference` would find: each row that is told asks, and most of them nothing else. */
export const localPatient = (text: string): string | undefined => PATIENT.exec(text)?.[1]

const container: unique symbol = Symbol('container')
type Contained = { [container]?: Record<string, unknown> }

/** Lets `#id` references below find the resource they stand in. Costs nothing where nothing is contained. */
export function linkContained(resource: Record<string, unknown>): void {
  if (!Array.isArray(resource.contained)) return
  const visit = (value: unknown) => {
    if (Array.isArray(value)) for (const item of value) visit(item)
    else if (isObject(value)) {
      if (typeof value.reference === 'string' && value.reference.startsWith('#'))
        Object.defineProperty(value, container, { value: resource })
      for (const key in value) visit(value[key])
    }
  }
  visit(resource)
}

/** The resource that `#id` names; `#` alone is the container itself. */
export function resolveContained(reference: object & { reference?: string }): Record<string, unknown> | undefined {
  const resource = (reference as Contained)[container]
  const id = reference.reference?.slice(1)
  if (!resource || id === undefined) return undefined
  if (id === '') return resource
  return (resource.contained as Record<string, unknown>[]).find((inner) => inner.id === id)
}
