// Resources that hold every element of their type, made from the element table: what no example happens to use is in
// them. Choices take turns: `round` says which variant stands, and whether extensions hold values or extensions. Pure.
import { isPrimitiveType } from '../../src/fhir/elements.ts'
import { CODES } from '../../src/fhir/generated/codes.ts'
import { TYPES } from '../../src/fhir/generated/elements.ts'
import { numberFrom } from '../../src/kernel/json.ts'
import { carriesExtensions } from './selection.ts'

type Node = Record<string, unknown>
type Row = (typeof TYPES)[string]['elements'][string]

const PRIMITIVES: Record<string, unknown> = {
  boolean: true,
  integer: -7,
  positiveInt: 3,
  unsignedInt: 0,
  decimal: numberFrom('1.10'),
  string: 'text “quoted” \u00e9\n\ud83d\ude00',
  markdown: '*text*',
  code: 'a code',
  id: 'an-id.1',
  date: '2020-02',
  dateTime: '2020-02-03T04:05:06.70+01:00',
  instant: '2020-02-03T04:05:06.700Z',
  time: '04:05:06',
  uri: 'http://example.org/u',
  url: 'http://example.org/l',
  canonical: 'http://example.org/c|1.0',
  oid: 'urn:oid:1.2.3',
  uuid: 'urn:uuid:53fefa32-fcbb-4ff8-8a92-55ee120877b7',
  base64Binary: 'AAECAw==',
  xhtml: '<div xmlns="http://www.w3.org/1999/xhtml">text</div>',
}

/** Elements left out because invariants forbid them beside others, or because the server sets or refuses them. */
const LEFT_OUT: Record<string, (round: number) => readonly string[]> = {
  Meta: () => ['versionId', 'lastUpdated'],
  // ext-1
  Extension: (round) => (round % 2 === 0 ? ['extension'] : ['value']),
  // tim-9, tim-10
  TimingRepeat: (round) => (round % 2 === 0 ? ['timeOfDay'] : ['when', 'offset']),
  // obs-6, obs-7
  Observation: (round) => (round % 2 === 0 ? ['dataAbsentReason', 'component'] : ['value']),
  // con-4, in the rounds whose status is active
  Condition: (round) => (round % 2 === 0 ? ['abatement'] : []),
}

/** A code of the value set, with its system: another one each round. */
function codeOf(codes: string | undefined, round: number): { system?: string; code: string } {
  const all = Object.entries(CODES[codes ?? ''] ?? {}).flatMap(([system, list]) =>
    list.map((code) => ({ system, code })),
  )
  if (codes === 'condition-clinical' && round % 2 === 1) return all.find(({ code }) => code === 'resolved')!
  if (codes === 'event-timing') return all.find(({ code }) => code === 'MORN')!
  const fitting = all.filter(({ code }) => code !== 'entered-in-error')
  return fitting[round % fitting.length] ?? { code: 'a code' }
}

function primitive([, , type, more]: Row, round: number): unknown {
  if (type === 'code' && more?.codes) return codeOf(more.codes, round).code
  return PRIMITIVES[type]
}

function complex([, , type, more]: Row, round: number, depth: number): Node {
  const node = object(type, round, depth)
  if (more?.simple) {
    // sqty-1
    delete node.comparator
    delete node._comparator
  }
  if (type === 'Reference') node.reference = `${more?.targets?.[0] ?? 'Patient'}/1`
  if (type === 'Coding' && more?.codes) Object.assign(node, codeOf(more.codes, round))
  if (type === 'CodeableConcept' && more?.codes) node.coding = [codeOf(more.codes, round)]
  return node
}

const required = (type: string, more: Row[3]) => TYPES[type]!.requiredChoices.includes(more?.choice ?? '')

const simple = { url: 'http://example.org/x', valueString: 'x' }

/** To a depth of two everything; below only primitives and what is required. */
function object(type: string, round: number, depth: number): Node {
  const { elements } = TYPES[type]!
  const out = LEFT_OUT[type]?.(round) ?? []
  const made: Node = {}
  for (const [name, row] of Object.entries(elements)) {
    const [min, max, of, more] = row
    const variants = Object.keys(elements).filter((n) => more?.choice && elements[n]![3]?.choice === more.choice)
    if (variants.length > 0 && variants[(round >> 1) % variants.length] !== name) continue
    if (of === 'Resource' || name === 'modifierExtension' || out.includes(name) || out.includes(more?.choice ?? name))
      continue
    // ext-1, rat-1, ele-1
    const isNeeded = min > 0 || type === 'Extension' || type === 'Ratio' || name === 'extension' || required(type, more)
    if (!isPrimitiveType(of) && depth >= 2 && !isNeeded) continue
    if (name === 'extension' && (depth > 0 || type === 'Extension')) made[name] = [simple]
    else if (!isPrimitiveType(of)) {
      const value = complex(row, round, depth + 1)
      made[name] = max === 1 ? value : [value, value]
    } else addPrimitive(made, type, name, row, round, depth)
  }
  return made
}

function addPrimitive(made: Node, type: string, name: string, row: Row, round: number, depth: number): void {
  const value = primitive(row, round)
  const sibling = { id: 'sibling', extension: [simple] }
  const extended = depth < 2 && carriesExtensions(type, name, row[2])
  // In a list the second place has no value, only extensions; the third has a value only.
  made[name] = row[1] === 1 ? value : extended ? [value, null, value] : [value]
  if (extended) made[`_${name}`] = row[1] === 1 ? sibling : [sibling, sibling, null]
}

/** How many rounds it takes until each variant of each choice of the type's own elements has stood. */
export function roundsOf(type: string): number {
  const own = Object.entries(TYPES).filter(
    ([name]) => name.startsWith(type) && /^(?:[A-Z]|$)/.test(name.slice(type.length)),
  )
  const sizes = own.flatMap(([, { elements }]) =>
    [...Map.groupBy(Object.values(elements), ([, , , more]) => more?.choice).entries()].map(([choice, rows]) =>
      choice ? rows.length : 1,
    ),
  )
  return 2 * Math.max(...sizes)
}

export function fullResource(type: string, round: number): Node {
  return { resourceType: type, ...object(type, round, 0), id: `full-${round}` }
}
