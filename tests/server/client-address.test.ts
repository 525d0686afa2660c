// Behind proxies: whose address is written down and slowed down. What a caller sends of itself is believed nowhere.
import { request } from 'node:http'
import type { Socket } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bearerSignIn } from '../../src/server/bearer-sign-in.ts'
import { addressOf, networkOf } from '../../src/server/client-address.ts'
import { type TestApp, testApp } from '../support/app.ts'

type Headers = Record<string, string>
const PROXIES = ['10.0.0.0/8', 'fd00::/8', '192.0.2.7']
const seen = (peer: string | undefined, headers: Headers = {}, trusted: readonly string[] = PROXIES) =>
  addressOf(trusted)({ headers, socket: { remoteAddress: peer } as Socket })
const xff = (value: string): Headers => ({ 'x-forwarded-for': value })
const forwarded = (value: string): Headers => ({ forwarded: value })

test.for<[string, string, Headers, string[]?]>([
  ['no proxy is trusted', '198.51.100.1', xff('203.0.113.9'), []],
  ['no proxy is trusted, not even this machine', '127.0.0.1', xff('203.0.113.9'), []],
  ['the peer is not among them', '198.51.100.1', xff('203.0.113.9')],
  ['the peer is not among them, and names one', '198.51.100.1', xff('203.0.113.9, 10.0.0.1')],
  ['the peer is not among them, in the other header', '198.51.100.1', forwarded('for=203.0.113.9')],
  ['the peer is a neighbour of one', '192.0.2.8', xff('203.0.113.9')],
  ['the peer has IPv6', '2001:db8::1', xff('203.0.113.9')],
])('attack: a spoofed header where %s: the peer is written down', ([, peer, headers, trusted]) => {
  expect(seen(peer, headers, trusted)).toBe(peer)
})

// biome-ignore format: a table
test.for<[string, string, string]>([
  //  sent by the caller, with what the proxies added on the right              is from
  ['one address',              '203.0.113.9',                                   '203.0.113.9'],
  ['an invented one',          '1.1.1.1, 203.0.113.9',                          '203.0.113.9'],
  ['an invented proxy',        '1.1.1.1, 10.0.0.5, 203.0.113.9',                '203.0.113.9'],
  ['two proxies',              '1.1.1.1, 203.0.113.9, 10.0.0.5',                '203.0.113.9'],
  ['three proxies of two nets', '1.1.1.1, 203.0.113.9, fd00::5, 192.0.2.7',      '203.0.113.9'],
  ['proxies alone',            '10.0.0.5, 10.0.0.6',                            '10.0.0.5'],
  ['a port',                   '1.1.1.1, 203.0.113.9:51234',                    '203.0.113.9'],
  ['IPv6',                     '1.1.1.1, 2001:DB8:0:0::9',                      '2001:db8::9'],
  ['IPv6 with a port',         '[2001:db8::9]:443',                             '2001:db8::9'],
  ['IPv6 with a zone',         'fe80::9%eth0',                                  'fe80::9'],
  ['IPv4 as IPv6',             '::ffff:203.0.113.9',                            '203.0.113.9'],
  ['a proxy as IPv6',          '203.0.113.9, ::FFFF:10.0.0.5',                  '203.0.113.9'],
  ['a proxy in hexadecimal',   '203.0.113.9, 0:0:0:0:0:ffff:a00:5',             '203.0.113.9'],
  ['no blanks',                '1.1.1.1,203.0.113.9,10.0.0.5',                  '203.0.113.9'],
  ['junk on the left',         '"\'; drop table,,,%0d%0a, 203.0.113.9',           '203.0.113.9'],
  // The last that is known: who is behind it is not told.
  ['junk',                     'mallory',                                       '10.0.0.1'],
  ['junk behind a proxy',      '203.0.113.9, mallory, 10.0.0.5',                '10.0.0.5'],
  ['nothing',                  '',                                              '10.0.0.1'],
  ['an end without an address', '203.0.113.9, ',                                 '10.0.0.1'],
  ['a name',                   'localhost',                                     '10.0.0.1'],
  ['a network',                '203.0.113.9/32',                                '10.0.0.1'],
  ['zeros in front',           '203.0.113.09',                                  '10.0.0.1'],
  ['a number',                 '3405803785',                                    '10.0.0.1'],
])('attack: a trusted proxy passes on %s', ([, value, from]) => {
  expect(seen('10.0.0.1', xff(value))).toBe(from)
  expect(seen('::ffff:10.0.0.1', xff(value))).toBe(from)
})

