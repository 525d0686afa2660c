// What a contained resource leaves behind when it is withheld: nothing that says it in words, nothing that points to it.
// A `#c` that leads nowhere would tell that something is hidden, and so would a contained resource that nobody names:
// https://hl7.org/fhir/R4/domainresource.html#invs, dom-3. Pure.
import { TYPES } from '../fhir/generated/elements.ts'
import { isObject } from '../kernel/json.ts'

type Node = Record<string, unknown>

export const idOf = (inner: unknown): string | undefined =>
  isObject(inner) && typeof inner.id === 'string' ? inner.id : undefined

/** Ids of every `#id` anywhere below; empty for `#`, the container. */
export function innerIds(value: unknown, found = new Set<string>()): Set<string> {
  if (typeof value === 'string') {
    if (value.startsWith('#')) found.add(value.slice(1))
  } else if (Array.isArray(value)) for (const item of value) innerIds(item, found)
  else if (isObject(value)) for (const key in value) innerIds(value[key], found)
  return found
}

export const elementType = (type: string, element: string): string => TYPES[type]?.elements[element]?.[2] ?? ''

/** An element of which this must not be lost: what is left of it would be none. */
function needs(type: string, element: string): boolean {
  const table = TYPES[type]
  const [min = 0, , , more] = table?.elements[element] ?? []
  return min > 0 || (more?.choice !== undefined && table!.requiredChoices.includes(more.choice))
}

const points = (text: unknown, ids: ReadonlySet<string>) =>
  typeof text === 'string' && text.startsWith('#') && ids.has(text.slice(1))

/** Without what points to `ids`: undefined where nothing is left, the same value where nothing does. */
export function without(value: unknown, type: string, ids: ReadonlySet<string>): unknown {
  if (points(value, ids)) return undefined
  if (Array.isArray(value)) {
    const left = value.map((item) => without(item, type, ids))
    if (left.every((item, i) => item === value[i])) return value
    const some = left.filter((item) => item !== undefined)
    return some.length > 0 ? some : undefined
  }
  return isObject(value) ? withoutIn(value, type, ids) : value
}

function withoutIn(value: Node, type: string, ids: ReadonlySet<string>): unknown {
  // Its display says in words what it names.
  if (points(value.reference, ids)) return undefined
  const resource = typeof value.resourceType === 'string'
  const own = resource ? String(value.resourceType) : type
  const left: Node = { ...value }
  let same = true
  for (const key in value) {
    const after = without(value[key], elementType(own, key), ids)
    if (after === value[key]) continue
    same = false
    if (after === undefined) {
      if (!resource && needs(own, key)) return undefined
      delete left[key]
    } else left[key] = after
    // What stands beside the items of a list has lost its places.
    delete left[`_${key}`]
  }
  if (same) return value
  return !resource && Object.keys(left).every((key) => key === 'id' || key === 'url') ? undefined : left
}

/** Without the contained resources that are not to be kept, and all that would tell of them. The same object if none. */
export function withhold<T extends object>(resource: T, keep: (inner: unknown) => boolean): T {
  if (!Array.isArray((resource as Node).contained)) return resource
  const { contained, text: _, ...rest } = resource as Node & { contained: unknown[] }
  if (contained.every(keep)) return resource
  const named = innerIds(resource)
  let kept: unknown[] = contained.filter(keep)
  for (;;) {
    const stay = new Set(kept.map(idOf))
    const gone = contained.flatMap((inner) => idOf(inner) ?? []).filter((id) => !stay.has(id))
    const left = without({ ...rest, ...(kept.length > 0 && { contained: kept }) }, '', new Set(gone)) as Node
    const still = innerIds(left)
    const lost = kept.filter((inner) => isForgotten(inner, named, still))
    if (lost.length === 0) return left as T
    kept = kept.filter((inner) => !lost.includes(inner))
  }
}

/** Only what is gone spoke of it. */
const isForgotten = (inner: unknown, named: ReadonlySet<string>, still: ReadonlySet<string>) => {
  const id = idOf(inner)
  return id !== undefined && named.has(id) && !still.has(id) && !innerIds(inner).has('')
}
