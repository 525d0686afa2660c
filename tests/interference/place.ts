// Puts a value where a path of properties leads, making lists where the element table has lists. Pure.
import { TYPES } from '../../src/fhir/generated/elements.ts'
import { SEARCH } from '../../src/fhir/generated/search-parameters.ts'
import type { Node } from './grow.ts'

/** Several values only where some element on the way repeats: the first that does holds them. */
export function put(resource: Node, path: readonly string[], values: readonly unknown[]): void {
  fill(resource, String(resource.resourceType), path, values)
}

function fill(node: Node, type: string, [name, ...rest]: readonly string[], values: readonly unknown[]): void {
  const row = TYPES[type]?.elements[name!]
  if (!row) throw new RangeError(`${type} has no ${name}.`)
  const below = (some: readonly unknown[]) => {
    if (rest.length === 0) return some[0]
    const inner: Node = {}
    fill(inner, row[2], rest, some)
    return inner
  }
  node[name!] = row[1] === 1 ? below(values) : values.map((one) => below([one]))
}

/** Paths of the elements that tell whose resource it is, most telling first. */
export function ownerPaths(type: string): (readonly string[])[] {
  const { parameters, compartment } = SEARCH[type]!
  const searched = Object.values(parameters).find(({ shape }) => shape === 'patient')
  const telling = searched ? [searched] : compartment.map((code) => parameters[code]!)
  return telling.map(({ paths }) => paths[0]!.path)
}
