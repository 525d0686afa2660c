// Removes hidden elements from a resource, as if they had never been stored. Pure: what comes in is never changed.
// Consent may hide values, never their absence: what is left does not tell whether anything was taken away.

import { isPrimitiveType } from '../fhir/elements.ts'
import { TYPES } from '../fhir/generated/elements.ts'
import { isObject } from '../kernel/json.ts'
import { type HiddenElements, hiddenNames } from './hidden-elements.ts'

type Node = Record<string, unknown>
export type Mask = <T extends object>(resource: T) => T

/** What to cut from one kind of object. */
interface Cut {
  readonly drop: Set<string>
  readonly into: Map<string, Cut>
}

/** The object that stands beside a primitive, `_birthDate`. */
const SIBLING = 'Element'
const elementsOf = (type: string): readonly (readonly [name: string, type: string])[] =>
  type === SIBLING
    ? [['extension', 'Extension']]
    : Object.entries(TYPES[type]?.elements ?? {}).map(([name, row]) => [name, row[2]])

class Cuts {
  readonly #names: (type: string) => string[][]
  readonly #made = new Map<string, Cut>()
  readonly #reaching: Set<string>
  constructor(hidden: HiddenElements) {
    this.#names = (type) => hiddenNames(hidden, type)
    const datatypes = [...hidden.keys()].filter((type) => TYPES[type]!.kind !== 'resource')
    this.#reaching = reaching(datatypes)
  }
  /** The cut for a type wherever it stands. */
  of(type: string): Cut {
    const known = this.#made.get(type)
    if (known) return known
    const cut: Cut = { drop: new Set(), into: new Map() }
    this.#made.set(type, cut) // before its parts: types contain themselves
    return this.#fill(cut, type, this.#names(type))
  }
  #fill(cut: Cut, type: string, names: string[][]): Cut {
    for (const [name, inner] of elementsOf(type)) {
      const below = names.filter(([first]) => first === name).map(([, ...rest]) => rest)
      if (below.some((rest) => rest.length === 0)) cut.drop.add(name)
      else if (inner !== 'Resource') this.#enter(cut, name, inner, below)
    }
    return cut
  }
  #enter(cut: Cut, name: string, inner: string, below: string[][]): void {
    if (below.length > 0) {
      const own: Cut = { drop: new Set(), into: new Map() }
      cut.into.set(name, this.#fill(own, inner, [...below, ...this.#names(inner)]))
    } else if (this.#reaching.has(inner)) cut.into.set(name, this.of(inner))
    if (isPrimitiveType(inner) && this.#reaching.has(SIBLING)) cut.into.set(`_${name}`, this.of(SIBLING))
  }
}

/** Types in which some object of `datatypes` may stand, these included. */
function reaching(datatypes: readonly string[]): Set<string> {
  const found = new Set(datatypes)
  if (found.size === 0) return found
  const all = [...Object.keys(TYPES), SIBLING]
  for (let before = -1; before !== found.size; ) {
    before = found.size
    for (const type of all)
      if (elementsOf(type).some(([, inner]) => found.has(inner) || (isPrimitiveType(inner) && found.has(SIBLING))))
        found.add(type)
  }
  return found
}

/** Nothing is left of it: FHIR knows no empty element. */
const isEmpty = (value: unknown): boolean =>
  Array.isArray(value) ? value.every((v) => v === null) : isObject(value) && Object.keys(value).length === 0

function cutList(cut: Cut, list: readonly unknown[], sibling: boolean): readonly unknown[] {
  const left = list.map((item) => cutFrom(cut, item, sibling))
  if (left.every((item, i) => item === list[i])) return list
  // Siblings of primitives keep their places; elsewhere an emptied element goes.
  return sibling ? left.map((v) => (isEmpty(v) ? null : v)) : left.filter((v, i) => v === list[i] || !isEmpty(v))
}

function cutFrom(cut: Cut, value: unknown, sibling: boolean): unknown {
  if (Array.isArray(value)) return cutList(cut, value, sibling)
  if (!isObject(value)) return value
  const left: Node = {}
  let same = true
  for (const key in value) {
    const before = value[key]
    const primitive = key.startsWith('_')
    if (cut.drop.has(primitive ? key.slice(1) : key)) {
      same = false
      continue
    }
    const inner = cut.into.get(key)
    const after = inner ? cutFrom(inner, before, primitive) : before
    if (after !== before) same = false
    if (after === before || !isEmpty(after)) left[key] = after
  }
  return same ? value : left
}

const isNothing = ({ drop, into }: Cut): boolean => drop.size === 0 && into.size === 0

function maskWith(cuts: Cuts): Mask {
  const maskOne = (resource: Node): Node => {
    const cut = cuts.of(String(resource.resourceType))
    const left = (isNothing(cut) ? resource : cutFrom(cut, resource, false)) as Node
    return Array.isArray(left.contained) ? maskContained(left, left.contained) : left
  }
  function maskContained(resource: Node, contained: readonly unknown[]): Node {
    // What has no table cannot be searched for hidden elements.
    const readable = contained.filter((inner) => isObject(inner) && Object.hasOwn(TYPES, String(inner.resourceType)))
    const touched = readable.some((inner) => !isNothing(cuts.of(String((inner as Node).resourceType))))
    if (!touched && readable.length === contained.length) return resource
    // The narrative may repeat what stands in them. It goes by their type, so it tells nothing of their content.
    const { text: _, contained: __, ...rest } = resource
    return readable.length === 0 ? rest : { ...rest, contained: readable.map((inner) => maskOne(inner as Node)) }
  }
  return (resource) => maskOne(resource as Node) as typeof resource
}

const masks = new WeakMap<HiddenElements, Mask>()

/** A resource of a type that has nothing hidden comes back itself, unless it contains one that has. */
export function makeMask(hidden: HiddenElements): Mask {
  if (hidden.size === 0) return (resource) => resource
  const mask = masks.get(hidden) ?? maskWith(new Cuts(hidden))
  masks.set(hidden, mask)
  return mask
}
