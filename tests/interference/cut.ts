// Hidden elements taken out of a resource by the plainest walk there is: for the database in which they never stood. The
// kernel's own mask (src/consent/mask.ts) is not asked. Pure.
import { type HiddenElements, hiddenNames } from '../../src/consent/hidden-elements.ts'
import { TYPES } from '../../src/fhir/generated/elements.ts'
import type { Node } from './grow.ts'
import type { StoredRow } from './lay-down.ts'

/** Elements by which the second wall knows whose a resource is: they are hidden from people, not from the server. */
const DECIDING: Readonly<Record<string, readonly string[]>> = { RelatedPerson: ['patient'] }

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value)

const isEmpty = (value: unknown): boolean =>
  Array.isArray(value) ? value.length === 0 : isNode(value) && Object.keys(value).length === 0

function remove(node: Node, [name, ...rest]: readonly string[]): void {
  if (rest.length === 0) {
    delete node[name!]
    delete node[`_${name}`]
    return
  }
  for (const inner of [node[name!]].flat()) if (isNode(inner)) remove(inner, rest)
}

function cutNode(hidden: HiddenElements, type: string, node: Node): void {
  for (const path of hiddenNames(hidden, type)) if (!DECIDING[type]?.includes(path[0]!)) remove(node, path)
  for (const [name, value] of Object.entries(node)) {
    const of = TYPES[type]?.elements[name]?.[2]
    for (const inner of [value].flat())
      if (isNode(inner)) cutNode(hidden, of === 'Resource' ? String(inner.resourceType) : (of ?? ''), inner)
    // An element of which nothing is left was never there.
    if (Array.isArray(value)) node[name] = value.filter((item) => !isEmpty(item))
    if (isEmpty(node[name])) delete node[name]
  }
}

/** What an asker is not told of resources that they are told. */
export interface Unseen {
  readonly hidden: HiddenElements
  /** Whether what a resource contains may be told. */
  readonly tells: (inner: Node, container: StoredRow) => boolean
}

/** With what is not told goes the narrative, which may repeat it, and what points to it: in worlds, an extension. */
function cutContained(tells: Unseen['tells'], row: StoredRow): Node {
  const { contained, extension, text: _, ...rest } = row.content
  if (!Array.isArray(contained)) return row.content
  const kept = contained.filter((inner) => isNode(inner) && tells(inner, row))
  if (kept.length === contained.length) return row.content
  const gone = new Set(contained.filter((inner) => !kept.includes(inner)).map((inner) => `#${inner.id}`))
  const points = (one: unknown) =>
    isNode(one) && isNode(one.valueReference) && gone.has(String(one.valueReference.reference))
  const left = [extension].flat().filter((one) => one !== undefined && !points(one))
  return {
    ...rest,
    ...(left.length > 0 && { extension: left }),
    ...(kept.length > 0 && { contained: kept }),
  }
}

/** What is left of the content; the same object where that is all of it. */
export function cut({ hidden, tells }: Unseen, row: StoredRow): Node {
  const told = cutContained(tells, row)
  if (hidden.size === 0) return told
  const left = structuredClone(told)
  cutNode(hidden, String(left.resourceType), left)
  return JSON.stringify(left) === JSON.stringify(row.content) ? row.content : left
}
