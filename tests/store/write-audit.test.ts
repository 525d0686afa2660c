// What a write tells the log of whom it concerned: a delete and a move name the patient whose record it was.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Asker } from '../../src/kernel/asker.ts'
import { emptyLog, PATIENT } from '../audit/sample.ts'
import { type TestApp, testApp } from '../support/app.ts'

let server: TestApp
const patient = (id: string) => server.ask(`mutation { PatientUpdate(id: "${id}", res: { active: true }) { id } }`)
beforeAll(async () => {
  server = await testApp()
  for (const id of ['p1', 'p2', 'p9']) await patient(id)
})
afterAll(async () => {
  expect(server.faults).toEqual([])
  await server.close()
})
beforeEach(() => emptyLog(server.owner))

const put = (id: string, of: string) =>
  server.ask(`mutation ($res: ObservationInput!) { ObservationUpdate(id: "${id}", res: $res) { id } }`, {
    res: { status: 'final', code: { text: 'weight' }, subject: { reference: `Patient/${of}` } },
  })
const remove = (type: string, id: string) => server.ask(`mutation { ${type}Delete(id: "${id}") }`)
interface Found {
  action: string
  patient: string | null
  data: string
}
const events = () =>
  server.owner.query<Found>({
    sql: "select action, patient, (select e #>> '{what,reference}' from json_array_elements(content::json -> 'entity') as e where e #>> '{type,code}' = '2') as data from audit_event where action in ('C', 'U', 'D') order by date_low, patient",
    parameters: [],
  })
const self = (id: string): Asker => ({
  ...{ ...PATIENT, user: `Patient/${id}`, patient: id },
  scopes: [{ context: 'patient', type: '*', rights: ['r', 's'], filter: [] }],
})

test('a delete names the patient of what stood before, and the patient hears of it', async () => {
  await put('o1', 'p1')
  await emptyLog(server.owner)
  expect((await remove('Observation', 'o1')).data).toEqual({ ObservationDelete: true })
  expect(await events()).toEqual([{ action: 'D', patient: 'p1', data: 'Observation/o1/_history/2' }])
  const { data } = await server.ask('{ accessHistory(patient: "p1") { interaction types } }', {}, self('p1'))
  expect(data.accessHistory).toContainEqual({ interaction: 'delete', types: ['Observation'] })
})

test('a Patient that is deleted is named by itself', async () => {
  await remove('Patient', 'p9')
  expect(await events()).toEqual([{ action: 'D', patient: 'p9', data: 'Patient/p9/_history/2' }])
})

test('what moves to another patient is told to both', async () => {
  await put('o2', 'p1')
  await emptyLog(server.owner)
  await put('o2', 'p2')
  const told = (of: string) => ({ action: 'U', patient: of, data: 'Observation/o2/_history/2' })
  expect(await events()).toEqual(['p1', 'p2'].map(told))
})

test('what stays names its patient once, and what belongs to none names none', async () => {
  await put('o3', 'p1')
  await put('o3', 'p1')
  await server.ask('mutation { OrganizationUpdate(id: "h1", res: { name: "North" }) { id } }')
  await remove('Organization', 'h1')
  const told = (await events()).map(({ action, patient: of }) => `${action} ${of}`)
  expect(told).toEqual(['C p1', 'U p1', 'C null', 'D null'])
})
