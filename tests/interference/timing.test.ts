// How long an answer takes does not tell what is forbidden from what is absent: asked in turn, neither takes longer. That
// the stopwatch would hear it is shown by a server that runs one statement more where something forbidden is asked for.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { commit } from '../../src/interactions/pipeline.ts'
import type { Asker } from '../../src/kernel/asker.ts'
import { type App, startApp } from '../../src/server/app.ts'
import { operatorInteraction } from '../../src/server/operator.ts'
import type { Database } from '../../src/store/database.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { differenceOf } from './stopwatch.ts'

const NURSE: Asker = {
  ...{ issuer: 'https://issuer.example', subject: 'nurse', client: 'app', user: 'Practitioner/nurse', role: 'nurse' },
  ...{ groups: [], purpose: 'TREAT' },
  scopes: [{ context: 'user', type: '*', rights: ['c', 'r', 'u', 'd', 's'], filter: [] }],
}
const ROUNDS = 60
const POLICIES = { implicit: { byDefault: 'all-normal', byCustodian: new Map() }, packs: [] } as const

type Resource = Record<string, unknown> & { resourceType: string; id: string }

const observation = (id: string, more: object): Resource => ({
  ...{ resourceType: 'Observation', id, status: 'final', code: { text: 'x' } },
  ...{ subject: { reference: 'Patient/p1' }, ...more },
})
const RESTRICTED = { system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }
const range = Array.from({ length: ROUNDS }, (_, n) => n)
const WORLD: readonly Resource[] = [
  { resourceType: 'Patient', id: 'p1' },
  ...range.map((n) => observation(`there-${n}`, { meta: { security: [RESTRICTED] } })),
  ...['there', 'absent'].flatMap((name) =>
    range.map((n) => observation(`to-${name}-${n}`, { hasMember: [{ reference: `Observation/${name}-${n}` }] })),
  ),
]

let db: TestDatabase
const apps: App[] = []
let open: string
let chatty: string

async function start(database: Database): Promise<string> {
  const app = await startApp({
    ...{ database, log: { info() {}, fault() {} }, host: '127.0.0.1', port: 0, development: true, policies: POLICIES },
    signIn: async (publicUrl) => ({ publicUrl, asker: async () => NURSE }),
  })
  apps.push(app)
  return app.url
}

/** One statement more wherever something is asked for that is there and forbidden. */
const chattering = (database: Database): Database => ({
  async query(statement) {
    const rows = await database.query(statement)
    // Arrays may come in their binary form.
    if (/\bthere-/.test(statement.parameters.map((value) => `"${String(value)}"`).join()))
      await database.query({ sql: 'select 1', parameters: [] })
    return rows
  },
  transaction: (work) => database.transaction(work),
  close: () => database.close(),
})

beforeAll(async () => {
  db = await testDatabase()
  const operator = await operatorInteraction(db.database, 'test')
  for (const resources of [WORLD.slice(0, 1), WORLD.slice(1)])
    await commit(
      resources.map((resource) => ({
        kind: 'update' as const,
        ...{ type: resource.resourceType, id: resource.id, resource },
      })),
      operator,
    )
  open = await start(db.database)
  chatty = await start(chattering(db.database))
})
afterAll(async () => {
  for (const app of apps) await app.close()
  await db.drop()
})

const INPUT = '{ status: "final", code: { text: "y" }, subject: { reference: "Patient/p1" } }'
const ASKING: Readonly<Record<string, string>> = {
  read: '($id: ID!) { Observation(id: $id) { id } }',
  vread: '($id: ID!) { Observation(id: $id, versionId: "1") { id } }',
  history: '($id: ID!) { ObservationHistory(id: $id) { versionId } }',
  list: '($id: SearchToken!) { ObservationList(_id: [$id]) { id } }',
  page: '($id: SearchToken!) { ObservationConnection(_id: [$id]) { count edges { resource { id } } } }',
  reference: '($id: ID!) { Observation(id: $id) { hasMember { resource(optional: true) { __typename } } } }',
  'reverse reference': `($id: SearchToken!) { PatientList(_id: ["p1"]) { ObservationList(_reference: "subject", _id: [$id]) { id } } }`,
  update: `($id: ID!) { ObservationUpdate(id: $id, res: ${INPUT}) { id } }`,
  delete: '($id: ID!) { ObservationDelete(id: $id) }',
}
const WRITES = ['update', 'delete']

async function ask(url: string, kind: string, name: string): Promise<string> {
  const id = kind === 'reference' ? `to-${name}` : name
  const query = `${WRITES.includes(kind) ? 'mutation' : 'query'} Q${ASKING[kind]}`
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { id } }),
  })
  return answer.text()
}

const heard = (url: string, kind: string, patient = false) =>
  differenceOf(
    (n) => ask(url, kind, `there-${n}`),
    (n) => ask(url, kind, `absent-${n}`),
    patient,
  )

test.for(Object.keys(ASKING))('%s takes as long for what is forbidden as for what is absent', async (kind) => {
  for (const n of [0, 1, 2]) expect(await ask(open, kind, `there-${n}`)).toBe(await ask(open, kind, `absent-${n}`))
  expect(await ask(open, kind, 'there-0')).not.toMatch(/VALIDATION|BAD_USER_INPUT|INTERNAL/)
  expect(await heard(open, kind)).toBeUndefined()
})

test.for(['list', 'reference'])('the stopwatch hears one statement more: %s', async (kind) => {
  for (const n of [0, 1, 2]) expect(await ask(chatty, kind, `there-${n}`)).toBe(await ask(open, kind, `there-${n}`))
  expect((await heard(chatty, kind, true))?.excess).toBeGreaterThan(0)
})
