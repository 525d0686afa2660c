// Labels as they are stored: cases of writing and writing again, then laws.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { labelsFor } from '../../../src/consent/labelling/labels-for.ts'
import { withLabels } from '../../../src/consent/labelling/with-labels.ts'
import { labelsOf, NONE, NORMAL } from '../../../src/consent/labels.ts'
import {
  codesOf,
  HIV,
  ICD10,
  LOINC,
  label,
  labelled,
  level,
  type Node,
  RXNORM,
  SNOMED,
  securityOf,
  WEIGHT,
} from './resources.ts'

describe('a write', () => {
  test("says it in HL7's words", () =>
    expect(securityOf(withLabels(HIV))).toEqual([
      { ...level('R'), display: 'restricted' },
      { ...label('HIV'), display: 'HIV/AIDS information sensitivity' },
    ]))

  test('leaves what is not sensitive as the object that it is', () => {
    expect(withLabels(WEIGHT)).toBe(WEIGHT)
    expect(withLabels(WEIGHT, WEIGHT)).toBe(WEIGHT)
    const other = labelled(WEIGHT, { system: 'http://example.org', code: 'x' })
    expect(withLabels(other)).toBe(other)
  })

  test('leaves what is labelled already as the object that it is', () => {
    const stored = withLabels(HIV)
    expect(withLabels(stored)).toBe(stored)
    expect(withLabels(stored, stored)).toBe(stored)
  })

  test('keeps the rest of meta, its order, and codings of others', () => {
    const other = { system: 'http://example.org', code: 'x', display: 'ours' }
    const meta = { versionId: '3', tag: [other], security: [other, level('N'), label('NORDSCLCD')] }
    expect(withLabels({ ...HIV, meta }).meta).toEqual({
      ...meta,
      security: [
        other,
        { ...level('R'), display: 'restricted' },
        label('NORDSCLCD'),
        { ...label('HIV'), display: 'HIV/AIDS information sensitivity' },
      ],
    })
  })

  test('keeps a coding that says it already, with its own display and basis', () => {
    const own = { ...label('HIV'), display: 'HIV', extension: [{ url: 'http://example.org/basis' }] }
    expect(securityOf(withLabels(labelled(HIV, level('V'), own)))).toEqual([level('V'), own])
  })

  test('says what is said twice once', () =>
    expect(codesOf(withLabels(labelled(WEIGHT, level('R'), label('SDV'), label('SDV'))))).toEqual(['R', 'SDV']))

  test('adds R to a sensitivity that a client sets', () =>
    expect(codesOf(withLabels(labelled(WEIGHT, label('CEL'))))).toEqual(['CEL', 'R']))

  test('adds no N where nothing is sensitive', () => expect(withLabels(WEIGHT).meta).toBeUndefined())
})

describe('a write over another', () => {
  test('a label that only came from a code goes with the code', () => {
    const corrected = { ...WEIGHT, id: 'h' }
    expect(withLabels(corrected, withLabels(HIV))).toBe(corrected)
  })

  test('a label that somebody set stays', () =>
    expect(
      codesOf(withLabels({ ...WEIGHT }, labelled(withLabels(HIV), ...securityOf(withLabels(HIV)), label('SDV')))),
    ).toEqual(['SDV', 'R']))

  test('a level above what the codes ask for stays', () =>
    expect(codesOf(withLabels({ ...WEIGHT }, withLabels(labelled(HIV, level('V')))))).toEqual(['V']))

  test('what was U by its maker may stay U', () => {
    const open = labelled(WEIGHT, level('U'))
    expect(withLabels(open, open)).toBe(open)
  })
})

const codings = fc.constantFrom(
  { system: SNOMED, code: '86406008' },
  { system: `${SNOMED}/`, code: '5602001' },
  { system: ICD10, code: 'f32.1' },
  { system: ICD10, code: 'E11.9' },
  { system: LOINC, code: '29463-7' },
  { system: LOINC, code: '76504-0' },
  { system: RXNORM, code: '748856' },
  { system: SNOMED, code: '50711007' },
  { system: 'http://example.org', code: 'F32' },
)
const labels = fc.oneof(
  fc.constantFrom('U', 'L', 'M', 'N', 'R', 'V', 'X').map(level),
  fc.constantFrom('HIV', 'PSY', 'SDV', 'SUD', 'NORDSCLCD', 'hiv', 'UNHEARD').map(label),
  fc.constantFrom('a', 'b').map((code) => ({ system: 'http://example.org', code })),
)
const content = fc.record({
  code: fc.array(codings, { maxLength: 3 }),
  component: fc.array(fc.array(codings, { maxLength: 2 }), { maxLength: 2 }),
  contained: fc.array(codings, { maxLength: 2 }),
})
type Content = typeof content extends fc.Arbitrary<infer T> ? T : never

