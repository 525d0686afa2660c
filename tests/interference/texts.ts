// Every text that a search parameter can be asked for, read from a resource: in any form that FHIR gives a value. Generous:
// it is for asking, and for saying whether a resource has a value, not for indexing. Pure.
import { reach } from '../../src/fhir/compartment.ts'
import { SEARCH } from '../../src/fhir/generated/search-parameters.ts'
import type { SearchParameter } from '../../src/fhir/search-parameters.ts'
import type { Node } from './grow.ts'

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value)

function* strings(value: unknown): Generator<string> {
  if (typeof value === 'string' && value !== '') yield value
  else if (Array.isArray(value)) for (const item of value) yield* strings(item)
  else if (isNode(value)) for (const inner of Object.values(value)) yield* strings(inner)
}

function* tokens(value: unknown): Generator<string> {
  if (!isNode(value)) return yield String(value)
  if (Array.isArray(value.coding)) for (const coding of value.coding) yield* tokens(coding)
  const code = value.code ?? value.value
  if (typeof code !== 'string') return
  yield code
  if (typeof value.system === 'string') yield* [`${value.system}|${code}`, `${value.system}|`]
  else yield `|${code}`
}

const DATE = /^\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))?)?)?$/

function* references(value: unknown): Generator<string> {
  const text = isNode(value) ? value.reference : value
  if (typeof text !== 'string' || text === '') return
  const bare = text.replace(/\/_history\/.*$/, '')
  yield bare
  if (/^[A-Z]\w+\/[^/]+$/.test(bare)) yield bare.split('/')[1]!
}

function textsIn(parameter: SearchParameter, value: unknown): Iterable<string> {
  switch (parameter.type) {
    case 'token':
      return tokens(value)
    case 'reference':
      return references(value)
    case 'date':
      return [...strings(value)].filter((text) => DATE.test(text))
    default:
      return [...strings(value)].filter((text) => /[\p{L}\d]/u.test(text) && text.length < 100)
  }
}

/** By code of the parameter, as arguments spell it. */
export function textsOf(resource: Node): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const parameter of Object.values(SEARCH[String(resource.resourceType)]!.parameters)) {
    const texts = new Set<string>()
    for (const { path, where, truth } of parameter.paths)
      reach(resource, path, 0, (value) => {
        if (where && !(isNode(value) && value[where[0]!] === where[1])) return
        for (const text of truth ? ['true', 'false'] : textsIn(parameter, value)) texts.add(text)
      })
    if (texts.size > 0) found.set(parameter.code.replaceAll('-', '_'), [...texts])
  }
  return found
}
