// What an import stores that GraphQL would refuse, and what it never stores: told as problems, beside the rest.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { load } from '../../src/interactions/import/load.ts'
import { readSources } from '../../src/interactions/import/read.ts'
import { findSources } from '../../src/interactions/import/sources.ts'
import { operatorInteraction } from '../../src/server/operator.ts'
import { type TestApp, testApp } from '../support/app.ts'
import { folder } from './folder.ts'

let server: TestApp
beforeAll(async () => {
  server = await testApp()
})
afterAll(async () => {
  expect(server.faults).toEqual([])
  await server.close()
})

async function loaded(...resources: object[]) {
  const path = await folder({ 'all.ndjson': resources.map((resource) => JSON.stringify(resource)).join('\n') })
  const problems: string[] = []
  const onProblem = ({ line, message }: { line: number; message: string }) => problems.push(`${line}: ${message}`)
  const events = readSources(await findSources([path]), {})
  const tally = await load(await operatorInteraction(server.database, 'test'), events, { onProblem })
  return { ...tally, problems }
}

const isStored = async (type: string, id: string) =>
  (await server.ask(`{ ${type}List(_id: "${id}") { id } }`)).data[`${type}List`].length === 1

// R4's opt-out without a type at its root, signed by nobody.
const FOREIGN = {
  resourceType: 'Consent',
  id: 'foreign',
  status: 'active',
  scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
  category: [{ text: 'privacy' }],
  patient: { reference: 'Patient/p' },
  policyRule: { text: 'opt out' },
  provision: {
    actor: [{ role: { text: 'recipient' }, reference: { reference: 'https://elsewhere.example/Organization/1' } }],
  },
}

test('a Consent that others have signed goes in though GraphQL would refuse it', async () => {
  const { id, resourceType, ...res } = FOREIGN
  const create = 'mutation($res: ConsentInput!) { ConsentCreate(res: $res) { id } }'
  expect((await server.ask(create, { res })).errors?.[0]?.extensions.reason).toBe('unenforceable')
  const { created, problems } = await loaded({ resourceType: 'Patient', id: 'p' }, FOREIGN)
  expect([created, problems]).toEqual([2, []])
  expect(await isStored('Consent', 'foreign')).toBe(true)
})

test('a Consent that breaks R4 does not', async () => {
  const { scope: _, ...broken } = FOREIGN
  const { created, problems } = await loaded({ ...broken, id: 'broken' })
  expect(created).toBe(0)
  expect(problems).toHaveLength(1)
  expect(await isStored('Consent', 'broken')).toBe(false)
})

test('an AuditEvent does not go in: nobody writes the log of this server but the server; the rest does', async () => {
  const event = {
    resourceType: 'AuditEvent',
    id: 'forged',
    type: { system: 'http://terminology.hl7.org/CodeSystem/audit-event-type', code: 'rest' },
    recorded: '2020-01-01T00:00:00Z',
    agent: [{ requestor: true }],
    source: { observer: { display: 'elsewhere' } },
  }
  const { created, problems } = await loaded(event, { resourceType: 'Patient', id: 'beside' })
  expect([created, problems]).toEqual([1, [expect.stringMatching(/^1: audit events /)]])
  expect(await isStored('AuditEvent', 'forged')).toBe(false)
  expect(await isStored('Patient', 'beside')).toBe(true)
})