const build = ({ code, component, contained }: Content, security?: Node[]): Node => ({
  resourceType: 'Observation',
  ...(security && { meta: { versionId: '1', security } }),
  contained: contained.map((coding) => ({ resourceType: 'Medication', code: { coding: [coding] } })),
  code: { coding: code },
  component: component.map((coding) => ({ code: { coding } })),
})
const security = fc.option(fc.array(labels, { maxLength: 4 }), { nil: undefined })
const resources = fc.tuple(content, security).map(([parts, given]) => build(parts, given))
const runs = { numRuns: 500 }

const covers = (more: Node, less: Node): boolean => {
  const [high, low] = [labelsOf(more), labelsOf(less)]
  const missing = low.sensitivity & ~high.sensitivity & ~NONE
  return high.confidentiality >= low.confidentiality && missing === 0
}

describe('laws', () => {
  test('labelling twice is labelling once, with and without a standing version', () =>
    fc.assert(
      fc.property(resources, fc.option(resources, { nil: undefined }), (resource, standing) => {
        const stored = withLabels(resource, standing)
        expect(withLabels(stored, standing)).toBe(stored)
        expect(withLabels(stored)).toBe(stored)
        expect(withLabels(stored, stored)).toBe(stored)
      }),
      runs,
    ))

  test('one more coding never takes a label away', () =>
    fc.assert(
      fc.property(content, security, codings, (parts, given, more) => {
        const before = withLabels(build(parts, given))
        for (const after of [
          { ...parts, code: [...parts.code, more] },
          { ...parts, component: [...parts.component, [more]] },
          { ...parts, contained: [...parts.contained, more] },
        ])
          expect(covers(withLabels(build(after, given)), before)).toBe(true)
      }),
      runs,
    ))

  test('no client lowers what the codes say, what it says itself, or what somebody set before', () =>
    fc.assert(
      fc.property(resources, resources, content, (resource, given, other) => {
        const standing = withLabels(given)
        const stored = withLabels(resource, standing)
        const derived = labelsFor(resource)
        expect(labelsOf(stored).confidentiality).toBeGreaterThanOrEqual(
          derived.confidentiality === 3 ? 0 : derived.confidentiality,
        )
        expect(derived.codes.filter((code) => !codesOf(stored).includes(code))).toEqual([])
        const said = securityOf(resource).filter(({ code }) => !['U', 'L', 'M'].includes(`${code}`))
        const [has, claims] = [labelsOf(stored), labelsOf({ meta: { security: said } })]
        expect(claims.sensitivity & ~has.sensitivity & ~NONE).toBe(0)
        // To say nothing is no claim to be N: what stood below that may stay there.
        const silent = claims.confidentiality === NORMAL && !said.some(({ code }) => code === 'N')
        const least = silent ? Math.min(NORMAL, labelsOf(standing).confidentiality) : claims.confidentiality
        expect(has.confidentiality).toBeGreaterThanOrEqual(least)
        // Same content, and whatever labels the client likes: nothing that stood may sink.
        const again = withLabels({ ...standing, meta: { security: securityOf(resource) } }, standing)
        expect(covers(again, standing)).toBe(true)
        // Other content: only what came from the codes may go.
        const hand = securityOf(standing).filter(({ code }) => ['SDV', 'UNHEARD', 'NORDSCLCD'].includes(`${code}`))
        const derivedBefore: readonly unknown[] = labelsFor(standing).codes
        const kept = hand.filter(({ code }) => !derivedBefore.includes(code))
        const changed = codesOf(withLabels(build(other), standing))
        expect(kept.filter(({ code }) => !changed.includes(code))).toEqual([])
      }),
      runs,
    ))

  test('what has no sensitive code and no label is not touched', () =>
    fc.assert(
      fc.property(resources, (resource) => {
        fc.pre(labelsFor(resource).because.length === 0 && securityOf(resource).length === 0)
        expect(withLabels(resource)).toBe(resource)
      }),
      runs,
    ))

  test('the order of codings decides nothing', () =>
    fc.assert(
      fc.property(content, (parts) => {
        const turned = {
          code: [...parts.code].reverse(),
          component: [...parts.component].reverse(),
          contained: [...parts.contained].reverse(),
        }
        expect(labelsFor(build(turned))).toEqual(labelsFor(build(parts)))
        expect(securityOf(withLabels(build(turned)))).toEqual(securityOf(withLabels(build(parts))))
      }),
      runs,
    ))

  test('there is one level at most, and nothing twice', () =>
    fc.assert(
      fc.property(resources, fc.option(resources, { nil: undefined }), (resource, standing) => {
        const all = securityOf(withLabels(resource, standing))
        expect(all.filter(({ system }) => system === level('N').system).length).toBeLessThan(2)
        const names = all.map(({ system, code }) => `${system}|${code}`)
        expect(new Set(names).size).toBe(names.length)
      }),
      runs,
    ))

  test('the input is never changed', () =>
    fc.assert(
      fc.property(resources, resources, (resource, standing) => {
        const before = JSON.stringify([resource, standing])
        withLabels(resource, standing)
        expect(JSON.stringify([resource, standing])).toBe(before)
      }),
      runs,
    ))
})
