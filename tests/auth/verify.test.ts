// Tokens that hold, and what memory of them may and may not save. https://www.rfc-editor.org/rfc/rfc9068
import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest'
import { recently } from '../../src/auth/recently.ts'
import { makeVerifier } from '../../src/auth/verify.ts'
import { type Alg, ISSUER, KEYS, outcome, PAIRS, SERVER, thrown, tokenOf, verifierWith } from './tokens.ts'

const INVALID = 'unauthenticated/invalid-token'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: new Date('2026-01-02T03:04:05Z') })
})
afterEach(() => {
  vi.useRealTimers()
})
const pass = (seconds: number) => vi.advanceTimersByTime(seconds * 1000)

describe('a token that holds', () => {
  it.for(Object.keys(PAIRS) as Alg[])('is signed with %s', async (alg) => {
    expect(await verifierWith().verify(tokenOf({ header: { alg, kid: alg } }))).toMatchObject({ client: 'portal' })
  })

  it('makes an Asker', async () => {
    expect(await verifierWith().verify(tokenOf({ claims: { acr: 'mfa', groups: ['Group/g1'] } }))).toEqual({
      issuer: ISSUER,
      subject: 'account-1',
      client: 'portal',
      user: 'Practitioner/p1',
      role: 'practitioner',
      organisation: 'o1',
      groups: ['Group/g1'],
      scopes: [{ context: 'user', type: '*', rights: ['r', 's'], filter: [] }],
      purpose: 'TREAT',
      acr: 'mfa',
      token: 'token-1',
    })
  })

  it.for([
    ['typ in full', { header: { typ: 'application/at+jwt' } }],
    ['typ in capitals, RFC 7515 section 4.1.9', { header: { typ: 'AT+JWT' } }],
    ['several audiences', { claims: { aud: ['https://else.example', SERVER] } }],
    ['an expiry that a slow clock still allows', { claims: { exp: 1767323045 - 59, iat: 1767322000 } }],
    ['a start that a fast clock already allows', { claims: { nbf: 1767323045 + 60 } }],
    ['an issue that a fast clock already allows', { claims: { iat: 1767323045 + 60 } }],
  ] as const)('may have %s', async ([, wish]) => {
    expect(await outcome(verifierWith().verify(tokenOf(wish)))).toBe('accepted')
  })
})

describe('a token that comes back', () => {
  it('is not verified again', async () => {
    const jwks = vi.fn(async () => KEYS)
    const verifier = verifierWith({ issuers: [{ issuer: ISSUER, jwks }] })
    const token = tokenOf()
    const first = await verifier.verify(token)
    expect(await verifier.verify(token)).toBe(first)
    expect(jwks).toHaveBeenCalledTimes(1)
  })

  it('attack: cached token after expiry', async () => {
    const verifier = verifierWith()
    const token = tokenOf({ claims: { exp: 1767323045 + 60 } })
    expect(await outcome(verifier.verify(token))).toBe('accepted')
    pass(119)
    expect(await outcome(verifier.verify(token))).toBe('accepted')
    pass(1)
    expect(await outcome(verifier.verify(token))).toBe(INVALID)
  })

  it('attack: cached token after revocation', async () => {
    const revoked = new Set<string>()
    const verifier = verifierWith({ isRevoked: (issuer, jti) => revoked.has(`${issuer} ${jti}`) })
    const token = tokenOf()
    expect(await outcome(verifier.verify(token))).toBe('accepted')
    revoked.add(`${ISSUER} token-1`)
    expect(await outcome(verifier.verify(token))).toBe(INVALID)
  })

  it('attack: cached token while revocations cannot be read', async () => {
    const isRevoked = vi.fn(async () => false)
    const verifier = verifierWith({ isRevoked })
    const token = tokenOf()
    expect(await outcome(verifier.verify(token))).toBe('accepted')
    isRevoked.mockRejectedValue(new Error('database away'))
    expect(await outcome(verifier.verify(token))).toBe('unauthenticated/revocation-unknown')
  })

  it('attack: cached token with another signature, or shortened', async () => {
    const verifier = verifierWith()
    const token = tokenOf()
    await verifier.verify(token)
    const [header, claims] = token.split('.')
    expect(await outcome(verifier.verify(`${header}.${claims}.${tokenOf().split('.')[2]}`))).toBe('accepted')
    expect(await outcome(verifier.verify(`${header}.${claims}.${'A'.repeat(86)}`))).toBe(INVALID)
    expect(await outcome(verifier.verify(token.slice(0, -1)))).toBe(INVALID)
  })

  it('attack: cached token under another purpose', async () => {
    const verifier = verifierWith()
    const token = tokenOf()
    expect(await verifier.verify(token, 'COC')).toMatchObject({ purpose: 'COC' })
    expect(await verifier.verify(token)).toMatchObject({ purpose: 'TREAT' })
    expect(await outcome(verifier.verify(token, 'HRESCH'))).toBe('forbidden/purpose-not-allowed')
  })

  it('attack: cached token of a key that was withdrawn is refused once memory and keys are old', async () => {
    let keys = KEYS
    const verifier = verifierWith({ issuers: [{ issuer: ISSUER, jwks: async () => keys }] })
    const token = tokenOf({ claims: { exp: 1767323045 + 86_400 } })
    expect(await outcome(verifier.verify(token))).toBe('accepted')
    keys = { keys: KEYS.keys.filter(({ kid }) => kid !== 'ES256') }
    pass(600)
    expect(await outcome(verifier.verify(token))).toBe(INVALID)
  })

  it('costs microseconds', async () => {
    vi.useRealTimers()
    const verifier = verifierWith()
    const token = tokenOf()
    for (let i = 0; i < 2000; i++) await verifier.verify(token)
    const start = performance.now()
    for (let i = 0; i < 5000; i++) await verifier.verify(token)
    // Measured: 2; all rules with a signature: 400.
    expect(((performance.now() - start) / 5000) * 1000).toBeLessThan(60)
  })
})

describe('memory', () => {
  it('forgets the least recently used first', () => {
    const memory = recently<number>(2)
    memory.keep('a', 1)
    memory.keep('b', 2)
    expect(memory.find('a')).toBe(1)
    memory.keep('c', 3)
    expect(['a', 'b', 'c'].map(memory.find)).toEqual([1, undefined, 3])
  })

  it('forgets after five minutes, however often it was asked', () => {
    const memory = recently<number>()
    memory.keep('a', 1)
    pass(200)
    expect(memory.find('a')).toBe(1)
    pass(100)
    expect(memory.find('a')).toBeUndefined()
  })
})

describe('a verifier is not made', () => {
  const trusted = { issuer: ISSUER, jwks: KEYS }
  test.for([
    ['without issuers', { issuers: [], audience: [SERVER] }],
    ['without audience', { issuers: [trusted], audience: [] }],
    ['with an empty audience', { issuers: [trusted], audience: [''] }],
    ['with one issuer twice', { issuers: [trusted, trusted], audience: [SERVER] }],
    ['with an issuer without keys', { issuers: [{ issuer: ISSUER }], audience: [SERVER] }],
    [
      'with keys over plain http',
      { issuers: [{ issuer: ISSUER, jwksUri: 'http://issuer.example/jwks' }], audience: [SERVER] },
    ],
  ] as const)('%s', ([, options]) => {
    expect(thrown(() => makeVerifier(options))).toBe('fault/misconfigured')
  })
})
