// Attack: what a patient denies travels inside what they do not. Asked as doctors ask, by every way that content leaves.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SEARCH } from '../../src/fhir/generated/search-parameters.ts'
import type { Asker } from '../../src/kernel/asker.ts'
import { ACT_CODE, consent, doctor, openWard, patient, purposes, stranger, type Ward } from './ward.ts'

type Node = Record<string, unknown>
const RESOURCE_TYPES = 'http://hl7.org/fhir/resource-types'
const classes = (...codes: string[]) => codes.map((code) => ({ system: RESOURCE_TYPES, code }))
const hiv = { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'B20' }] }
const cold = { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'J00' }] }
const permit = { type: 'permit', purpose: purposes('TREAT') }
const denying = (...rules: Node[]) => ({ ...permit, provision: rules.map((rule) => ({ type: 'deny', ...rule })) })

/** An order for `of` that carries all sorts of things. */
const order = (of: string, reason: Node = cold): Node => ({
  resourceType: 'MedicationRequest',
  id: `order-${of}`,
  text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">Told in words</div>' },
  contained: [
    { resourceType: 'Condition', id: 'c', subject: { reference: `Patient/${of}` }, code: reason },
    { resourceType: 'Medication', id: 'd', code: { text: 'A drug' } },
    { resourceType: 'Practitioner', id: 'w', gender: 'unknown' },
  ],
  status: 'active',
  intent: 'order',
  subject: { reference: `Patient/${of}` },
  medicationReference: { reference: '#d' },
  requester: { reference: '#w' },
  reasonReference: [{ reference: '#c' }],
})

let ward: Ward
beforeAll(async () => {
  ward = await openWard()
})
afterAll(async () => {
  expect(ward.faults).toEqual([])
  await ward.close()
})

const SHOWN =
  'text { div } contained { __typename } reasonReference { reference resource(optional: true) { __typename } }'
const QUERY = (id: string) => `{
  MedicationRequest(id: "${id}") { ${SHOWN} }
  MedicationRequestList(_id: "${id}") { ${SHOWN} }
  MedicationRequestHistory(id: "${id}", _count: 1) { resource { ${SHOWN} } }
}`

interface Told {
  readonly text: boolean
  readonly contained: string[]
  readonly reason: string | undefined
}

/** The same by every way. */
async function told(who: Asker, of: string): Promise<Told> {
  const { data, errors } = await ward.ask(QUERY(`order-${of}`), {}, who)
  expect(errors).toBeUndefined()
  const ways: Node[] = [
    data.MedicationRequest,
    ...data.MedicationRequestList,
    ...data.MedicationRequestHistory.map(({ resource }: { resource: Node }) => resource),
  ]
  const seen = ways.map((way): Told => {
    const { text, contained, reasonReference } = way as {
      text: unknown
      contained: { __typename: string }[] | null
      reasonReference: { reference: string; resource: { __typename: string } | null }[] | null
    }
    // A reference that leads nowhere would tell that something is hidden.
    const inner = (contained ?? []).map(({ __typename }) => __typename)
    expect((reasonReference ?? []).map(({ reference }) => reference)).toEqual(inner.includes('Condition') ? ['#c'] : [])
    return { text: text !== null, contained: inner, reason: reasonReference?.[0]?.resource?.__typename }
  })
  expect(seen).toHaveLength(3)
  for (const one of seen) expect(one).toEqual(seen[0])
  return seen[0]!
}

const ALL = ['Condition', 'Medication', 'Practitioner']

async function under(provision: Node, reason?: Node) {
  await ward.put(order('p1', reason))
  await ward.put(consent('c1', 'p1', provision))
}

describe('contained', () => {
  test('a permit without a class tells all of it', async () => {
    await under(permit)
    expect(await told(doctor, 'p1')).toEqual({ text: true, contained: ALL, reason: 'Condition' })
  })

  test('a deny of the class hides what it names, and the words that may repeat it', async () => {
    await under(denying({ class: classes('Condition') }))
    expect(await told(doctor, 'p1')).toEqual({
      text: false,
      contained: ['Medication', 'Practitioner'],
      reason: undefined,
    })
  })

  test('a deny of a class that is about nobody by itself', async () => {
    await under(denying({ class: classes('Medication') }))
    expect((await told(doctor, 'p1')).contained).toEqual(['Condition', 'Practitioner'])
  })

  test('a permit of the class of the container alone leaves what is about nobody', async () => {
    await under({ ...permit, class: classes('MedicationRequest') })
    expect((await told(doctor, 'p1')).contained).toEqual(['Medication', 'Practitioner'])
  })

  test('a deny of one person is heard by that person', async () => {
    const actor = [
      {
        role: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }] },
        reference: { reference: 'Practitioner/other' },
      },
    ]
    await under(denying({ class: classes('Condition'), actor }))
    expect((await told(doctor, 'p1')).contained).toEqual(ALL)
    expect((await told(stranger, 'p1')).contained).toEqual(['Medication', 'Practitioner'])
  })

  test('a deny of the class where it is sensitive: judged by what it says itself', async () => {
    const sensitive = denying({ class: classes('Condition'), securityLabel: [{ system: ACT_CODE, code: 'HIV' }] })
    await under(sensitive, cold)
    expect((await told(doctor, 'p1')).contained).toEqual(ALL)
    await under(sensitive, hiv)
    expect((await told(doctor, 'p1')).contained).toEqual(['Medication', 'Practitioner'])
  })

  test('a deny of a class with a code: of the codes inside', async () => {
    await under(denying({ class: classes('Condition'), code: [cold] }))
    expect((await told(doctor, 'p1')).contained).toEqual(['Medication', 'Practitioner'])
  })

  test('of somebody else than the container is about: nobody agreed to that', async () => {
    await ward.put(consent('c1', 'p1', permit))
    const { contained, ...rest } = order('p1') as { contained: Node[] }
    const other = contained.map((inner) =>
      inner.id === 'c' ? { ...inner, subject: { reference: 'Patient/p2' } } : inner,
    )
    await ward.sql('delete from patient_policy where patient = $1', ['p2'])
    await ward.put({ ...rest, contained: other, id: 'order-p1' })
    const { data } = await ward.ask('{ MedicationRequest(id: "order-p1") { contained { __typename } } }', {}, doctor)
    expect(data.MedicationRequest.contained.map(({ __typename }: { __typename: string }) => __typename)).toEqual([
      'Medication',
      'Practitioner',
    ])
  })

  test('the patient is told all of it', async () => {
    await under(denying({ class: classes('Condition') }))
    const { data } = await ward.ask(
      '{ MedicationRequest(id: "order-p1") { contained { __typename } } }',
      {},
      patient('p1'),
    )
    expect(data.MedicationRequest.contained).toHaveLength(3)
  })
})

test('no search parameter looks into contained resources', () => {
  const paths = Object.values(SEARCH).flatMap(({ parameters }) => Object.values(parameters).flatMap((p) => p.paths))
  expect(paths.length).toBeGreaterThan(300)
  expect(paths.filter(({ path }) => path.includes('contained'))).toEqual([])
})
