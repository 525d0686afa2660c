// Masking equals deleting: laws over resources that hold every element of their type, and leaks by name.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { disclosures } from '../../src/consent/disclosure.ts'
import { HIDDEN, type HiddenElements, hiddenElements } from '../../src/consent/hidden-elements.ts'
import { makeMask } from '../../src/consent/mask.ts'
import { TYPES } from '../../src/fhir/generated/elements.ts'
import { RESOURCE_TYPES } from '../../src/fhir/generated/types.ts'
import { ROLES, type Role } from '../../src/kernel/asker.ts'
import { isObject } from '../../src/kernel/json.ts'
import { fullResource } from '../conformance/full-resource.ts'

type Node = Record<string, unknown>

const hiddenFor = (role: Role, purpose = 'TREAT') => hiddenElements({ role, purpose })
const researcher = hiddenFor('researcher', 'HRESCH')
const payer = hiddenFor('payer', 'HPAYMT')

/** Every place that some rule hides, by walking the resource and comparing the whole path from each object upwards. */
function places(hidden: HiddenElements, resource: Node): { holder: Node; key: string }[] {
  const paths = [...hidden.values()].flat().map(({ path }) => path)
  const found: { holder: Node; key: string }[] = []
  const visit = (node: Node, type: string, above: string[][]) => {
    for (const key of Object.keys(node)) {
      const name = key.replace(/^_/, '')
      const row = type === 'Element' ? undefined : TYPES[type]?.elements[name]
      const of = type === 'Element' && key === 'extension' ? 'Extension' : row?.[2]
      if (!of) continue
      const names = [name, ...(row?.[3]?.choice ? [row[3].choice, `${row[3].choice}[x]`] : [])]
      const trails = [...above, [type]].flatMap((trail) => names.map((n) => [...trail, n]))
      if (trails.some((trail) => paths.includes(trail.join('.')))) found.push({ holder: node, key })
      const inner = key.startsWith('_') ? 'Element' : of
      for (const value of [node[key]].flat())
        if (isObject(value))
          visit(value, inner === 'Resource' ? String(value.resourceType) : inner, inner === 'Resource' ? [] : trails)
    }
  }
  visit(resource, String(resource.resourceType), [])
  return found
}

/** What is left when nothing is left of an element. */
function prune(value: unknown, sibling = false): unknown {
  if (Array.isArray(value)) {
    const left = value.map((v) => prune(v, sibling))
    const kept = sibling ? left.map((v) => v ?? null) : left.filter((v) => v !== undefined)
    return kept.every((v) => v === null) ? undefined : kept
  }
  if (!isObject(value)) return value
  const entries = Object.entries(value).map(([key, v]) => [key, prune(v, key.startsWith('_'))] as const)
  const kept = entries.filter(([, v]) => v !== undefined)
  return kept.length === 0 ? undefined : Object.fromEntries(kept)
}

/** Physical deletion from the stored resource; a narrative goes with the narrative of what the resource contains. */
function deleted(hidden: HiddenElements, resource: Node): unknown {
  const copy = structuredClone(plain(resource)) as Node
  for (const { holder, key } of places(hidden, copy)) delete holder[key]
  const inner = (copy.contained ?? []) as Node[]
  if (inner.some(({ resourceType }) => hidden.has(`${resourceType}`))) delete copy.text
  return prune(copy)
}

