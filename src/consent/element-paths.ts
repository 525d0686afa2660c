// Element paths in the words of the element table: choices spelled out, backbones entered. Pure.
// https://hl7.org/fhir/R4/formats.html#choice
import type { ElementRow } from '../fhir/elements.ts'
import { TYPES } from '../fhir/generated/elements.ts'
import { HealthChainError } from '../kernel/errors.ts'

/** A property of a type: `['PatientContact', 'name']`. */
export type Step = readonly [owner: string, property: string]

/** Properties that `name` means: itself, or each of the choice `value` or `value[x]`. */
function propertiesOf(owner: string, name: string): [string, ElementRow][] {
  const elements = Object.hasOwn(TYPES, owner) ? TYPES[owner]!.elements : {}
  if (Object.hasOwn(elements, name)) return [[name, elements[name]!]]
  const choice = name.replace(/\[x\]$/, '')
  return Object.entries(elements).filter(([, row]) => row[3]?.choice === choice)
}

function chains(owner: string, names: readonly string[]): Step[][] {
  const [first, ...rest] = names
  return propertiesOf(owner, first!).flatMap(([property, [, , type]]) => {
    const step: Step = [owner, property]
    return rest.length === 0 ? [[step]] : chains(type, rest).map((more) => [step, ...more])
  })
}

const spelled = new Map<string, readonly (readonly Step[])[]>()
/** Generated tables have far fewer paths that anyone hides; what comes beyond is spelled anew each time. */
const SPELLED_MAX = 5000

/** Every way that a path below `type` can stand in JSON. @throws HealthChainError fault for what is no element. */
export function spell(type: string, path: string): readonly (readonly Step[])[] {
  const key = `${type}.${path}`
  const found = spelled.get(key) ?? chains(type, path.split('.'))
  if (found.length === 0) throw new HealthChainError('fault', 'no-element', `A rule hides ${key}, which is no element.`)
  if (spelled.size < SPELLED_MAX) spelled.set(key, found)
  return found
}
