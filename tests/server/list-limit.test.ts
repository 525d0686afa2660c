// A list is whole or an error: what is too long is never cut silently. https://hl7.org/fhir/R4/graphql.html#searching
import { afterAll, beforeAll, expect, test } from 'vitest'
import { write } from '../../src/store/writer.ts'
import { type TestApp, testApp } from '../support/app.ts'

const MOST = 1000

let server: TestApp
const observation = (i: number) => ({
  type: 'Observation',
  id: `o${i}`,
  resource: {
    resourceType: 'Observation',
    status: 'final',
    code: { text: 'pulse' },
    subject: { reference: 'Patient/p' },
  },
})
beforeAll(async () => {
  server = await testApp()
  const patient = { type: 'Patient', id: 'p', resource: { resourceType: 'Patient', active: true } }
  await write(server.database, [patient, ...Array.from({ length: MOST }, (_, i) => observation(i))])
  for (let version = 2; version <= MOST; version++) await write(server.database, [patient])
})
afterAll(async () => {
  expect(server.faults).toEqual([])
  await server.close()
})

const LISTS = {
  list: '{ ObservationList { id } }',
  reverse: '{ Patient(id: "p") { ObservationList(_reference: subject) { id } } }',
  history: '{ PatientHistory(id: "p") { versionId } }',
}

async function length(query: string): Promise<number | string> {
  const { data, errors } = await server.ask(query)
  if (errors) return `${errors[0]!.extensions.code} ${errors[0]!.extensions.reason}`
  return (data.ObservationList ?? data.PatientHistory ?? data.Patient.ObservationList).length
}

test('as many as a list may hold are told, one more is too costly, and _count still tells the first', async () => {
  for (const query of Object.values(LISTS)) expect(await length(query), query).toBe(MOST)
  await write(server.database, [observation(MOST)])
  await write(server.database, [{ type: 'Patient', id: 'p', resource: { resourceType: 'Patient', active: false } }])
  expect(await length(LISTS.list)).toBe('TOO_COSTLY too-many-rows')
  expect(await length(LISTS.reverse)).toBe('TOO_COSTLY too-many-rows')
  expect(await length(LISTS.history)).toBe('TOO_COSTLY too-many-versions')
  expect(await length('{ ObservationList(_count: 1000) { id } }')).toBe(MOST)
  expect(await length('{ ObservationList(_count: 7) { id } }')).toBe(7)
  expect(await length('{ ObservationList(_count: 0) { id } }')).toBe(0)
  expect(await length('{ Patient(id: "p") { ObservationList(_reference: subject, _count: 7) { id } } }')).toBe(7)
  expect(await length('{ PatientHistory(id: "p", _count: 7) { versionId } }')).toBe(7)
})

test('a page counts them all, though it holds few', async () => {
  const { data } = await server.ask('{ ObservationConnection(_count: 2) { count edges { cursor } } }')
  expect(data.ObservationConnection.count).toBe(MOST + 1)
  expect(data.ObservationConnection.edges).toHaveLength(2)
})
