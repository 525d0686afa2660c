// The names that the server answers to, and where it says that people sign in.
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bearerSignIn } from '../../src/server/bearer-sign-in.ts'
import { type TestApp, testApp } from '../support/app.ts'

const log = { info: () => {}, fault: () => {} }
const quiet = {
  query: async () => [],
  transaction: async () => Promise.reject(new Error('none')),
  close: async () => {},
}

let issuer: string
let isUp = true
const elsewhere = createServer((_, answer) => {
  if (!isUp) return void answer.writeHead(503).end()
  const more = { grant_types_supported: ['authorization_code'], scopes_supported: ['openid', 'launch/patient'] }
  const places = { authorization_endpoint: `${issuer}/auth`, token_endpoint: `${issuer}/token` }
  answer.end(JSON.stringify({ issuer, jwks_uri: `${issuer}/keys`, ...places, ...more }))
})

const servers = {} as Record<'here' | 'public', TestApp>
const start = (publicUrl?: string) => {
  const trustedIssuers = [{ issuer, jwksUri: `${issuer}/keys` }]
  const config = { trustedIssuers, ...(publicUrl && { publicUrl }) }
  return testApp({ development: false, signIn: bearerSignIn({ config, database: quiet, accounts: quiet, log }) })
}
beforeAll(async () => {
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
  issuer = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`
  servers.here = await start()
  servers.public = await start('https://FHIR.example.org:8443/ehr')
})
afterAll(async () => {
  await Promise.all([servers.here.close(), servers.public.close()])
  elsewhere.close()
})

function under(which: keyof typeof servers, host: string, path: string): Promise<{ status: number; body: string }> {
  const { port } = new URL(servers[which].app.url)
  return new Promise((resolve, reject) => {
    const asked = request({ port, host: '127.0.0.1', path, headers: { host } }, async (answer) => {
      let body = ''
      for await (const chunk of answer) body += chunk
      resolve({ status: answer.statusCode!, body })
    })
    asked.on('error', reject).end()
  })
}

const SMART = '/fhir/R4/.well-known/smart-configuration'

// biome-ignore format: a table
test.for([
  //  host                             path       here public
  ['localhost',                        SMART,      200, 200],
  ['LocalHost:4000',                   SMART,      200, 200],
  ['127.0.0.1:4000',                   SMART,      200, 200],
  ['[::1]:4000',                       SMART,      200, 200],
  ['fhir.example.org',                 SMART,      403, 200],
  ['FHIR.EXAMPLE.ORG:8443',            SMART,      403, 200],
  // A proxy may drop the port.
  ['fhir.example.org:443',             SMART,      403, 200],
  ['evil.example',                     SMART,      403, 403],
  ['evil.example:80',                  SMART,      403, 403],
  ['fhir.example.org.evil.example',    SMART,      403, 403],
  ['evil-fhir.example.org',            SMART,      403, 403],
  ['x.fhir.example.org',               SMART,      403, 403],
  ['fhirxexample.org',                 SMART,      403, 403],
  ['127.0.0.1.evil.example',           SMART,      403, 403],
  ['localhost@evil.example',           SMART,      403, 403],
  ['fhir.example.org, evil.example',   SMART,      403, 403],
  ['fhir.example.org:8443:80',         SMART,      403, 403],
  ['.',                                SMART,      403, 403],
  ['10.1.2.3:4000',                    SMART,      403, 403],
  ['10.1.2.3:4000',                    '/readyz',  200, 200],
  ['[fd00::7]:4000',                   '/healthz', 200, 200],
  ['evil.example',                     '/healthz', 403, 403],
  ['10.1.2.3.evil.example',            '/healthz', 403, 403],
] as const)('attack: rebinding: a request that calls us %j at %s is answered %i, with PUBLIC_URL %i', async ([host, path, here, open]) => {
  expect([(await under('here', host, path)).status, (await under('public', host, path)).status]).toEqual([here, open])
})

test('who is refused for the name reads what to do', async () => {
  const { body } = await under('public', 'evil.example', '/graphql')
  expect(JSON.parse(body).errors[0]).toMatchObject({
    message: expect.stringMatching(/PUBLIC_URL.*proxy/),
    extensions: { reason: 'foreign-host' },
  })
})

test('attack: who tries names out is counted, for the operator', async () => {
  const count = async () => {
    const text = await (await fetch(`${servers.here.app.url}/metrics`)).text()
    return Number(/^healthchain_requests_turned_away_total\{reason="foreign-host"\} (\d+)$/m.exec(text)?.[1] ?? 0)
  }
  const before = await count()
  for (let i = 0; i < 3; i++) await under('here', 'evil.example', '/graphql')
  expect(await count()).toBe(before + 3)
})

test('an app finds where to sign in at the issuer that is trusted, and what it may ask for here', async () => {
  const answer = await fetch(servers.here.app.url + SMART)
  expect(answer.headers.get('access-control-allow-origin')).toBe('*')
  expect(await answer.json()).toMatchObject({
    issuer,
    authorization_endpoint: `${issuer}/auth`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/keys`,
    code_challenge_methods_supported: ['S256'],
    grant_types_supported: ['authorization_code'],
    scopes_supported: ['openid', 'launch/patient', 'patient/*.cruds', 'user/*.cruds', 'system/*.cruds'],
    capabilities: expect.arrayContaining(['launch-standalone', 'permission-v2']),
  })
})

test('while that issuer is away, the server says so and goes on', async () => {
  isUp = false
  const other = await start()
  const answer = await fetch(other.app.url + SMART)
  expect([answer.status, (await answer.json()).errors[0].extensions.reason]).toEqual([503, 'issuer-unavailable'])
  expect((await fetch(`${other.app.url}/readyz`)).status).toBe(200)
  isUp = true
  await other.close()
})
