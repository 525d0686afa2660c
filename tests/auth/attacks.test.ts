// Every forged, foreign and misused token, by the name of the attack. https://www.rfc-editor.org/rfc/rfc8725
import { createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest'
import type { HealthChainError } from '../../src/kernel/errors.ts'
import {
  claimsOf,
  encode,
  ISSUER,
  jwkOf,
  KEYS,
  outcome,
  PAIRS,
  SERVER,
  signature,
  tokenOf,
  verifierWith,
  type Wish,
} from './tokens.ts'

const INVALID = 'unauthenticated/invalid-token'
const AT = 1767323045 // 2026-01-02T03:04:05Z
const OTHER = 'https://other.example'
const mallory = generateKeyPairSync('ec', { namedCurve: 'P-256' })

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: AT * 1000 })
})
afterEach(() => {
  vi.useRealTimers()
})

const refusal = (token: string, options = {}) =>
  verifierWith(options)
    .verify(token)
    .then(
      () => undefined,
      (error: HealthChainError) => error,
    )

/** Part `i` of a good token replaced. */
const spliced = (i: number, change: (part: string) => string, wish: Wish = {}) =>
  tokenOf(wish)
    .split('.')
    .map((part, at) => (at === i ? change(part) : part))
    .join('.')

/** A token whose header and payload are these texts, rightly signed. */
function raw(header: string, claims: string): string {
  const input = `${encode(header)}.${encode(claims)}`
  return `${input}.${signature('ES256', input, PAIRS.ES256.privateKey).toString('base64url')}`
}
const HEADER = JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid: 'ES256' })

// The message names the rule, so that no attack is stopped by another rule than the one it is about.
const WISHES: readonly (readonly [attack: string, wish: Wish, message: RegExp])[] = [
  ['alg none', { header: { alg: 'none' } }, /alg must be one of/],
  ['alg None', { header: { alg: 'None' } }, /alg must be one of/],
  ['alg missing', { header: { alg: undefined } }, /alg must be one of/],
  ['alg as a list', { header: { alg: ['ES256'] } }, /alg must be one of/],
  ['alg from the prototype', { header: { alg: 'constructor' } }, /alg must be one of/],
  [
    'HS256 with the public key as the secret',
    { header: { alg: 'HS256', kid: 'RS256' }, key: hmacKey() },
    /alg must be/,
  ],
  ['alg of another key type (RS256 for an EC key)', { header: { alg: 'RS256', kid: 'ES256' } }, /fits its alg/],
  ['alg of another curve', { header: { alg: 'ES384', kid: 'ES256' } }, /fits its alg/],
  [
    'alg that the key is not for (PS256 with a key for RS256)',
    { header: { alg: 'PS256', kid: 'RS256' } },
    /fits its alg/,
  ],
  ['kid missing', { header: { kid: undefined } }, /by kid/],
  ['kid empty', { header: { kid: '' } }, /by kid/],
  ['kid no string', { header: { kid: 1 } }, /by kid/],
  ['kid unknown', { header: { kid: 'mine' } }, /names no key/],
  ['kid as a path', { header: { kid: '../../dev/null' } }, /names no key/],
  ['jku header', { header: { jku: 'https://mallory.example/jwks' }, key: mallory.privateKey }, /brings a key \(jku\)/],
  ['jwk header', { header: { jwk: jwkOf(mallory, {}) }, key: mallory.privateKey }, /brings a key \(jwk\)/],
  ['x5u header', { header: { x5u: 'https://mallory.example/x5c' } }, /brings a key \(x5u\)/],
  ['x5c header', { header: { x5c: ['MIIB'] } }, /brings a key \(x5c\)/],
  ['crit header', { header: { crit: ['exp'] } }, /has crit/],
  ['crit header, empty', { header: { crit: [] } }, /has crit/],
  ['b64 header', { header: { b64: false } }, /has b64/],
  ['zip header', { header: { zip: 'DEF' } }, /has zip/],
  ['typ JWT', { header: { typ: 'JWT' } }, /no access token/],
  ['typ missing', { header: { typ: undefined } }, /no access token/],
  ['typ of a logout token', { header: { typ: 'logout+jwt' } }, /no access token/],
  [
    'ID token used as an access token',
    { header: { typ: 'JWT' }, claims: { aud: 'portal', nonce: 'n' } },
    /no access token/,
  ],
  ["own key under the issuer's kid", { key: mallory.privateKey }, /signature does not hold/],
  ['iss of a stranger', { claims: { iss: 'https://mallory.example' } }, /issuer that this server does not trust/],
  ['iss as a list', { claims: { iss: [ISSUER] } }, /does not trust/],
  ['iss with a slash more', { claims: { iss: `${ISSUER}/` } }, /does not trust/],
  ['iss shortened', { claims: { iss: ISSUER.slice(0, -1) } }, /does not trust/],
  ['iss in capitals', { claims: { iss: ISSUER.toUpperCase() } }, /does not trust/],
  ['iss missing', { claims: { iss: undefined } }, /does not trust/],
  ['aud of another server', { claims: { aud: OTHER } }, /meant for another server/],
  ['aud list without this server', { claims: { aud: [OTHER, 'portal'] } }, /meant for another server/],
  ['aud that begins with this server', { claims: { aud: `${SERVER}.mallory.example` } }, /meant for another server/],
  ['aud that this server begins with', { claims: { aud: SERVER.slice(0, -3) } }, /meant for another server/],
  ['aud list in a list', { claims: { aud: [[SERVER]] } }, /meant for another server/],
  ['aud list with more than strings', { claims: { aud: [SERVER, 1] } }, /meant for another server/],
  ['aud missing', { claims: { aud: undefined } }, /meant for another server/],
  ['expired, at the border of the skew', { claims: { iat: AT - 900, exp: AT - 60 } }, /has expired/],
  ['exp missing', { claims: { exp: undefined } }, /must have exp/],
  ['exp as text', { claims: { exp: '9999999999' } }, /must have exp/],
  ['exp null', { claims: { exp: null } }, /must have exp/],
  ['nbf in the future', { claims: { nbf: AT + 61 } }, /not valid yet/],
  ['nbf as text', { claims: { nbf: '0' } }, /must have exp/],
  ['iat in the future', { claims: { iat: AT + 61 } }, /issued in the future/],
  ['iat in the far future', { claims: { iat: 9_999_999_998, exp: 9_999_999_999 } }, /issued in the future/],
  ['iat missing', { claims: { iat: undefined } }, /must have exp and iat/],
  ['exp before iat', { claims: { iat: AT, exp: AT - 30 } }, /expires before its issue/],
  ['sub missing', { claims: { sub: undefined } }, /must have sub/],
  ['sub with a line break', { claims: { sub: 'a\nb' } }, /must have sub/],
  ['client_id missing', { claims: { client_id: undefined } }, /must have client_id/],
  ['client_id no string', { claims: { client_id: { a: 1 } } }, /must have client_id/],
  ['jti missing', { claims: { jti: undefined } }, /must have jti/],
  ['jti empty', { claims: { jti: '' } }, /must have jti/],
  ['DPoP-bound token as a bearer token', { claims: { cnf: { jkt: 'abc' } } }, /bound to a key/],
  ['huge token', { claims: { padding: 'x'.repeat(6000) } }, /longer than/],
]

