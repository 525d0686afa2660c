// What an issuer elsewhere says of itself, and what is not believed. https://openid.net/specs/openid-connect-discovery-1_0.html
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { discovery } from '../../src/auth/discovery.ts'

type Document = Record<string, unknown>
const MINUTE = 60_000

let base: string
let documents: Record<string, Document | undefined>
let asked: string[]
const server = createServer(({ url = '' }, answer) => {
  asked.push(url)
  const found = documents[url]
  if (found) answer.end(JSON.stringify(found))
  else answer.writeHead(404).end()
})

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  asked = []
  documents = { '/.well-known/openid-configuration': good() }
})
afterEach(async () => {
  vi.useRealTimers()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const good = (more: Document = {}): Document => ({
  ...{
    issuer: base,
    authorization_endpoint: `${base}/auth`,
    token_endpoint: `${base}/token`,
    jwks_uri: `${base}/jwks`,
  },
  ...more,
})

test('what is said is told, and what is not said is as the standard has it', async () => {
  expect(await discovery(base)()).toEqual({
    ...{ issuer: base, authorizationEndpoint: `${base}/auth`, tokenEndpoint: `${base}/token`, jwksUri: `${base}/jwks` },
    ...{
      grants: ['authorization_code', 'implicit'],
      clientAuthentication: ['client_secret_basic'],
      scopes: ['openid'],
    },
  })
  const more = { grant_types_supported: ['client_credentials'], scopes_supported: ['launch/patient'] }
  documents['/.well-known/openid-configuration'] = good(more)
  expect(await discovery(base)()).toMatchObject({ grants: ['client_credentials'], scopes: ['launch/patient'] })
})

test.for([
  ['/realm', '/realm/.well-known/openid-configuration'],
  ['/realm', '/.well-known/oauth-authorization-server/realm'],
  ['/', '/.well-known/openid-configuration'],
  ['', '/.well-known/oauth-authorization-server'],
] as const)('the issuer at %j is found at %s', async ([path, place]) => {
  documents = { [place]: good({ issuer: base + path }) }
  expect(await discovery(base + path)()).toMatchObject({ issuer: base + path, tokenEndpoint: `${base}/token` })
})

const GONE = { category: 'busy', code: 'issuer-unavailable' }
test.for<[string, (here: string) => Document | undefined]>([
  ['nothing', () => undefined],
  ['another name', () => good({ issuer: 'https://evil.example' })],
  ['a name that is almost the same', (here) => good({ issuer: `${here}/` })],
  ['no token endpoint', () => good({ token_endpoint: undefined })],
  [
    'a sign-in page that anybody on the way could answer for',
    () => good({ authorization_endpoint: 'http://evil.example/auth' }),
  ],
  ['keys of no address', () => good({ jwks_uri: 7 })],
  ['a script', () => good({ authorization_endpoint: 'javascript:alert(1)' })],
])('attack: an issuer that says %s is not told of', async ([, make]) => {
  documents = { '/.well-known/openid-configuration': make(base) }
  const told = discovery(base)
  await expect(told()).rejects.toMatchObject(GONE)
  await expect(told()).rejects.toThrow(/TRUSTED_ISSUERS.*openid-configuration/)
})

test('it is asked once for all that wait, and again when ten minutes are over', async () => {
  const told = discovery(base)
  expect(asked).toEqual([])
  await Promise.all([told(), told(), told()])
  vi.advanceTimersByTime(9 * MINUTE)
  await told()
  expect(asked.length).toBe(1)
  vi.advanceTimersByTime(MINUTE)
  await told()
  expect(asked.length).toBe(2)
})

test('attack: hammering reaches an issuer that is away once in three seconds', async () => {
  documents = {}
  const told = discovery(base)
  for (let second = 0; second < 6; second++) {
    for (let i = 0; i < 20; i++) await expect(told()).rejects.toMatchObject(GONE)
    vi.advanceTimersByTime(1000)
  }
  // Each call tries both places.
  expect(asked.length).toBe(4)
})

test('one that goes away is told of for an hour, and no longer', async () => {
  const told = discovery(base)
  const known = await told()
  documents = {}
  vi.advanceTimersByTime(59 * MINUTE)
  expect(await told()).toEqual(known)
  vi.advanceTimersByTime(2 * MINUTE)
  await expect(told()).rejects.toMatchObject(GONE)
  documents = { '/.well-known/openid-configuration': good() }
  vi.advanceTimersByTime(3000)
  expect(await told()).toEqual(known)
})

test('an address that anybody on the way could answer for is not asked', async () => {
  await expect(discovery('http://issuer.example')()).rejects.toMatchObject(GONE)
})
