// Dates at both ends of FHIR's years, in zones that carry them over: stored, found and compared as they are.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { timestamp } from '../../src/search/types/date.ts'
import { type TestApp, testApp } from '../support/app.ts'

let app: TestApp
beforeAll(async () => {
  app = await testApp()
})
afterAll(async () => {
  expect(app.faults).toEqual([])
  await app.close()
})

const EDGES = ['0001-01-01T00:00:00+14:00', '0001-01-01', '9999-12-31', '9999-12-31T23:59:59-12:00']

test.each(EDGES)('an Observation of %s', async (effectiveDateTime) => {
  const code = { coding: [{ system: 'http://loinc.org', code: `edge-${EDGES.indexOf(effectiveDateTime)}` }] }
  const created = await app.ask(
    'mutation($res: ObservationInput!) { ObservationCreate(res: $res) { id effectiveDateTime } }',
    { res: { status: 'final', code, effectiveDateTime } },
  )
  expect(created.errors).toBeUndefined()
  expect(created.data.ObservationCreate.effectiveDateTime).toBe(effectiveDateTime)
  const token = `http://loinc.org|${code.coding[0]!.code}`
  const found = await app.ask('query($code: [SearchToken!]) { ObservationList(code: $code, _sort: "-date") { id } }', {
    code: token,
  })
  expect(found.data.ObservationList).toEqual([{ id: created.data.ObservationCreate.id }])
})

test('an Encounter without an end, and one at the end of time', async () => {
  for (const period of [{ start: '2020' }, { end: '2020' }, { start: '9999-12-31T23:59:59-12:00' }]) {
    const res = { status: 'finished', class: { code: 'AMB' }, period }
    const { errors } = await app.ask('mutation($res: EncounterInput!) { EncounterCreate(res: $res) { id } }', { res })
    expect(errors).toBeUndefined()
  }
})

test('moments keep their order as PostgreSQL reads them', async () => {
  const ms = [-Infinity, ...EDGES.map((text) => Date.parse(text)), 0, Infinity].sort((a, b) => a - b)
  const rows = await app.database.query<{ n: number }>({
    sql: 'select n::int from unnest($1::timestamptz[]) with ordinality as t(at, n) order by at',
    parameters: [ms.map(timestamp)],
  })
  expect(rows.map(({ n }) => n)).toEqual(ms.map((_, i) => i + 1))
})
