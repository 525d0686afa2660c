// For each R4 invariant that the server enforces: resources that keep it, resources that break it, and where.
// https://hl7.org/fhir/R4/conformance-rules.html#constraints
import { numberFrom } from '../../src/kernel/json.ts'
import type { Node } from './r4.ts'

interface InvariantCase {
  key: string
  /** FHIRPath of the element on which a broken rule is reported. */
  at: string
  good: Node[]
  bad: Node[]
}

const V = 'http://terminology.hl7.org/CodeSystem'
const concept = (system: string, code: string) => ({ coding: [{ system: `${V}/${system}`, code }] })
const of = (resourceType: string, required: Node = {}) => {
  return (more: Node): Node => ({ resourceType, ...required, ...more })
}
const patient = of('Patient')
const observation = of('Observation', { status: 'final', code: { coding: [{ system: 'http://a', code: 'c' }] } })
const allergy = of('AllergyIntolerance', { patient: { reference: 'Patient/1' } })
const condition = of('Condition', { subject: { reference: 'Patient/1' } })
const consent = of('Consent', { status: 'active', category: [{ text: 'a' }], scope: { text: 'a' } })
const group = of('Group', { type: 'person' })
const order = of('MedicationRequest', {
  status: 'active',
  intent: 'order',
  subject: { reference: 'Patient/1' },
  medicationCodeableConcept: { text: 'a' },
})
const timing = (repeat: Node) => order({ dosageInstruction: [{ timing: { repeat } }] })
const REPEAT = 'MedicationRequest.dosageInstruction[0].timing.repeat'
const value = (type: string, given: unknown) => observation({ [`value${type}`]: given })
const contact = (given: Node) => patient({ contact: [given] })
const range = (given: Node) => observation({ referenceRange: [given] })
const period = (given: Node) => patient({ name: [{ family: 'a', period: given }] })
const member = [{ entity: { reference: 'Patient/1' } }]
const active = concept('allergyintolerance-clinical', 'active')
const confirmed = concept('allergyintolerance-verification', 'confirmed')
const mistaken = concept('allergyintolerance-verification', 'entered-in-error')
const wrong = concept('condition-ver-status', 'entered-in-error')
const resolved = concept('condition-clinical', 'resolved')
const component = (code: Node) => [{ code, valueString: 'a' }]
const one = { value: 1 }
const two = { value: 2 }

