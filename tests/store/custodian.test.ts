// Who holds a record: whom the resource names, else the organisation that wrote it, else the patient's own. By behaviour:
// one organisation's implicit policy opens what it holds, everybody else's is closed.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestApp, testApp } from '../support/app.ts'
import { person, put } from './people.ts'

const reader = person('Practitioner/reader', 'practitioner', 'TREAT')
const writer = person('Practitioner/writer', 'practitioner', 'TREAT', { organisation: 'mine' })

let server: TestApp
beforeAll(async () => {
  const byCustodian = new Map([['mine', 'basic-normal' as const]])
  server = await testApp({ policies: { implicit: { byDefault: 'deny', byCustodian }, packs: [] } })
  for (const id of ['mine', 'other']) await put(server, 'Organization', id, { name: id })
  await put(server, 'Patient', 'of-mine', { managingOrganization: { reference: 'Organization/mine' } })
  await put(server, 'Patient', 'of-other', { managingOrganization: { reference: 'Organization/other' } })
  await put(server, 'Patient', 'of-nobody', { active: true })
})
afterAll(async () => {
  expect(server.faults).toEqual([])
  await server.close()
})

const about = (patient: string) => ({
  status: 'final',
  code: { text: 'pulse' },
  subject: { reference: `Patient/${patient}` },
})

const isTold = async (type: string, id: string) =>
  (await server.ask(`{ ${type}List(_id: "${id}") { id } }`, {}, reader)).data[`${type}List`].length === 1

test.for([
  ['of-mine', true],
  ['of-other', false],
  ['of-nobody', false],
] as const)('what nobody holds is held by whoever holds its patient: %s', async ([patient, told]) => {
  await put(server, 'Observation', `by-operator-${patient}`, about(patient))
  expect(await isTold('Observation', `by-operator-${patient}`)).toBe(told)
})

test.for(['of-mine', 'of-other', 'of-nobody'])(
  'whose organisation writes holds it, whoever holds the patient: %s',
  async (patient) => {
    const create = 'mutation($res: ObservationInput!) { ObservationCreate(res: $res) { id } }'
    const { data, errors } = await server.ask(create, { res: about(patient) }, writer)
    expect(errors).toBeUndefined()
    expect(await isTold('Observation', data.ObservationCreate.id)).toBe(true)
  },
)

test('whom the resource names holds it before all others', async () => {
  const visit = (organisation: string, patient: string) => ({
    status: 'finished',
    class: { code: 'AMB' },
    subject: { reference: `Patient/${patient}` },
    serviceProvider: { reference: `Organization/${organisation}` },
  })
  await put(server, 'Encounter', 'at-other', visit('other', 'of-mine'))
  await put(server, 'Encounter', 'at-mine', visit('mine', 'of-other'))
  expect(await isTold('Encounter', 'at-other')).toBe(false)
  expect(await isTold('Encounter', 'at-mine')).toBe(true)
})

test('who held it from the start holds it still when another writes or the patient moves', async () => {
  await put(server, 'Patient', 'moves', { managingOrganization: { reference: 'Organization/mine' } })
  await put(server, 'Observation', 'stays', about('moves'))
  await put(server, 'Patient', 'moves', { managingOrganization: { reference: 'Organization/other' } })
  await put(server, 'Observation', 'stays', { ...about('moves'), code: { text: 'corrected' } })
  expect(await isTold('Observation', 'stays')).toBe(true)
  expect(await isTold('Patient', 'moves')).toBe(false)
})

test('a deleted record stays with its holder: the history is told as the record was', async () => {
  for (const [id, patient] of Object.entries({ 'gone-mine': 'of-mine', 'gone-other': 'of-other' })) {
    await put(server, 'Observation', id, about(patient))
    await server.ask(`mutation { ObservationDelete(id: "${id}") }`)
  }
  const history = (id: string) => server.ask(`{ ObservationHistory(id: "${id}") { operation } }`, {}, reader)
  expect((await history('gone-mine')).data.ObservationHistory).toEqual([
    { operation: 'delete' },
    { operation: 'create' },
  ])
  expect((await history('gone-other')).errors?.[0]?.extensions.code).toBe('NOT_FOUND')
})
