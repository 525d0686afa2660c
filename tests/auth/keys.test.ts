// The keys of an issuer: how often it is asked, and what happens when it does not answer.
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { JSONWebKeySet } from 'jose'
import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest'
import { fetchKeys, isSafeAddress } from '../../src/auth/fetch-json.ts'
import { keysOf } from '../../src/auth/keys.ts'
import { jwkOf, KEYS, outcome, PAIRS, thrown } from './tokens.ts'

const AWAY = 'unauthenticated/keys-unavailable'
const MINUTE = 60_000

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const loader = () => vi.fn(async () => KEYS)

describe('an issuer', () => {
  it('is asked when a key is needed, not before, and once for all that wait', async () => {
    const load = loader()
    const keys = keysOf(load)
    expect(load).not.toHaveBeenCalled()
    await Promise.all(['ES256', 'ES256', 'nobody', 'ES256'].map((kid) => keys.find(kid, 'ES256')))
    expect(load).toHaveBeenCalledTimes(1)
  })

  it('attack: hammering with unknown kids reaches it once in thirty seconds', async () => {
    const load = loader()
    const keys = keysOf(load)
    for (let second = 0; second < 60; second++) {
      await Promise.all(Array.from({ length: 20 }, (_, i) => keys.find(`kid-${second}-${i}`, 'ES256')))
      vi.advanceTimersByTime(1000)
    }
    expect(load).toHaveBeenCalledTimes(2)
  })

  it('attack: hammering with a known kid and a wrong algorithm does not reach it', async () => {
    const load = loader()
    const keys = keysOf(load)
    await keys.find('ES256', 'ES256')
    vi.advanceTimersByTime(MINUTE)
    for (let i = 0; i < 20; i++) expect(await keys.find('ES256', 'RS256')).toBeUndefined()
    expect(load).toHaveBeenCalledTimes(1)
  })

  it('attack: hammering while it is away reaches it once in three seconds', async () => {
    const load = vi.fn().mockRejectedValue(new Error('away'))
    const keys = keysOf(load)
    for (let second = 0; second < 9; second++) {
      expect(await outcome(keys.find('ES256', 'ES256'))).toBe(AWAY)
      expect(await outcome(keys.find('mine', 'ES256'))).toBe(AWAY)
      vi.advanceTimersByTime(1000)
    }
    expect(load).toHaveBeenCalledTimes(3)
  })

  it('may add a key, which is found after the pause', async () => {
    let set: JSONWebKeySet = { keys: [] }
    const keys = keysOf(async () => set)
    expect(await keys.find('ES256', 'ES256')).toBeUndefined()
    set = KEYS
    expect(await keys.find('ES256', 'ES256')).toBeUndefined()
    vi.advanceTimersByTime(30_000)
    expect(await keys.find('ES256', 'ES256')).toBeDefined()
  })

  it('may withdraw a key, which is gone after ten minutes', async () => {
    let set = KEYS
    const keys = keysOf(async () => set)
    expect(await keys.find('ES256', 'ES256')).toBeDefined()
    set = { keys: [] }
    vi.advanceTimersByTime(10 * MINUTE - 1)
    expect(await keys.find('ES256', 'ES256')).toBeDefined()
    vi.advanceTimersByTime(1)
    expect(await keys.find('ES256', 'ES256')).toBeUndefined()
  })

  it('may be away for an hour, not longer', async () => {
    const load = loader()
    const keys = keysOf(load)
    await keys.find('ES256', 'ES256')
    load.mockRejectedValue(new Error('away'))
    vi.advanceTimersByTime(60 * MINUTE - 1)
    expect(await keys.find('ES256', 'ES256')).toBeDefined()
    vi.advanceTimersByTime(3000)
    expect(await outcome(keys.find('ES256', 'ES256'))).toBe(AWAY)
  })

  it.for([
    ['nothing', undefined],
    ['an array', []],
    ['no keys', {}],
    ['keys that are no list', { keys: {} }],
    ['more keys than anyone has', { keys: Array.from({ length: 101 }, () => KEYS.keys[0]!) }],
  ] as const)('that answers %s counts as away', async ([, set]) => {
    expect(await outcome(keysOf(async () => set as unknown as JSONWebKeySet).find('ES256', 'ES256'))).toBe(AWAY)
  })
})

describe('a key', () => {
  it('is found beside entries that are none', async () => {
    const junk = [null, 1, { kty: 'EC' }, { kid: 7, kty: 'EC' }] as unknown as JSONWebKeySet['keys']
    expect(await keysOf(async () => ({ keys: [...junk, ...KEYS.keys] })).find('ES256', 'ES256')).toBeDefined()
  })

  it('shares its kid with one of another type at most, RFC 7517 section 4.5', async () => {
    const ec = jwkOf(PAIRS.ES256, { kid: 'k' })
    const rsa = jwkOf(PAIRS.RS256, { kid: 'k' })
    const find = (...keys: (typeof ec)[]) => keysOf(async () => ({ keys })).find('k', 'ES256')
    expect(await find(ec, rsa)).toBeDefined()
    expect(await find(ec, ec)).toBeUndefined()
  })

  it('that the issuer shows with its private part is used as a public one', async () => {
    const key = { ...PAIRS.ES256.privateKey.export({ format: 'jwk' }), kid: 'k' }
    const found = await keysOf(async () => ({ keys: [key] }) as JSONWebKeySet).find('k', 'ES256')
    expect(found?.type).toBe('public')
  })
})

describe('fetchKeys', () => {
  const answering = async (listener: RequestListener, check: (uri: string) => Promise<void>) => {
    const server = createServer(listener)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      await check(`http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`)
    } finally {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  }

  it('reads a JWK Set', async () => {
    await answering(
      (_, answer) => answer.end(JSON.stringify(KEYS)),
      async (uri) => expect(await fetchKeys(uri)).toEqual(KEYS),
    )
  })

  test.for<[string, RequestListener]>([
    ['an error', (_, answer) => answer.writeHead(500).end(JSON.stringify(KEYS))],
    ['no JSON', (_, answer) => answer.end('<html>')],
    [
      'a redirect',
      ({ url }, answer) =>
        url === '/jwks' ? answer.writeHead(302, { location: '/else' }).end() : answer.end(JSON.stringify(KEYS)),
    ],
    ['more than anyone needs', (_, answer) => answer.end(JSON.stringify({ keys: [], more: 'x'.repeat(300_000) }))],
  ])('refuses %s', async ([, listener]) => {
    await answering(listener, async (uri) => {
      await expect(fetchKeys(uri)).rejects.toThrow()
    })
  })

  test.for([
    ['https://issuer.example/jwks', true],
    ['http://127.0.0.1:4000/oidc/jwks', true],
    ['http://localhost/jwks', true],
    ['http://issuer.example/jwks', false],
    ['http://127.0.0.1.issuer.example/jwks', false],
    ['file:///etc/jwks', false],
    ['issuer', false],
  ] as const)('%s is safe: %s', ([uri, safe]) => {
    expect(isSafeAddress(uri)).toBe(safe)
  })
})

test('an issuer that is away does not throw by itself', () => {
  expect(thrown(() => keysOf(() => Promise.reject(new Error('away'))))).toBe('accepted')
})