const [HEAD, BODY, SIGNATURE] = [0, 1, 2] as const
const TEXTS: readonly (readonly [attack: string, token: () => string, message: RegExp])[] = [
  [
    'alg none without a signature',
    () => `${spliced(HEAD, () => encode({ alg: 'none', typ: 'at+jwt' })).replace(/[^.]*$/, '')}`,
    /no well-formed/,
  ],
  ['payload swapped', () => spliced(BODY, () => encode(claimsOf({ role: 'admin' }))), /signature does not hold/],
  [
    'header swapped',
    () => spliced(HEAD, () => encode({ alg: 'ES256', typ: 'at+jwt', kid: 'ES256', a: 1 })),
    /signature/,
  ],
  ['signature of zeroes (CVE-2022-21449)', () => spliced(SIGNATURE, () => 'A'.repeat(86)), /signature does not hold/],
  ['signature in DER', () => spliced(SIGNATURE, () => encode('0'.repeat(71))), /signature does not hold/],
  ['signature cut off', () => spliced(SIGNATURE, (part) => part.slice(0, 40)), /signature does not hold/],
  ['truncated', () => tokenOf().slice(0, -1), /no well-formed/],
  ['two parts', () => tokenOf().replace(/\.[^.]*$/, ''), /no well-formed/],
  ['four parts', () => `${tokenOf()}.AAAA`, /no well-formed/],
  ['doubled dots', () => tokenOf().replace('.', '..'), /no well-formed/],
  ['five parts (JWE)', () => `${tokenOf()}.AAAA.AAAA`, /no well-formed/],
  ['empty', () => '', /no well-formed/],
  ['base64 padding', () => `${tokenOf()}==`, /no well-formed/],
  ['white space at the end', () => `${tokenOf()} `, /no well-formed/],
  ['base64 alphabet instead of base64url', () => spliced(HEAD, (part) => `${part}+/`), /no well-formed/],
  ['non-canonical base64url: unused bits set', () => spliced(SIGNATURE, (part) => unusedBits(part)), /no well-formed/],
  ['header no object', () => raw('[]', JSON.stringify(claimsOf())), /no well-formed/],
  ['payload no JSON', () => raw(HEADER, 'not json'), /no well-formed/],
  ['payload null', () => raw(HEADER, 'null'), /no well-formed/],
  [
    'header names alg twice',
    () => raw(HEADER.replace('{', '{"alg":"none",'), JSON.stringify(claimsOf())),
    /no well-formed/,
  ],
  [
    'payload names sub twice',
    () => raw(HEADER, JSON.stringify(claimsOf()).replace('{', '{"sub":"mallory",')),
    /no well-formed/,
  ],
  ['byte order mark before the payload', () => raw(HEADER, `\ufeff${JSON.stringify(claimsOf())}`), /no well-formed/],
]

