// Attack: whoever rewrites a drug that all share raises the labels of everybody who takes it, and they never fall again.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { asker, openWard, reasons, type Ward } from '../consent/ward.ts'

const ATC = 'http://www.whocc.no/atc'
const [PLAIN, HIV] = ['N02BA01', 'J05AR03']
const pharmacist = (organisation?: string) =>
  asker('pharmacist', 'Practitioner/gp', 'TREAT', organisation === undefined ? {} : { organisation })
const drug = (id: string, code: string) => ({
  resourceType: 'Medication',
  id,
  code: { coding: [{ system: ATC, code }] },
})

let ward: Ward
beforeAll(async () => {
  ward = await openWard()
  await ward.put(drug('shared', PLAIN))
  await ward.put({
    ...{ resourceType: 'MedicationRequest', id: 'r', status: 'active', intent: 'order' },
    subject: { reference: 'Patient/p1' },
    medicationReference: { reference: 'Medication/shared' },
  })
})
afterAll(async () => {
  expect(ward.faults).toEqual([])
  await ward.close()
})

const UPDATE = 'mutation($id: ID!, $res: MedicationInput!) { MedicationUpdate(id: $id, res: $res) { id } }'
const update = async (id: string, code: string, organisation?: string) =>
  reasons(await ward.ask(UPDATE, { id, res: drug(id, code) }, pharmacist(organisation)))
const level = async () => (await ward.sql("select confidentiality from medication_request where id = 'r'"))[0]
const custodian = async (id: string) => (await ward.sql('select custodian from medication where id = $1', [id]))[0]

test.each([['h1'], ['h2'], [undefined]])('a pharmacist of %s rewrites a drug that nobody holds', async (of) => {
  expect(await update('shared', HIV, of)).toEqual(['custodian'])
  expect(await custodian('shared')).toEqual({ custodian: null })
  expect(await level()).toEqual({ confidentiality: 3 })
})

test('the drug of their own house they may rewrite, that of another not', async () => {
  const create = 'mutation($res: MedicationInput!) { MedicationCreate(res: $res) { id } }'
  const { id: _, ...resource } = drug('', PLAIN)
  const { data } = await ward.ask(create, { res: resource }, pharmacist('h1'))
  const { id } = data.MedicationCreate
  expect(await custodian(id)).toEqual({ custodian: 'h1' })
  expect(await update(id, HIV, 'h1')).toBeUndefined()
  expect(await update(id, PLAIN, 'h2')).toEqual(['custodian'])
})

test('who keeps the formulary may', async () => {
  await ward.put(drug('shared', HIV))
  expect(await level()).toEqual({ confidentiality: 4 })
})
