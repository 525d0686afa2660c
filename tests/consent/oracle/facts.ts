// What a rule may ask of a resource: codes, references, authors. Walks the JSON itself, knows no resource type.
import type { Coding } from '@medplum/fhirtypes'
import type { Resource } from './question.ts'

type Node = Record<string, unknown>
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Every object inside, the resource itself first. */
function* nodes(value: unknown): Generator<Node> {
  if (Array.isArray(value)) for (const item of value) yield* nodes(item)
  else if (isNode(value)) {
    yield value
    for (const inner of Object.values(value)) yield* nodes(inner)
  }
}

export const nameOf = (resource: Resource): string => `${resource.resourceType}/${resource.id}`

export const hasCoding = (resource: Resource, { system, code }: Coding): boolean =>
  [...nodes(resource)].some((node) => node.system === system && node.code === code)

/** `Type/id`: relative, so that it names a resource of this server and none elsewhere. */
export const isLocal = (reference: unknown): reference is string =>
  typeof reference === 'string' && /^[A-Z][A-Za-z]*\/[A-Za-z0-9\-.]{1,64}$/.test(reference)

export const referencesOf = (value: unknown): string[] =>
  [...nodes(value)].map(({ reference }) => reference).filter(isLocal)

const AUTHORS = ['author', 'performer', 'requester', 'recorder', 'asserter', 'informationSource']

/** A reference of an author element, or of its `actor` where the element is a structure. */
const named = (author: Node): unknown[] => [author.reference, isNode(author.actor) ? author.actor.reference : undefined]

export const authorsOf = (resource: Resource): string[] =>
  AUTHORS.flatMap((element) => resource[element] ?? [])
    .filter(isNode)
    .flatMap(named)
    .filter(isLocal)
