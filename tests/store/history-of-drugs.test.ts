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