/** Raw numbers as text, so that structures can be cloned and compared. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

const obligation = fc.record({
  id: fc.constantFrom('pack/a', 'pack/b'),
  code: fc.constantFrom('MASK', 'REDACT'),
  elements: fc
    .array(
      fc.constantFrom(...RESOURCE_TYPES, 'HumanName', 'Annotation', 'Period', 'Reference').chain((type) => {
        const own = Object.keys(TYPES[type]!.elements).filter((name) => name !== 'id' && name !== 'contained')
        const nested = own.flatMap((name) => {
          const inner = TYPES[TYPES[type]!.elements[name]![2]]
          return inner ? Object.keys(inner.elements).map((below) => `${name}.${below}`) : []
        })
        const choices = own.flatMap((name) => TYPES[type]!.elements[name]![3]?.choice ?? [])
        const paths = fc.constantFrom(...own, ...nested, ...choices, ...choices.map((c) => `${c}[x]`))
        return fc.tuple(fc.constant(type), fc.array(paths, { maxLength: 6 }))
      }),
      { maxLength: 3 },
    )
    .map((entries) => Object.fromEntries(entries) as Record<string, string[]>),
})
const anyHidden = fc
  .tuple(
    fc.constantFrom(...ROLES),
    fc.constantFrom('TREAT', 'HRESCH', 'HPAYMT', 'PATRQT'),
    fc.array(obligation, { maxLength: 2 }),
  )
  .map(([role, purpose, obligations]) => hiddenElements({ role, purpose }, obligations))
const plainResource = fc
  .tuple(fc.constantFrom(...RESOURCE_TYPES), fc.nat(20))
  .map(([type, round]) => plain(fullResource(type, round)) as Node)
const anyResource = fc
  .tuple(plainResource, fc.array(plainResource, { maxLength: 2 }))
  .map(([resource, contained]) => (contained.length > 0 ? { ...resource, contained } : resource))

describe('laws', () => {
  test('masking equals deleting the elements from what is stored, and changes nothing that came in', () => {
    fc.assert(
      fc.property(anyHidden, anyResource, (hidden, resource) => {
        const before = JSON.stringify(resource)
        const masked = makeMask(hidden)(resource)
        expect(JSON.stringify(resource)).toBe(before)
        expect(masked).toEqual(deleted(hidden, resource))
      }),
      { numRuns: 300 },
    )
  })

  test('whatever stands in hidden elements, what comes out is the same', () => {
    fc.assert(
      fc.property(anyHidden, anyResource, (hidden, resource) => {
        const other = structuredClone(resource)
        for (const { holder, key } of places(hidden, other)) holder[key] = 'another value'
        const mask = makeMask(hidden)
        expect(mask(other)).toEqual(mask(resource))
      }),
      { numRuns: 200 },
    )
  })

  test('no hidden value comes out', () => {
    fc.assert(
      fc.property(anyHidden, anyResource, (hidden, resource) => {
        for (const { holder, key } of places(hidden, resource)) holder[key] = 'hidden-value'
        expect(JSON.stringify(makeMask(hidden)(resource))).not.toContain('hidden-value')
      }),
      { numRuns: 200 },
    )
  })

  test('masking twice changes nothing, not even identity', () => {
    fc.assert(
      fc.property(anyHidden, plainResource, (hidden, resource) => {
        const masked = makeMask(hidden)(resource)
        expect(makeMask(hidden)(masked)).toBe(masked)
      }),
    )
  })

  test('a type with nothing hidden comes back itself', () => {
    for (const type of RESOURCE_TYPES) {
      const resource = fullResource(type, 0)
      expect(makeMask(hiddenFor('practitioner'))(resource)).toBe(resource)
    }
  })

  test('the reasons hang on document and asker alone, in one order whatever order they were given in', () => {
    const words = RESOURCE_TYPES.flatMap((type) => Object.keys(TYPES[type]!.elements).map((e) => [type, e] as const))
    fc.assert(
      fc.property(anyHidden, fc.shuffledSubarray(words), (hidden, selected) => {
        const told = disclosures(hidden, selected)
        expect(disclosures(hidden, selected.toReversed())).toEqual(told)
        expect(disclosures(hidden, [...selected, ...selected])).toEqual(told)
      }),
    )
  })

  test('every element that masking can take is told when it is selected', () => {
    fc.assert(
      fc.property(anyHidden, plainResource, (hidden, resource) => {
        const selected = Object.entries(TYPES).flatMap(([type, { elements }]) =>
          Object.keys(elements).map((e) => [type, e] as const),
        )
        const told = new Set(disclosures(hidden, selected).map(({ path }) => path))
        if (places(hidden, resource).length > 0) expect(told.size).toBeGreaterThan(0)
        for (const all of hidden.values()) for (const { path } of all) expect(told).toContain(path)
      }),
    )
  })
})

describe('research', () => {
  const patient = {
    resourceType: 'Patient',
    id: 'p',
    text: { status: 'generated', div: '<div>Ana Müller</div>' },
    name: [{ family: 'Müller', given: ['Ana'] }],
    birthDate: '1980-02-03',
    _birthDate: { extension: [{ url: 'http://example.org/time', valueTime: '04:05:06' }] },
    gender: 'female',
    address: [{ city: 'Genève' }],
  }
  test('sees a patient without what names one', () => {
    expect(makeMask(researcher)(patient)).toEqual({ resourceType: 'Patient', id: 'p', gender: 'female' })
  })
  test('is a purpose: a backend service that asks for it sees no more than a researcher', () => {
    expect(makeMask(hiddenFor('system', 'BIORCH'))(patient)).toEqual(makeMask(researcher)(patient))
    expect(makeMask(hiddenFor('system', 'TREAT'))(patient)).toBe(patient)
  })
  test('leak through a contained patient, and through the narrative around it', () => {
    const observation = {
      resourceType: 'Observation',
      id: 'o',
      contained: [patient],
      text: { div: 'Ana' },
      status: 'final',
    }
    const masked = makeMask(payer)(observation)
    expect(masked).toEqual({ resourceType: 'Observation', id: 'o', status: 'final', contained: [expect.anything()] })
    expect(JSON.stringify(makeMask(researcher)(observation))).not.toMatch(/Ana|1980|Gen/)
  })
  test('leak through the text of a reference, a note, an attachment, an extension and a business identifier', () => {
    const masked = makeMask(researcher)({
      resourceType: 'Observation',
      id: 'o',
      identifier: [{ system: 'http://example.org/order', value: 'secret' }],
      subject: { reference: 'Patient/p', display: 'secret', identifier: { value: 'secret' } },
      performer: [{ display: 'secret' }],
      note: [{ time: '2020-01-01', text: 'secret' }],
      extension: [{ url: 'http://example.org/x', valueString: 'secret' }],
      _status: { extension: [{ url: 'http://example.org/y', valueString: 'secret' }] },
      status: 'final',
    })
    expect(masked).toEqual({
      resourceType: 'Observation',
      id: 'o',
      identifier: [{ system: 'http://example.org/order' }],
      subject: { reference: 'Patient/p' },
      note: [{ time: '2020-01-01' }],
      extension: [{ url: 'http://example.org/x' }],
      _status: { extension: [{ url: 'http://example.org/y' }] },
      status: 'final',
    })
  })
  test('a contained resource of a type that nobody knows goes', () => {
    const odd = { resourceType: 'Observation', id: 'o', contained: [{ resourceType: 'Odd', secret: 1 }], text: {} }
    expect(makeMask(researcher)(odd)).toEqual({ resourceType: 'Observation', id: 'o' })
  })
})

describe('obligations', () => {
  const of = (...all: Parameters<typeof hiddenElements>[1] & object[]) =>
    hiddenElements({ role: 'nurse', purpose: 'TREAT' }, all)
  test('say their own id and code', () => {
    const hidden = of({ id: 'pack/phone', code: 'REDACT', elements: { Patient: ['Patient.telecom'] } })
    expect(hidden.get('Patient')?.map(({ path, code, rule }) => [path, code, rule])).toEqual([
      ['Patient.telecom', 'redacted', 'pack/phone'],
      ['Patient.text', 'redacted', 'pack/phone'],
    ])
  })
  test('an obligation that names no elements hides all', () => {
    const mask = makeMask(of({ id: 'x', code: 'REDACT' }))
    expect(mask(fullResource('Observation', 0))).toEqual({
      resourceType: 'Observation',
      id: 'full-0',
      meta: expect.anything(),
    })
  })
  test('other codes are not about elements', () => {
    expect(of({ id: 'x', code: 'CPLYCD' }).size).toBe(0)
  })
  test.for(['tele', 'telecom.constructor', '', 'name..given', '__proto__'])(
    'an element called %j is refused',
    (path) => {
      expect(() => of({ id: 'x', code: 'MASK', elements: { Patient: [path] } })).toThrow(/is no element/)
    },
  )
  test('a type that nobody knows is refused', () => {
    expect(() => of({ id: 'x', code: 'MASK', elements: { constructor: ['name'] } })).toThrow(/is no element/)
  })
  test('the order they come in does not matter', () => {
    const a = { id: 'a', code: 'MASK', elements: { Annotation: ['text'], Patient: ['name'] } }
    const b = { id: 'b', code: 'REDACT', elements: { Patient: ['name', 'photo'], Period: ['end'] } }
    const entries = (hidden: HiddenElements) => [...hidden].sort(([x], [y]) => (x < y ? -1 : 1))
    expect(entries(of(a, b))).toEqual(entries(of(b, a)))
  })
})

test('every row of the table names elements that are, and says what would lift it', () => {
  for (const [name, { roles, purposes, lift }] of Object.entries(HIDDEN)) {
    expect(lift).toMatch(/^[A-Z].*\.$/)
    for (const role of roles) expect(hiddenElements({ role, purpose: purposes[0]! }).size, name).toBeGreaterThan(0)
  }
})