// biome-ignore format: a table
test.for<[string, string, string]>([
  ['one element',              'for=203.0.113.9',                                        '203.0.113.9'],
  ['more than the address',    'for=203.0.113.9;proto=https;by=10.0.0.1;host="a.example"', '203.0.113.9'],
  ['another order and case',   'proto=https; FOR="203.0.113.9:80"',                      '203.0.113.9'],
  ['IPv6, RFC 7239 section 6', 'for="[2001:db8:cafe::17]:4711"',                         '2001:db8:cafe::17'],
  ['an invented one',          'for=1.1.1.1, for=203.0.113.9',                           '203.0.113.9'],
  ['an open quotation mark',   'for="1.1.1.1, for=203.0.113.9',                          '203.0.113.9'],
  ['one that closes later',    'for=1.1.1.1;host=", for="203.0.113.9"',                  '203.0.113.9'],
  ['an escape before the end', 'for="\\, for="[2001:db8::9]"',                            '2001:db8::9'],
  ['two proxies',              'for=1.1.1.1, for=203.0.113.9, for=10.0.0.5',             '203.0.113.9'],
  ['an unknown caller',        'for=203.0.113.9, for=unknown',                           '10.0.0.1'],
  ['a hidden caller',          'for=203.0.113.9, for=_hidden',                           '10.0.0.1'],
  ['an element without for',   'for=203.0.113.9, proto=https',                           '10.0.0.1'],
  ['two in one element',       'for=203.0.113.9;for=1.1.1.1',                            '10.0.0.1'],
  ['for in a name',            'xfor=203.0.113.9',                                       '10.0.0.1'],
  ['for in a value',           'host="for=203.0.113.9"',                                 '10.0.0.1'],
  ['no pair',                  '203.0.113.9',                                            '10.0.0.1'],
])('attack: a trusted proxy says in Forwarded: %s', ([, value, from]) => {
  expect(seen('10.0.0.1', forwarded(value))).toBe(from)
})

test('attack: the header that the proxy does not write is refused where it says something else', () => {
  const both = (first: string, second: string) => () => seen('10.0.0.1', { ...xff(first), ...forwarded(second) })
  expect(both('203.0.113.9', 'for=203.0.113.9')()).toBe('203.0.113.9')
  for (const [first, second] of [
    ['203.0.113.9', 'for=1.1.1.1'],
    ['1.1.1.1', 'for=203.0.113.9'],
    ['203.0.113.9', ''],
    ['1.1.1.1, 203.0.113.9', 'for=203.0.113.9'],
  ] as const)
    expect(both(first, second)).toThrow(expect.objectContaining({ code: 'forwarded-twice' }))
})

test('law: whatever a caller sends, what the first trusted proxy saw is what is told', () => {
  const sent = fc.oneof(fc.string(), fc.ipV4(), fc.ipV6(), fc.constantFrom('10.0.0.9', 'for="', '"', ','))
  const own = fc.ipV4().filter((address) => !address.startsWith('10.') && address !== '192.0.2.7')
  const proxies = fc.array(fc.constantFrom('10.0.0.2', 'fd00::2', '::ffff:10.7.7.7'), { maxLength: 3 })
  fc.assert(
    fc.property(fc.array(sent, { maxLength: 4 }), own, proxies, (left, client, right) => {
      expect(seen('10.0.0.1', xff([...left, client, ...right].join(', ')))).toBe(client)
      const elements = [...right.map((proxy) => (proxy.includes(':') ? `for="[${proxy}]"` : `for=${proxy}`))]
      expect(seen('10.0.0.1', forwarded([...left, `for=${client}`, ...elements].join(', ')))).toBe(client)
    }),
    { numRuns: 2000 },
  )
})

