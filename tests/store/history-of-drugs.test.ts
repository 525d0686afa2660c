// Attack: the history of an order that once named a drug, after the drug has turned out to be another.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { consent, doctor, openWard, purposes, type Ward } from '../consent/ward.ts'

type Node = Record<string, unknown>
const ACT_CODE = 'http://terminology.hl7.org/CodeSystem/v3-ActCode'
const drug = (id: string, code: string): Node => ({
  resourceType: 'Medication',
  id,
  code: { coding: [{ system: 'http://www.nlm.nih.gov/research/umls/rxnorm', code }] },
})
const order = (names: string): Node => ({
  resourceType: 'MedicationRequest',
  id: 'o',
  status: 'active',
  intent: 'order',
  subject: { reference: 'Patient/p1' },
  medicationReference: { reference: `Medication/${names}` },
})

let ward: Ward
beforeAll(async () => {
  ward = await openWard()
  const deny = { type: 'deny', securityLabel: [{ system: ACT_CODE, code: 'HIV' }] }
  await ward.put(consent('c', 'p1', { type: 'permit', purpose: purposes('TREAT'), provision: [deny] }))
})
afterAll(async () => {
  expect(ward.faults).toEqual([])
  await ward.close()
})

const QUERY = `{
  MedicationRequest(id: "o") { medicationReference { reference } }
  MedicationRequestHistory(id: "o") { versionId resource { medicationReference { reference } } }
}`
const versionsTold = async () => {
  const { data } = await ward.ask(QUERY, {}, doctor)
  return data?.MedicationRequestHistory?.map(({ versionId }: { versionId: string }) => versionId)
}

test('what was told as a harmless drug is not told any more', async () => {
  await ward.put(drug('x', '1191'))
  await ward.put(drug('y', '1191'))
  await ward.put(order('x'))
  await ward.put(order('y'))
  expect(await versionsTold()).toEqual(['2', '1'])
  await ward.put(drug('x', '1999667'))
  expect(await versionsTold()).toEqual(['2'])
  const target = { reference: 'MedicationRequest/o/_history/1' }
  await ward.put({
    resourceType: 'Communication',
    id: 'm',
    status: 'completed',
    subject: { reference: 'Patient/p1' },
    basedOn: [target],
  })
  const { data } = await ward.ask(
    '{ Communication(id: "m") { basedOn { resource(optional: true) { __typename } } } }',
    {},
    doctor,
  )
  expect(data.Communication.basedOn).toEqual([{ resource: null }])
  // The audit log says whose record was labelled anew.
  await ward.put(order('y'))
  await ward.put(drug('y', '1999667'))
  expect(await versionsTold()).toBeUndefined()
  const event = "select patient from audit_event where content like '%MedicationRequest/o/_history/4%'"
  expect(await ward.sql(event)).toEqual([{ patient: 'p1' }])
})

const REQUEST = (id: string, names: string, more: Node = {}): Node => ({ ...order(names), id, ...more })
async function history(id: string, args = '') {
  const query = `{ MedicationRequestHistory(id: "${id}"${args}) { versionId operation resource { id } } }`
  const { data, errors } = await ward.ask(query, {}, doctor)
  return {
    told: data?.MedicationRequestHistory?.map(({ versionId }: { versionId: string }) => versionId),
    errors: errors?.map(({ message, extensions }) => ({ message, extensions })),
  }
}
const remove = async (id: string) => {
  const { errors } = await ward.ask(`mutation { MedicationRequestDelete(id: "${id}") }`)
  expect(errors).toBeUndefined()
}

test('attack: a page that ends at what is held back hides what is told behind it', async () => {
  await ward.put(drug('a', '1191'))
  await ward.put(drug('b', '1191'))
  await ward.put(REQUEST('paged', 'a'))
  await ward.put(REQUEST('paged', 'b'))
  for (let i = 0; i < 60; i++) await ward.put(REQUEST('paged', i % 2 === 0 ? 'b' : 'a', { note: [{ text: `${i}` }] }))
  await ward.put(REQUEST('paged', 'a'))
  await ward.put(drug('b', '1999667'))
  // Told: 63, 62, 60, … 4, 1.
  expect((await history('paged', ', _count: 1, _before: "62"')).told).toEqual(['60'])
  expect((await history('paged', ', _count: 1, _before: "4"')).told).toEqual(['1'])
  expect((await history('paged', ', _count: 40')).told).toHaveLength(32)
  expect((await history('paged', ', _count: 40')).told).toEqual((await history('paged')).told)
})

test('attack: a page behind a long stretch that is held back', async () => {
  await ward.put(drug('d', '1191'))
  await ward.put(drug('e', '1191'))
  await ward.put(REQUEST('long', 'd'))
  for (let i = 0; i < 110; i++) await ward.put(REQUEST('long', 'e', { note: [{ text: `${i}` }] }))
  await ward.put(REQUEST('long', 'd'))
  await ward.put(drug('e', '1999667'))
  expect((await history('long', ', _count: 1, _before: "112"')).told).toEqual(['1'])
  expect((await history('long', ', _count: 2')).told).toEqual(['112', '1'])
})

test('attack: the delete of what named a drug before the drug rose tells that it was there', async () => {
  await ward.put(drug('late', '1191'))
  await ward.put(drug('early', '1999667'))
  for (const [id, names] of [
    ['deleted-late', 'late'],
    ['deleted-early', 'early'],
  ] as const) {
    await ward.put(REQUEST(id, names))
    await remove(id)
  }
  expect((await history('deleted-late')).told).toEqual(['2', '1'])
  await ward.put(drug('late', '1999667'))
  const late = await history('deleted-late')
  expect(late.told).toBeUndefined()
  expect(late).toEqual(await history('deleted-early'))
  expect(late).toEqual(await history('never-was'))
  // Who may read it still sees the whole.
  const { data } = await ward.ask('{ MedicationRequestHistory(id: "deleted-late") { versionId resource { id } } }')
  expect(data.MedicationRequestHistory).toEqual([
    { versionId: '2', resource: null },
    { versionId: '1', resource: { id: 'deleted-late' } },
  ])
})