/** The public key as an HMAC secret: what a library would use that lets the token choose the algorithm. */
function hmacKey(): KeyObject {
  return createSecretKey(Buffer.from(PAIRS.RS256.publicKey.export({ type: 'spki', format: 'pem' })))
}

/** The same bytes in another spelling: 64 bytes leave four bits of the last character unused. */
function unusedBits(part: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const last = alphabet[alphabet.indexOf(part.at(-1)!) + 1]!
  return part.slice(0, -1) + last
}

describe('attack', () => {
  it.for(WISHES)('%s', async ([, wish, message]) => {
    const error = await refusal(tokenOf(wish))
    expect(error).toMatchObject({ category: 'unauthenticated', code: 'invalid-token' })
    expect(error!.message).toMatch(message)
  })

  it.for(TEXTS)('%s', async ([, token, message]) => {
    const error = await refusal(token())
    expect(error).toMatchObject({ category: 'unauthenticated', code: 'invalid-token' })
    expect(error!.message).toMatch(message)
  })

  test('the token that all of these deviate from is accepted', async () => {
    expect(await outcome(verifierWith().verify(tokenOf()))).toBe('accepted')
    expect(await outcome(verifierWith().verify(raw(HEADER, JSON.stringify(claimsOf()))))).toBe('accepted')
  })

  test("another trusted issuer's key under this iss", async () => {
    const issuers = [
      { issuer: ISSUER, jwks: KEYS },
      { issuer: OTHER, jwks: { keys: [jwkOf(mallory, { kid: 'other' })] } },
    ]
    const wish = { header: { kid: 'other' }, key: mallory.privateKey }
    const verifier = verifierWith({ issuers })
    expect(await outcome(verifier.verify(tokenOf({ ...wish, claims: { iss: OTHER } })))).toBe('accepted')
    expect(await outcome(verifier.verify(tokenOf(wish)))).toBe(INVALID)
  })

  test.for([
    ['symmetric', { kty: 'oct', k: encode('secret') }],
    ['for encryption', jwkOf(PAIRS.ES256, { use: 'enc' })],
    ['for signing only', jwkOf(PAIRS.ES256, { key_ops: ['sign'] })],
    ['not on the curve', { ...jwkOf(PAIRS.ES256, {}), x: encode('x'.repeat(32)) }],
  ] as const)('a key of the issuer that is %s', async ([, jwk]) => {
    const issuers = [{ issuer: ISSUER, jwks: { keys: [{ ...jwk, kid: 'ES256' }] } }]
    expect(await outcome(verifierWith({ issuers }).verify(tokenOf()))).toBe(INVALID)
  })

  test('an RSA key of 1024 bits', async () => {
    const short = generateKeyPairSync('rsa', { modulusLength: 1024 })
    const issuers = [{ issuer: ISSUER, jwks: { keys: [jwkOf(short, { kid: 'short' })] } }]
    const token = tokenOf({ header: { alg: 'RS256', kid: 'short' }, key: short.privateKey })
    expect(await outcome(verifierWith({ issuers }).verify(token))).toBe(INVALID)
  })

  test.for([
    ['revoked', true],
    ['of which the register says nothing', undefined as unknown as boolean],
  ] as const)('a jti that is %s', async ([, revoked]) => {
    expect(await outcome(verifierWith({ isRevoked: async () => revoked }).verify(tokenOf()))).toBe(INVALID)
  })

  test('no refusal quotes the token, nor what stands in it', async () => {
    const secret = 'Muster-1970'
    const wishes: Wish[] = ['iss', 'aud', 'sub', 'fhirUser', 'patient', 'groups', 'scope', 'acr'].map((claim) => ({
      claims: { [claim]: [secret] },
    }))
    for (const wish of [
      ...wishes,
      { header: { kid: secret } },
      { header: { alg: secret } },
      { header: { typ: secret } },
    ]) {
      const token = tokenOf(wish)
      const error = await refusal(token)
      expect(error).toBeDefined()
      const shown = `${error!.message} ${JSON.stringify(error)}`
      expect([shown.includes(secret), ...token.split('.').map((part) => shown.includes(part))]).not.toContain(true)
    }
  })
})