test('attack: a header as long as Node takes is read in no time', () => {
  const began = performance.now()
  for (const part of [',', 'for="', '"', '10.0.0.1,', '[', ':', 'for=1;', '%'])
    for (const headers of [xff(part.repeat(16_000)), forwarded(part.repeat(16_000))]) seen('10.0.0.1', headers)
  expect(performance.now() - began).toBeLessThan(2000)
})

test('one who has hung up has no address', () => {
  expect(seen(undefined, xff('203.0.113.9'))).toBeUndefined()
})

test.for([
  'localhost',
  '10.0.0.0/0',
  '0.0.0.0/1',
  '::/0',
  '::/8',
  '::ffff:0:0/96',
  '10.0.0.0/33',
  'fd00::/129',
  '10.0.0.0/',
  '10.0.0.0/8/8',
  '10.0.0.0/+8',
  'fe80::1%eth0',
  '*',
])('attack by a slip: %s is no proxy to trust', (text) => {
  expect(() => addressOf([text])).toThrow(/^TRUSTED_PROXIES lists/)
})

test('a network of IPv4 in the guise of IPv6 is that network', () => {
  expect(seen('10.1.2.3', xff('203.0.113.9'), ['::ffff:10.0.0.0/104'])).toBe('203.0.113.9')
})

test.for([
  ['::ffff:10.0.0.1', '::ffff:10.0.0.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::6', '2001:db8:1:2::/64'],
  ['2001:db8::6', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['10.0.0.1', '10.0.0.1'],
  ['', ''],
] as const)('%s counts as %s', ([address, network]) => {
  expect(networkOf(address)).toBe(network)
})

describe('over HTTP', () => {
  const trustedIssuers = [{ issuer: 'https://issuer.example', jwksUri: 'http://127.0.0.1:9/keys' }]
  const accounts = {
    query: async () => [],
    transaction: async () => Promise.reject(new Error('none')),
    close: async () => {},
  }
  const open = (trustedProxies?: readonly string[]) => {
    const config = { trustedIssuers, ...(trustedProxies && { trustedProxies }) }
    return testApp({
      signIn: bearerSignIn({ config, database: accounts, accounts, log: { info() {}, fault() {} } }),
    })
  }
  let behind: TestApp
  let direct: TestApp
  beforeAll(async () => {
    behind = await open(['127.0.0.1'])
    direct = await open()
  })
  afterAll(() => Promise.all([behind.close(), direct.close()]))

  const ask = (
    { app }: TestApp,
    headers: Record<string, string | string[]>,
  ): Promise<{ status: number; body: string }> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(app.url)
      const asked = request({ hostname, port, path: '/graphql', method: 'POST', headers }, async (answer) => {
        let body = ''
        for await (const chunk of answer) body += chunk
        resolve({ status: answer.statusCode!, body })
      })
      asked.on('error', reject).end('{"query":"{ PatientList { id } }"}')
    })
  const badToken = { 'content-type': 'application/json', authorization: 'Bearer abc' }
  const addresses = async ({ owner }: TestApp) => {
    const rows = await owner.query<{ address: string }>({
      sql: 'select address from audit_entry order by recorded, id',
      parameters: [],
    })
    return rows.map(({ address }) => address)
  }

  test('attack: a refusal is written down under the address that the trusted proxy saw, in however many headers', async () => {
    const headers = { ...badToken, 'x-forwarded-for': ['1.1.1.1', '203.0.113.9'] }
    expect((await ask(behind, headers)).status).toBe(401)
    expect((await ask(direct, headers)).status).toBe(401)
    expect(await addresses(behind)).toEqual(['203.0.113.9'])
    expect(await addresses(direct)).toEqual(['127.0.0.1'])
  })

  test('attack: contradicting headers are answered before anything is done, and counted', async () => {
    const headers = { ...badToken, 'x-forwarded-for': '203.0.113.9', forwarded: 'for=1.1.1.1' }
    const { status, body } = await ask(behind, headers)
    expect([status, JSON.parse(body).errors[0].extensions.reason]).toEqual([400, 'forwarded-twice'])
    expect(body).not.toContain('203.0.113.9')
    const metrics = await (await fetch(`${behind.app.url}/metrics`)).text()
    expect(metrics).toContain('healthchain_requests_turned_away_total{reason="forwarded-twice"} 1')
  })
})
