// GraphQL selections as data, made from the element table of src/fhir/generated/elements.ts: `printed` is what a query
// asks, `projected` is what of a resource it asks for. Nothing here is written for one resource type. Pure.
import { isPrimitiveType } from '../../src/fhir/elements.ts'
import { TYPES } from '../../src/fhir/generated/elements.ts'
import { isObject } from '../../src/kernel/json.ts'

type Node = Record<string, unknown>

/** Property -> what is selected below it, null for a scalar. A list stands for a union: one selection per type. */
export type Selection = Map<string, Selection | Union | null>
export type Union = [type: string, selection: Selection][]

const RESOURCES = Object.keys(TYPES).filter((name) => TYPES[name]!.kind === 'resource')

/** Element.id and Extension.url are attributes and xhtml is markup: all other primitives may carry `_name`. */
export const carriesExtensions = (owner: string, name: string, type: string) =>
  isPrimitiveType(type) && name !== 'id' && type !== 'xhtml' && !(owner === 'Extension' && name === 'url')

const under = (values: readonly Node[], name: string): Node[] =>
  values.flatMap((value) => value[name] ?? []).filter(isObject)

/** The primitives of a type. Without `choices` an Extension is id and url, not twenty more fields. */
function primitives(type: string, choices: boolean): Selection {
  const rows = Object.entries(TYPES[type]!.elements)
  const kept = rows.filter(([, row]) => isPrimitiveType(row[2]) && (choices || !row[3]?.choice))
  return new Map(kept.map(([name]) => [name, null]))
}

function selection(
  type: string,
  below: (name: string, type: string) => Selection | Union,
  sibling: (name: string) => Selection,
): Selection {
  const { kind, elements } = TYPES[type]!
  const fields: Selection = new Map(kind === 'resource' ? [['resourceType', null]] : [])
  for (const [name, [, , of]] of Object.entries(elements)) {
    fields.set(name, isPrimitiveType(of) ? null : below(name, of))
    if (carriesExtensions(type, name, of)) fields.set(`_${name}`, sibling(`_${name}`))
  }
  return fields
}

/** Every element of the type, to the depth at which the values hold something and one level beyond. */
export function asDeepAs(type: string, values: readonly Node[]): Selection {
  const contained = (held: Node[]): Union => {
    const types = Map.groupBy(held, (inner) => String(inner.resourceType))
    return [...types].map(([inner, resources]) => [inner, asDeepAs(inner, resources)])
  }
  const below = (name: string, of: string) => {
    const held = under(values, name)
    if (of === 'Resource') return contained(held)
    return held.length > 0 ? asDeepAs(of, held) : primitives(of, false)
  }
  return selection(type, below, (name) => below(name, 'Element') as Selection)
}

/** What the values hold and nothing else. */
export function asHeld(values: readonly Node[]): Selection {
  const names = new Set(values.flatMap((value) => Object.keys(value)))
  return new Map(
    [...names].map((name) => {
      const held = under(values, name)
      return [name, held.length > 0 ? asHeld(held) : null]
    }),
  )
}

/** Every element of the type and every primitive of each, whatever a resource holds. */
export function twoLevels(type: string): Selection {
  const identity: Selection = new Map([
    ['resourceType', null],
    ['id', null],
  ])
  const contained: Union = RESOURCES.map((inner) => [inner, identity])
  return selection(
    type,
    (_name, of) => (of === 'Resource' ? contained : primitives(of, true)),
    () => primitives('Element', true),
  )
}

/** The text of a selection set. */
export function printed(fields: Selection, alias = ''): string {
  const parts = [...fields].map(([name, below]) => {
    // One name has different types in different resources (Organization.name, Patient.name): a union needs aliases.
    const field = alias === '' ? name : `${alias}__${name}: ${name}`
    if (below === null) return field
    return `${field} ${Array.isArray(below) ? printedUnion(below) : printed(below)}`
  })
  return `{ ${parts.join(' ')} }`
}

const printedUnion = (union: Union) =>
  `{ ${['__typename', ...union.map(([type, fields]) => `... on ${type} ${printed(fields, type)}`)].join(' ')} }`

/** An answer as FHIR JSON: aliases undone, members that are null left out. Nulls in lists keep their places. */
export function asFhir(answer: unknown): unknown {
  if (Array.isArray(answer)) return answer.map(asFhir)
  if (!isObject(answer)) return answer
  const members = Object.entries(answer).filter(([name, value]) => value !== null && name !== '__typename')
  return Object.fromEntries(members.map(([name, value]) => [name.replace(/^[A-Z]\w*?__/, ''), asFhir(value)]))
}

/** The part of a resource that a selection asks for. */
export function projected(value: unknown, fields: Selection): unknown {
  if (Array.isArray(value)) return value.map((item) => projected(item, fields))
  if (!isObject(value)) return value
  const members = Object.entries(value).flatMap(([name, member]) => {
    const below = fields.get(name)
    if (below === undefined) return []
    if (below === null) return [[name, member]]
    return [[name, Array.isArray(below) ? projectedUnion(member, below) : projected(member, below)]]
  })
  return Object.fromEntries(members)
}

const projectedUnion = (value: unknown, union: Union) =>
  (value as Node[]).map((inner) => projected(inner, new Map(union).get(String(inner.resourceType))!))
