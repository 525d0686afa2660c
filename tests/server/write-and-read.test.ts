// The main path: what goes in over GraphQL comes back over GraphQL.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestApp, testApp } from '../support/app.ts'

let server: TestApp
beforeAll(async () => {
  server = await testApp()
})
afterAll(() => server.close())

test('a created Patient is read, found, versioned and deleted', async () => {
  const created = await server.ask(
    'mutation($res: PatientInput!) { PatientCreate(res: $res) { id meta { versionId } } }',
    {
      res: { name: [{ family: 'Müller', given: ['Ana'] }], birthDate: '1980-02-03' },
    },
  )
  const { id, meta } = created.data.PatientCreate
  expect(meta.versionId).toBe('1')
  const found = await server.ask('{ PatientList(family: "mull") { id name { family } } }')
  expect(found.data.PatientList).toEqual([{ id, name: [{ family: 'Müller' }] }])
  const updated = await server.ask(
    'mutation($id: ID!, $res: PatientInput!) { PatientUpdate(id: $id, res: $res, ifMatch: "1") { meta { versionId } } }',
    { id, res: { name: [{ family: 'Miller' }] } },
  )
  expect(updated.data.PatientUpdate.meta.versionId).toBe('2')
  expect((await server.ask('{ PatientList(family: "mull") { id } }')).data.PatientList).toEqual([])
  expect((await server.ask('mutation($id: ID!) { PatientDelete(id: $id) }', { id })).data.PatientDelete).toBe(true)
  const gone = await server.ask('query($id: ID!) { Patient(id: $id) { id } }', { id })
  expect(gone.errors?.[0]?.extensions.code).toBe('NOT_FOUND')
  const past = await server.ask(
    'query($id: ID!) { PatientHistory(id: $id) { versionId operation resource { name { family } } } }',
    { id },
  )
  expect(past.data.PatientHistory).toEqual([
    { versionId: '3', operation: 'delete', resource: null },
    { versionId: '2', operation: 'update', resource: { name: [{ family: 'Miller' }] } },
    { versionId: '1', operation: 'create', resource: { name: [{ family: 'Müller' }] } },
  ])
})

test('decimals come back digit for digit', async () => {
  const res = (value: string) => `{"res":{"status":"final","code":{"text":"x"},"valueQuantity":{"value":${value}}}}`
  for (const value of ['1.10', '1.0e2', '12345678901234567890', '0.1', '-0.0', '1E-7']) {
    const answer = await server.ask(
      'mutation($res: ObservationInput!) { ObservationCreate(res: $res) { valueQuantity { value } } }',
      res(value),
    )
    expect(answer.text).toContain(`"value":${value}}`)
  }
})
