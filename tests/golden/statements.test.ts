// How many statements a query costs: nesting adds one per type or question, never one per row. Each query is asked
// three times, since the first time it is interpreted and later it runs compiled. Every operation costs one statement
// more, whatever it tells and of whom: the insert of its audit events, before the answer leaves.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestApp, testApp } from '../support/app.ts'
import { isAudit, ofRequests } from '../support/statements.ts'

const PATIENTS = 50
const each = <T>(count: number, make: (i: number) => T) => Array.from({ length: count }, (_, i) => make(i))

let server: TestApp
beforeAll(async () => {
  server = await testApp()
  const put = async (type: string, id: string, res: object) => {
    const query = `mutation($id: ID!, $res: ${type}Input!) { ${type}Update(id: $id, res: $res) { id } }`
    expect((await server.ask(query, { id, res })).errors).toBeUndefined()
  }
  await put('Practitioner', 'doctor', { active: true })
  await put('Organization', 'lab', { name: 'Laboratory' })
  await Promise.all(each(PATIENTS, (i) => put('Patient', `p${i}`, { active: true })))
  await Promise.all(
    each(PATIENTS, (i) =>
      put('Encounter', `e${i}`, {
        status: 'finished',
        class: { code: 'AMB' },
        subject: { reference: `Patient/p${i}` },
      }),
    ),
  )
  await Promise.all(
    each(3 * PATIENTS, (i) =>
      put('Observation', `o${i}`, {
        status: 'final',
        code: { text: 'pulse' },
        subject: { reference: `Patient/p${i % PATIENTS}` },
        encounter: { reference: `Encounter/e${i % PATIENTS}` },
        performer: [{ reference: 'Practitioner/doctor' }, { reference: 'Organization/lab' }],
      }),
    ),
  )
})
afterAll(async () => {
  expect(server.faults).toEqual([])
  await server.close()
})

/** Asserts the count each time; the data of the last answer. */
async function costs(statements: number, query: string) {
  for (let time = 1; ; time++) {
    server.statements.length = 0
    const { data, errors } = await server.ask(query)
    expect(errors).toBeUndefined()
    const made = ofRequests(server.statements)
    const [audit, reading] = [made.filter(isAudit), made.filter((sql) => !isAudit(sql))]
    expect(reading, `time ${time}`).toHaveLength(statements)
    expect(audit).toHaveLength(1)
    if (time === 3) return data
  }
}

test('a Patient is one statement', async () => {
  expect((await costs(1, '{ Patient(id: "p7") { id active } }')).Patient).toEqual({ id: 'p7', active: true })
})

test('ten Patients by id are one statement', async () => {
  const roots = each(10, (i) => `p${i}: Patient(id: "p${i}") { id }`).join(' ')
  expect(Object.keys(await costs(1, `{ ${roots} }`))).toHaveLength(10)
})

test('a page of 50 patients with their observations is two statements', async () => {
  const { PatientList } = await costs(
    2,
    '{ PatientList(_count: 50) { id ObservationList(_reference: subject) { id status } } }',
  )
  expect(PatientList).toHaveLength(PATIENTS)
  for (const { ObservationList } of PatientList) expect(ObservationList).toHaveLength(3)
})

test('the same page as a connection is two statements, and its count a third', async () => {
  const edges = 'edges { cursor node { id ObservationList(_reference: patient) { id } } } pageInfo { hasNextPage }'
  expect((await costs(2, `{ PatientConnection(_count: 50) { ${edges} } }`)).PatientConnection.edges).toHaveLength(50)
  expect((await costs(3, `{ PatientConnection(_count: 50) { count ${edges} } }`)).PatientConnection.count).toBe(50)
})

test('observations with subject, encounter and performer are one statement and one per type', async () => {
  // Patient, Encounter, Practitioner, Organization.
  const { ObservationList } = await costs(
    1 + 4,
    `{ ObservationList {
      subject { resource { ... on Patient { id } } }
      encounter { resource { id } }
      performer { resource { ... on Practitioner { id } ... on Organization { id } } }
    } }`,
  )
  expect(ObservationList).toHaveLength(3 * PATIENTS)
  for (const { performer, encounter } of ObservationList) {
    expect(performer).toEqual([{ resource: { id: 'doctor' } }, { resource: { id: 'lab' } }])
    expect(encounter.resource.id).toMatch(/^e\d+$/)
  }
})

test('a reference back to what was read already is no statement more', async () => {
  await costs(
    3,
    `{ EncounterList { subject { resource { ... on Patient { id
      EncounterList(_reference: subject) { subject { resource { ... on Patient { id } } } } } } } } }`,
  )
})

test('two different questions about 50 patients are one statement each', async () => {
  await costs(
    3,
    `{ PatientList(_count: 50) {
      final: ObservationList(_reference: subject, status: final) { id }
      newest: ObservationList(_reference: subject, _sort: "-date", _count: 1) { id }
    } }`,
  )
})

test('a history is one statement', async () => {
  await costs(1, '{ PatientHistory(id: "p1") { versionId resource { id } } }')
})
