// What somebody who has not signed in gets over HTTP: nothing, and how to sign in. https://www.rfc-editor.org/rfc/rfc6750#section-3
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Asker } from '../../src/kernel/asker.ts'
import { bearerSignIn } from '../../src/server/bearer-sign-in.ts'
import { type Answer, type TestApp, testApp } from '../support/app.ts'
import { storedRows } from './stored-rows.ts'

const NOBODYS_ISSUER = { issuer: 'https://issuer.example', jwksUri: 'http://127.0.0.1:9/keys' }
const log = { info: () => {}, fault: () => {} }

let server: TestApp
beforeAll(async () => {
  server = await testApp({
    development: false,
    signIn: async (url) => {
      const config = { trustedIssuers: [NOBODYS_ISSUER] }
      // No issuer of its own, so no table of accounts is asked.
      return bearerSignIn({ config, database: server?.database ?? quiet, accounts: quiet, log })(url)
    },
  })
})
afterAll(async () => {
  expect(server.faults).toEqual([])
  await server.close()
})

/** Where the address of the server is written while it starts. */
const quiet = {
  query: async () => [],
  transaction: async () => Promise.reject(new Error('none')),
  close: async () => {},
}

async function ask(
  query: string,
  headers: Record<string, string> = {},
): Promise<Answer & { challenge: string | null }> {
  const answer = await fetch(`${server.app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  })
  const text = await answer.text()
  return { status: answer.status, ...JSON.parse(text), text, challenge: answer.headers.get('www-authenticate') }
}

describe('without a token', () => {
  test.for([
    ['a read', '{ Patient(id: "p") { id } }'],
    ['a search', '{ PatientList { id } }'],
    ['a directory', '{ OrganizationList { id } }'],
    ['a count', '{ ObservationConnection { count } }'],
    ['a history', '{ PatientHistory(id: "p") { versionId } }'],
    ['a create', 'mutation { PatientCreate(res: { active: true }) { id } }'],
    ['a delete', 'mutation { PatientDelete(id: "p") }'],
    ['introspection', '{ __schema { queryType { name } } }'],
  ] as const)('%s is answered 401 and stores nothing', async ([, query]) => {
    const before = await storedRows(server)
    const { status, errors, data, challenge } = await ask(query)
    expect([status, errors?.map(({ extensions }) => extensions.code)]).toEqual([401, ['UNAUTHENTICATED']])
    expect(Object.values(data ?? {}).filter((value) => value !== null)).toEqual([])
    // Who sent no token is told no error.
    expect(challenge).toBe('Bearer realm="HealthChain"')
    expect(await storedRows(server)).toEqual(before)
  })

  test('the process and the database may be asked how they are, the schema for nothing', async () => {
    expect((await fetch(`${server.app.url}/healthz`)).status).toBe(200)
    expect((await fetch(`${server.app.url}/readyz`)).status).toBe(200)
    expect((await ask('{ __typename }')).status).toBe(200)
  })
})

test.for([
  ['no token', 'Bearer'],
  ['another scheme', 'Basic dXNlcjpwYXNz'],
  ['no JWT', 'Bearer abc'],
  ['an unsigned JWT', `Bearer ${btoa('{"alg":"none"}')}.${btoa('{"iss":"https://issuer.example"}')}.`],
] as const)('a header with %s is answered 401 before anything runs', async ([, authorization]) => {
  const { status, errors, data, challenge } = await ask('{ __typename }', { authorization })
  expect([status, errors?.[0]?.extensions.code, data]).toEqual([401, 'UNAUTHENTICATED', undefined])
  expect(challenge).toMatch(/^Bearer realm="HealthChain", error="invalid_(?:token|request)"/)
})

describe('who may not ask', () => {
  const auditor: Asker = {
    ...{ issuer: 'https://issuer.example', subject: 's', client: 'c', user: 'Practitioner/1', role: 'auditor' },
    ...{ groups: [], purpose: 'HOPERAT' },
    scopes: [{ context: 'user', type: '*', rights: ['c', 'r', 'u', 'd', 's'], filter: [] }],
  }
  let open: TestApp
  beforeAll(async () => {
    open = await testApp()
  })
  afterAll(() => open.close())

  test('is answered 403 if that is all there is to say, and 200 beside what is told', async () => {
    const alone = await open.ask('{ PatientList { id } a: Patient(id: "p") { id } }', {}, auditor)
    expect([alone.status, alone.errors?.map(({ extensions }) => extensions.code)]).toEqual([
      403,
      ['FORBIDDEN', 'FORBIDDEN'],
    ])
    const beside = await open.ask('{ PatientList { id } AuditEventList(_count: 0) { id } }', {}, auditor)
    expect([beside.status, beside.data]).toEqual([200, { PatientList: null, AuditEventList: [] }])
    expect(beside.errors?.map(({ path }) => path)).toEqual([['PatientList']])
  })
})
