// A resource of any type, grown from the element table: what the schema learns later grows too, without a word here.
// Few values stand in it, so that searches hit. Valid R4, since what the validator complains of is left out again. Pure.
import { isPrimitiveType } from '../../src/fhir/elements.ts'
import { CODES } from '../../src/fhir/generated/codes.ts'
import { TYPES } from '../../src/fhir/generated/elements.ts'
import { validate } from '../../src/fhir/validate.ts'
import { CODES as RULED } from '../consent/arbitraries/pools.ts'
import type { Dice } from './dice.ts'

export type Node = Record<string, unknown>
type Row = (typeof TYPES)[string]['elements'][string]

export interface Soil {
  readonly dice: Dice
  /** The text of a reference to something of one of these types; undefined where there is none. */
  refer(targets: readonly string[] | undefined): string | undefined
}

const TEXTS = ['Alba', 'albatros', 'Müller', 'Zoë Nash', 'note 7']
const DATES = ['1975-05', '1980-02-03', '2024', '2025-06', '2025-11-02', '2026-03-14']
const TIMES = ['2024', '2025-11-02', '2025-11-02T09:30:00Z', '2026-03-14T23:30:00-05:00', '2026-01-05']
const VALUES: Readonly<Record<string, readonly unknown[]>> = {
  boolean: [true, false],
  integer: [-7, 12],
  positiveInt: [1, 3],
  unsignedInt: [0, 4],
  decimal: [1.5, 70, 120],
  string: TEXTS,
  markdown: TEXTS,
  code: ['a-code', 'b-code'],
  id: ['an-id'],
  date: DATES,
  dateTime: TIMES,
  instant: ['2025-11-02T09:30:00Z', '2026-03-14T23:30:00.250-05:00'],
  time: ['09:30:00'],
  uri: ['http://example.org/u', 'urn:uuid:53fefa32-fcbb-4ff8-8a92-55ee120877b7'],
  url: ['http://example.org/l'],
  canonical: ['http://example.org/c'],
  oid: ['urn:oid:1.2.3'],
  uuid: ['urn:uuid:53fefa32-fcbb-4ff8-8a92-55ee120877b7'],
  base64Binary: ['bm90ZQ=='],
}
// Below the first level stand codes that no consent names: there they may be hidden, and then they must decide nothing.
const DEEP = ['x', 'y', 'z'].map((code) => ({ system: 'http://example.org/codes', code }))

/** Left to others, or a world of their own. */
const NEVER = new Set(['id', 'meta', 'text', 'contained', 'implicitRules', 'language', 'modifierExtension', 'modifier'])

function codeOf(codes: string | undefined, dice: Dice, depth: number): { system?: string; code: string } {
  const all = Object.entries(CODES[codes ?? ''] ?? {}).flatMap(([system, list]) =>
    list.map((code) => ({ system, code })),
  )
  const fitting = all.filter(({ code }) => code !== 'entered-in-error').slice(0, 4)
  return dice.pick(fitting.length > 0 ? fitting : depth <= 1 ? RULED : DEEP)
}

function value(row: Row, soil: Soil, depth: number): unknown {
  const [, , type, more] = row
  const { dice } = soil
  if (type === 'code') return more?.codes ? codeOf(more.codes, dice, depth).code : dice.pick(VALUES.code!)
  if (isPrimitiveType(type)) return VALUES[type] && dice.pick(VALUES[type])
  switch (type) {
    case 'Reference': {
      const reference = soil.refer(more?.targets)
      return reference && { reference, ...(dice.chance(15) && { display: dice.pick(TEXTS) }) }
    }
    case 'Coding':
      return codeOf(more?.codes, dice, depth)
    case 'CodeableConcept':
      return { coding: [codeOf(more?.codes, dice, depth)], ...(dice.chance(10) && { text: dice.pick(TEXTS) }) }
    case 'Identifier':
      return { system: 'http://example.org/ids', value: `id-${dice.int(1, 9)}` }
    case 'Extension':
      return { url: 'http://example.org/x', valueString: dice.pick(TEXTS) }
    case 'Period':
      return {
        start: dice.pick(['2024', '2025-10']),
        ...(dice.chance(50) && { end: dice.pick(['2025-11-02', '2026-02']) }),
      }
    default:
      return depth > 3 ? undefined : object(type, soil, depth)
  }
}

const isEmpty = (found: unknown) =>
  found === undefined || (typeof found === 'object' && found !== null && Object.keys(found).length === 0)

/** Everything that must stand and, by chance, some of what may. */
function object(type: string, soil: Soil, depth: number): Node {
  const { elements, requiredChoices } = TYPES[type]!
  const made: Node = {}
  const chosen = new Set<string>()
  for (const [name, row] of Object.entries(elements)) {
    const [min, max, , more] = row
    const required = min > 0 || requiredChoices.includes(more?.choice ?? '')
    if (NEVER.has(name) || chosen.has(more?.choice ?? '')) continue
    if (name === 'extension' && depth > 0) continue
    if (!required && !soil.dice.chance(depth === 0 ? 40 : 30)) continue
    const found = value(row, soil, depth + 1)
    if (isEmpty(found)) continue
    made[name] = max === 1 ? found : several(found, () => value(row, soil, depth + 1), soil)
    if (more?.choice) chosen.add(more.choice)
  }
  return made
}

/** Lists are mostly of one. */
function several(first: unknown, next: () => unknown, { dice }: Soil): unknown[] {
  const second = dice.chance(25) ? next() : undefined
  return isEmpty(second) || JSON.stringify(second) === JSON.stringify(first) ? [first] : [first, second]
}

/** Takes out what the validator complains of, one top-level element at a time. Undefined if nothing valid is left. */
export function pruned(resource: Node): Node | undefined {
  const type = String(resource.resourceType)
  const left = { ...resource }
  for (let attempt = 0; attempt < 12; attempt++) {
    const [issue] = validate(type, left)
    if (!issue) return left
    const at = /^\w+\.(\w+)/.exec(issue.expression ?? '')?.[1]
    const name = at !== undefined && at in left ? at : Object.keys(left).find((key) => !KEPT.has(key) && key !== at)
    if (name === undefined || KEPT.has(name)) return undefined
    delete left[name]
  }
  return undefined
}
const KEPT = new Set(['resourceType', 'id'])

export function grow(type: string, id: string, soil: Soil): Node {
  for (let attempt = 0; attempt < 60; attempt++) {
    const made = pruned({ resourceType: type, id, ...object(type, soil, 0) })
    if (made) return made
  }
  throw new RangeError(`No valid ${type} grows here.`)
}