export const INVARIANT_CASES: InvariantCase[] = [
  {
    key: 'pat-1',
    at: 'Patient.contact[0]',
    good: [{ name: { text: 'a' } }, { telecom: [{ value: 'a', system: 'phone' }] }, { address: { text: 'a' } }].map(
      contact,
    ),
    bad: [contact({ gender: 'male' }), contact({ relationship: [{ text: 'a' }] })],
  },
  {
    key: 'obs-3',
    at: 'Observation.referenceRange[0]',
    good: [{ low: one }, { high: one }, { text: 'a' }].map(range),
    bad: [range({ age: { low: one } }), range({ type: { text: 'a' } })],
  },
  {
    key: 'obs-6',
    at: 'Observation',
    good: [observation({ dataAbsentReason: { text: 'a' } }), observation({ valueString: 'a' })],
    bad: [
      observation({ dataAbsentReason: { text: 'a' }, valueString: 'a' }),
      observation({ dataAbsentReason: { text: 'a' }, valueQuantity: one }),
      observation({
        dataAbsentReason: { text: 'a' },
        _valueString: { id: 'a', extension: [{ url: 'a', valueCode: 'b' }] },
      }),
    ],
  },
  {
    key: 'obs-7',
    at: 'Observation',
    good: [
      observation({ component: component({ coding: [{ system: 'http://a', code: 'c' }] }) }),
      observation({ valueString: 'a', component: component({ coding: [{ system: 'http://b', code: 'c' }] }) }),
      observation({ valueString: 'a', component: component({ coding: [{ system: 'http://a', code: 'd' }] }) }),
      // Two codings that say nothing but different words are not the same code.
      {
        ...observation({ valueString: 'a', component: component({ coding: [{ display: 'b' }] }) }),
        code: { coding: [{ display: 'a' }] },
      },
    ],
    bad: [
      observation({ valueString: 'a', component: component({ coding: [{ system: 'http://a', code: 'c' }] }) }),
      observation({
        valueBoolean: false,
        component: component({ coding: [{ code: 'x' }, { system: 'http://a', code: 'c' }] }),
      }),
    ],
  },
  {
    key: 'ait-1',
    at: 'AllergyIntolerance',
    good: [allergy({ clinicalStatus: active }), allergy({ verificationStatus: mistaken })],
    bad: [allergy({}), allergy({ verificationStatus: confirmed })],
  },
  {
    key: 'ait-2',
    at: 'AllergyIntolerance',
    good: [allergy({ clinicalStatus: active, verificationStatus: confirmed })],
    bad: [allergy({ clinicalStatus: active, verificationStatus: mistaken })],
  },
  {
    key: 'con-1',
    at: 'Condition.stage[0]',
    good: [
      condition({ stage: [{ summary: { text: 'a' } }] }),
      condition({ stage: [{ assessment: [{ display: 'a' }] }] }),
    ],
    bad: [condition({ stage: [{ type: { text: 'a' } }] })],
  },
  {
    key: 'con-2',
    at: 'Condition.evidence[0]',
    good: [
      condition({ evidence: [{ code: [{ text: 'a' }] }] }),
      condition({ evidence: [{ detail: [{ display: 'a' }] }] }),
    ],
    bad: [condition({ evidence: [{ id: 'a', extension: [{ url: 'a', valueCode: 'b' }] }] })],
  },
  {
    key: 'con-4',
    at: 'Condition',
    good: [condition({ abatementString: 'a', clinicalStatus: resolved }), condition({ clinicalStatus: resolved })],
    bad: [
      condition({ abatementString: 'a' }),
      condition({ abatementDateTime: '2020', clinicalStatus: concept('condition-clinical', 'active') }),
    ],
  },
  {
    key: 'con-5',
    at: 'Condition',
    good: [condition({ verificationStatus: wrong })],
    bad: [condition({ verificationStatus: wrong, clinicalStatus: resolved })],
  },
  {
    key: 'ppc-1',
    at: 'Consent',
    good: [consent({ policyRule: { text: 'a' } }), consent({ policy: [{ uri: 'http://a' }] })],
    bad: [consent({})],
  },
  {
    key: 'ppc-2..5',
    at: 'Consent',
    good: [
      consent({ policyRule: { text: 'a' } }),
      {
        ...consent({ policyRule: { text: 'a' }, patient: { display: 'a' } }),
        scope: concept('consentscope', 'research'),
      },
    ],
    bad: ['patient-privacy', 'research', 'adr', 'treatment'].map((scope) => ({
      ...consent({ policyRule: { text: 'a' } }),
      scope: concept('consentscope', scope),
    })),
  },
  {
    key: 'org-1',
    at: 'Organization',
    good: [of('Organization')({ name: 'a' }), of('Organization')({ identifier: [{ value: 'a' }] })],
    bad: [of('Organization')({ active: true })],
  },
  {
    key: 'grp-1',
    at: 'Group',
    good: [group({ actual: true, member }), group({ actual: false })],
    bad: [group({ actual: false, member })],
  },
  {
    key: 'per-1',
    at: 'Patient.name[0].period',
    good: [
      period({ start: '2020' }),
      period({ end: '2020' }),
      period({ start: '2020-05-01', end: '2020-05-01' }),
      period({ start: '2020-05-31', end: '2020-05' }),
      period({ start: '2020-05-01T10:00:00+02:00', end: '2020-05-01T09:00:00Z' }),
    ],
    bad: [
      period({ start: '2021', end: '2020' }),
      period({ start: '2020-05-02', end: '2020-05-01' }),
      period({ start: '2020-05-01T10:00:00Z', end: '2020-05-01T11:00:00+02:00' }),
    ],
  },
  {
    key: 'qty-3',
    at: 'Observation.value.ofType(Quantity)',
    good: [value('Quantity', { value: 1, system: 'http://a', code: 'b' }), value('Quantity', { value: 1, unit: 'b' })],
    bad: [value('Quantity', { value: 1, code: 'b' })],
  },
  {
    key: 'sqty-1',
    at: 'Observation.referenceRange[0].low',
    good: [range({ low: one })],
    bad: [range({ low: { value: 1, comparator: '<' } })],
  },
  {
    key: 'rng-2',
    at: 'Observation.value.ofType(Range)',
    good: [{ low: one, high: two }, { low: one, high: one }, { low: two }, { high: one }].map((r) => value('Range', r)),
    bad: [
      value('Range', { low: two, high: one }),
      value('Range', { low: { value: numberFrom('1.10') }, high: { value: numberFrom('1.09') } }),
    ],
  },
  {
    key: 'rat-1',
    at: 'Observation.value.ofType(Ratio)',
    good: [
      value('Ratio', { numerator: one, denominator: two }),
      value('Ratio', { extension: [{ url: 'a', valueCode: 'b' }] }),
    ],
    bad: [value('Ratio', { numerator: one }), value('Ratio', { denominator: one })],
  },
  {
    key: 'cpt-2',
    at: 'Patient.telecom[0]',
    good: [patient({ telecom: [{ system: 'phone', value: 'a' }] }), patient({ telecom: [{ system: 'phone' }] })],
    bad: [patient({ telecom: [{ value: 'a' }] })],
  },
  {
    key: 'att-1',
    at: 'Patient.photo[0]',
    good: [patient({ photo: [{ data: 'AAAA', contentType: 'image/png' }] }), patient({ photo: [{ url: 'http://a' }] })],
    bad: [patient({ photo: [{ data: 'AAAA' }] })],
  },
  {
    key: 'ele-1',
    at: 'Patient.name[0]',
    good: [patient({ name: [{ id: 'a', family: 'b' }] })],
    bad: [patient({ name: [{ id: 'a' }] })],
  },
  {
    key: 'ext-1',
    at: 'Patient.extension[0]',
    good: [
      patient({ extension: [{ url: 'http://a', valueBoolean: false }] }),
      patient({ extension: [{ url: 'http://a', extension: [{ url: 'b', valueString: 'c' }] }] }),
    ],
    bad: [
      patient({ extension: [{ url: 'http://a' }] }),
      patient({ extension: [{ url: 'http://a', valueString: 'a', extension: [{ url: 'b', valueString: 'c' }] }] }),
    ],
  },
  ...(
    [
      ['tim-1', [{ duration: 1, durationUnit: 'h' }, { durationUnit: 'h' }], [{ duration: 1 }]],
      ['tim-2', [{ period: 1, periodUnit: 'd' }], [{ period: 1 }]],
      ['tim-4', [{ duration: 0, durationUnit: 'h' }], [{ duration: -1, durationUnit: 'h' }]],
      ['tim-5', [{ period: numberFrom('0.10'), periodUnit: 'd' }], [{ period: numberFrom('-0.10'), periodUnit: 'd' }]],
      ['tim-6', [{ period: 1, periodMax: 2, periodUnit: 'd' }], [{ periodMax: 2 }]],
      ['tim-7', [{ duration: 1, durationMax: 2, durationUnit: 'h' }], [{ durationMax: 2 }]],
      ['tim-8', [{ count: 1, countMax: 2 }], [{ countMax: 2 }]],
      [
        'tim-9',
        [{ offset: 5, when: ['AC'] }, { when: ['C'] }],
        [{ offset: 5 }, { offset: 5, when: ['C'] }, { offset: 5, when: ['AC', 'CD'] }],
      ],
      ['tim-10', [{ timeOfDay: ['08:00:00'] }, { when: ['AC'] }], [{ timeOfDay: ['08:00:00'], when: ['AC'] }]],
    ] as [string, Node[], Node[]][]
  ).map(([key, good, bad]) => ({ key, at: REPEAT, good: good.map(timing), bad: bad.map(timing) })),
]
