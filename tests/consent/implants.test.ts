// A device that is a patient's is part of their record; the others are a catalogue, open to all.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PACKS } from '../../src/consent/packs/index.ts'
import type { Asker } from '../../src/kernel/asker.ts'
import { STRICT } from '../support/app.ts'
import { consent, doctor, openWard, patient, purposes, reasons, stranger, type Ward } from './ward.ts'

let ward: Ward
beforeAll(async () => {
  ward = await openWard({ ...STRICT, packs: [PACKS.hipaa!] })
  await ward.put({ resourceType: 'Device', id: 'scanner', serialNumber: '1' })
  await ward.put({ resourceType: 'Device', id: 'pacemaker', serialNumber: '2', patient: { reference: 'Patient/p1' } })
})
afterAll(async () => {
  expect(ward.faults).toEqual([])
  await ward.close()
})

const devices = async (who: Parameters<Ward['ask']>[2]) => {
  const { data } = await ward.ask('{ DeviceList(_sort: "_id") { id } }', {}, who)
  return data.DeviceList.map(({ id }: { id: string }) => id)
}

test('the patient sees their own, and nobody where no consent says so', async () => {
  expect(await devices(patient('p1'))).toEqual(['pacemaker', 'scanner'])
  expect(await devices(patient('p2'))).toEqual(['scanner'])
  expect(await devices(stranger)).toEqual(['scanner'])
})

test('a consent opens it to whom it names, and closes it again', async () => {
  const gp = [{ role: { coding: [{ code: 'IRCP' }] }, reference: { reference: 'Practitioner/gp' } }]
  await ward.put(consent('treat', 'p1', { type: 'permit', actor: gp, purpose: purposes('TREAT') }))
  expect(await devices(doctor)).toEqual(['pacemaker', 'scanner'])
  expect(await devices(stranger)).toEqual(['scanner'])
  const but = [{ type: 'deny', class: [{ system: 'http://hl7.org/fhir/resource-types', code: 'Device' }] }]
  await ward.put(consent('treat', 'p1', { type: 'permit', actor: gp, purpose: purposes('TREAT'), provision: but }))
  expect(await devices(doctor)).toEqual(['scanner'])
})

describe('who writes', () => {
  const update = async (id: string, resource: object, who: Asker) => {
    const res = { resourceType: 'Device', id, ...resource }
    return reasons(
      await ward.ask(
        'mutation($id: ID!, $res: DeviceInput!) { DeviceUpdate(id: $id, res: $res) { id } }',
        { id, res },
        who,
      ),
    )
  }
  const mine = { patient: { reference: 'Patient/p1' } }
  beforeAll(() => ward.put(consent('treat', 'p1', { type: 'permit', purpose: purposes('TREAT') })))

  test("attack: the patient's name is left out, and everybody reads the rest", async () => {
    expect(await update('pacemaker', { serialNumber: '2' }, doctor)).toEqual(['no-patient'])
    expect(await devices(stranger)).toEqual(['pacemaker', 'scanner'])
  })

  test('attack: what nobody holds is taken from everybody', async () => {
    expect(await update('scanner', mine, doctor)).toEqual(['custodian'])
  })

  test('attack: a token for one patient writes beside their record', async () => {
    await ward.put({ resourceType: 'Device', id: 'pump', owner: { reference: 'Organization/h1' } })
    const scopes: Asker['scopes'] = [{ context: 'patient', type: '*', rights: ['c', 'r', 'u', 's'], filter: [] }]
    const app = { ...doctor, patient: 'p1', scopes }
    const owner = { owner: { reference: 'Organization/h1' } }
    expect(await update('pump', { ...owner, ...mine }, app)).toEqual(['compartment'])
    expect(await update('pump', owner, app)).toEqual(['compartment'])
    expect(await update('pump', { ...owner, ...mine }, doctor)).toBeUndefined()
    expect(await update('pump', { ...owner, ...mine, serialNumber: '3' }, app)).toBeUndefined()
  })
})
