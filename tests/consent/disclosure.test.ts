// What hidden elements mean for a question: parameters that are closed, and the reasons told beside the answer.
import { describe, expect, test } from 'vitest'
import { disclosures, hidesParameter } from '../../src/consent/disclosure.ts'
import { type Hidden, hiddenElements } from '../../src/consent/hidden-elements.ts'
import { makeMask } from '../../src/consent/mask.ts'
import { SEARCH } from '../../src/fhir/generated/search-parameters.ts'
import type { Role } from '../../src/kernel/asker.ts'
import { isObject } from '../../src/kernel/json.ts'
import { fullResource } from '../conformance/full-resource.ts'

type Node = Record<string, unknown>

const hiddenFor = (role: Role, purpose = 'TREAT') => hiddenElements({ role, purpose })
const researcher = hiddenFor('researcher', 'HRESCH')
const payer = hiddenFor('payer', 'HPAYMT')
/** Raw numbers as text, so that structures can be compared. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

describe('parameters', () => {
  test.for([
    [
      'Patient',
      [
        'name',
        'family',
        'given',
        'telecom',
        'phone',
        'email',
        'address',
        'address-city',
        'address_city',
        'birthdate',
        'identifier',
        'link',
      ],
    ],
    ['RelatedPerson', ['patient', 'name', 'relationship']],
    ['Observation', ['identifier']],
    ['Organization', ['identifier']],
  ] as const)('research cannot search %s by %s', ([type, codes]) => {
    for (const code of codes) expect([code, hidesParameter(researcher, type, code)]).toEqual([code, true])
  })
  test.for([
    ['Patient', ['_id', '_lastUpdated', 'gender', 'deceased', 'organization', 'general-practitioner']],
    ['Observation', ['subject', 'patient', 'code', 'date', 'category', 'status', 'performer', 'encounter']],
    ['Condition', ['subject', 'code', 'onset-date', 'clinical-status']],
  ] as const)('research can search %s by %s', ([type, codes]) => {
    for (const code of codes) expect([code, hidesParameter(researcher, type, code)]).toEqual([code, false])
  })
  test('a part hides the whole, and the whole its parts', () => {
    const part = hiddenElements({ role: 'practitioner', purpose: 'TREAT' }, [
      {
        id: 'x',
        code: 'MASK',
        elements: { Patient: ['name.given'], Observation: ['value[x]'], AuditEvent: ['agent'] },
      },
    ])
    expect(['name', 'given', 'family'].map((code) => hidesParameter(part, 'Patient', code))).toEqual([
      true,
      true,
      false,
    ])
    expect(hidesParameter(part, 'Observation', 'value-concept')).toBe(true)
    expect(hidesParameter(part, 'AuditEvent', 'address')).toBe(true)
    expect(hidesParameter(hiddenFor('patient', 'PATRQT'), 'AuditEvent', 'address')).toBe(true)
  })
  test('a reference is searched by where it points, not by what it says', () => {
    const hiding = (elements: Record<string, string[]>) =>
      hiddenElements({ role: 'nurse', purpose: 'TREAT' }, [{ id: 'x', code: 'MASK', elements }])
    expect(hidesParameter(hiding({ Observation: ['subject.display'] }), 'Observation', 'subject')).toBe(false)
    expect(hidesParameter(hiding({ Observation: ['subject.reference'] }), 'Observation', 'subject')).toBe(true)
    expect(hidesParameter(hiding({ Reference: ['reference'] }), 'Observation', 'patient')).toBe(true)
  })
  test('nothing hidden hides none; a name that nobody knows is hidden', () => {
    const none = hiddenFor('practitioner')
    for (const [type, { parameters }] of Object.entries(SEARCH))
      for (const code of Object.keys(parameters)) expect(hidesParameter(none, type, code)).toBe(false)
    expect(hidesParameter(none, 'Patient', 'constructor')).toBe(true)
    expect(hidesParameter(none, 'constructor', 'name')).toBe(true)
  })
  test('what a parameter says never hangs on a hidden value: no path of one that may be searched reaches any', () => {
    for (const hidden of [researcher, payer, hiddenFor('patient', 'PATRQT')])
      for (const [type, { parameters }] of Object.entries(SEARCH))
        for (const { code, paths } of Object.values(parameters)) {
          if (hidesParameter(hidden, type, code)) continue
          for (let round = 0; round < 3; round++) {
            const resource = plain(fullResource(type, round)) as Node
            for (const { path, type: of } of paths) {
              const read = of === 'Reference' ? [...path, 'reference'] : path
              expect(reached(makeMask(hidden)(resource), read)).toEqual(reached(resource, read))
            }
          }
        }
  })
})

/** Values at a path, without extensions, which search does not read. */
function reached(value: unknown, [name, ...rest]: readonly string[]): unknown[] {
  if (Array.isArray(value)) return value.flatMap((v) => reached(v, [name!, ...rest].filter(Boolean)))
  if (name !== undefined) return isObject(value) ? reached(value[name], rest) : []
  return value === undefined
    ? []
    : [JSON.stringify(value, (key, v) => (key === 'extension' || key.startsWith('_') ? undefined : v))]
}

describe('reasons', () => {
  const fields = (all: Hidden[]) => all.map(({ path, rule }) => `${path} ${rule}`)
  test('name the element, the rule and what would lift it', () => {
    const told = disclosures(researcher, [
      ['Patient', 'birthDate'],
      ['Patient', 'gender'],
      ['Patient', 'id'],
    ])
    expect(told).toEqual([
      { path: 'Patient.birthDate', code: 'masked', rule: 'role-matrix/researcher', lift: expect.stringMatching(/\.$/) },
    ])
  })
  test('are told of primitives by their siblings, of references by their datatype, of parts by all their steps', () => {
    expect(fields(disclosures(researcher, [['Patient', '_birthDate']]))).toEqual([
      'Patient.birthDate role-matrix/researcher',
    ])
    expect(fields(disclosures(researcher, [['ReferencePatient', 'display']]))).toEqual([
      'Reference.display role-matrix/researcher',
    ])
    const network = hiddenFor('patient', 'PATRQT')
    expect(disclosures(network, [['AuditEventAgent', 'network']])).toEqual([])
    expect(
      fields(
        disclosures(network, [
          ['AuditEventAgent', 'network'],
          ['AuditEvent', 'agent'],
        ]),
      ),
    ).toEqual(['AuditEvent.agent.network role-matrix/patient'])
  })
  test('also speak of the narrative around what is contained', () => {
    expect(
      fields(
        disclosures(payer, [
          ['Patient', 'text'],
          ['Group', 'text'],
        ]),
      ),
    ).toEqual(expect.arrayContaining(['Patient.text role-matrix/payer']))
    const photo = hiddenElements({ role: 'nurse', purpose: 'TREAT' }, [
      { id: 'x', code: 'MASK', elements: { Patient: ['photo'] } },
    ])
    expect(fields(disclosures(photo, [['Observation', 'text']]))).toEqual(['Observation.text contained-narrative'])
  })
  test('are silent where nothing is hidden', () => {
    expect(
      disclosures(hiddenFor('practitioner'), [
        ['Patient', 'text'],
        ['Patient', 'name'],
      ]),
    ).toEqual([])
  })
})
