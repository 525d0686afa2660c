// An issuer that does not answer: whoever runs this server reads why, a little at a time and nothing that was sent.
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { discovery } from '../../src/auth/discovery.ts'
import { type Asked, causeOf, type IssuerFailed } from '../../src/auth/issuer-failure.ts'
import { makeVerifier } from '../../src/auth/verify.ts'
import { issuerFailures } from '../../src/server/issuer-failures.ts'
import { makeMetrics } from '../../src/server/metrics.ts'

const heard: [Asked, string][] = []
const failed: IssuerFailed = (_, asked, cause) => void heard.push([asked, cause])
let respond: RequestListener
let base: string
const server = createServer((req, res) => respond(req, res))

beforeEach(async () => {
  heard.length = 0
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(async () => {
  vi.useRealTimers()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const tokenOf = (issuer: string) =>
  [
    { alg: 'ES256', typ: 'at+jwt', kid: 'k' },
    { iss: issuer, aud: 'us', sub: 's', client_id: 'c', iat: 1, exp: 2, jti: 'j' },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .concat('c2ln')
    .join('.')

const SECRET = 'patient-4711'
test.for<[string, RequestListener, keys: string, document: string]>([
  ['answers 503', (_, res) => res.writeHead(503).end(SECRET), 'http-503', 'http-503'],
  ['answers a page', (_, res) => res.end(`<html>${SECRET}`), 'no-json', 'no-json'],
  ['answers a list', (_, res) => res.end(`["${SECRET}"]`), 'no-key-set', 'no-document'],
  ['is another', (_, res) => res.end(`{"issuer":"${SECRET}"}`), 'no-key-set', 'other-issuer'],
  ['answers without end', (_, res) => res.end(`"${SECRET.repeat(30_000)}"`), 'too-large', 'too-large'],
  ['sends elsewhere', (_, res) => res.writeHead(302, { location: `/${SECRET}` }).end(), 'no-answer', 'no-answer'],
  ['hangs up', (_, res) => res.destroy(), 'UND_ERR_SOCKET', 'UND_ERR_SOCKET'],
])('an issuer that %s is told of with its cause, and nothing that it said', async ([, listener, keys, document]) => {
  respond = listener
  const verifier = makeVerifier({ issuers: [{ issuer: base, jwksUri: `${base}/keys` }], audience: ['us'], failed })
  await expect(verifier.verify(tokenOf(base))).rejects.toMatchObject({ code: 'keys-unavailable' })
  await expect(discovery(base, failed)()).rejects.toMatchObject({ code: 'issuer-unavailable' })
  expect(heard).toEqual([
    ['keys', keys],
    ['discovery', document],
  ])
})

test('an issuer that nobody listens for is refused by the system', async () => {
  await expect(discovery('http://127.0.0.1:9', failed)()).rejects.toMatchObject({ code: 'issuer-unavailable' })
  expect(heard).toEqual([['discovery', 'no-answer']])
})

test('attack: codes that are no codes are not repeated', () => {
  const withCode = (code: unknown) => Object.assign(new TypeError('fetch failed'), { cause: { code } })
  expect([withCode('CERT_HAS_EXPIRED'), withCode(`x ${SECRET}`), withCode(7), SECRET, undefined].map(causeOf)).toEqual([
    ...['CERT_HAS_EXPIRED', 'no-answer', 'no-answer', 'unknown', 'unknown'],
  ])
  expect(causeOf(new DOMException('over', 'TimeoutError'))).toBe('timeout')
})

test('the log says it once a minute for each issuer, with how many there were; metrics count each', async () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] })
  const lines: string[] = []
  const metrics = makeMetrics()
  const tell = issuerFailures({ info: (line) => void lines.push(line) }, metrics)
  for (let second = 0; second < 120; second++) {
    tell('https://a.example', 'keys', 'timeout')
    if (second === 30) tell('https://b.example', 'discovery', 'http-503')
    vi.advanceTimersByTime(1000)
  }
  expect(lines).toEqual([
    'The issuer https://a.example does not answer when asked for its keys: timeout.',
    'The issuer https://b.example does not answer when asked for its configuration: http-503.',
    'The issuer https://a.example does not answer when asked for its keys: timeout, 59 more failures since the last line.',
  ])
  const { text } = await metrics.read()
  expect(text).toContain('healthchain_issuer_failures_total{asked="keys"} 120')
  expect(text).toContain('healthchain_issuer_failures_total{asked="discovery"} 1')
})
