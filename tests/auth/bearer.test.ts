// https://www.rfc-editor.org/rfc/rfc6750 and https://www.rfc-editor.org/rfc/rfc9470
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { bearerToken, challenge, challengeFor, stepUp } from '../../src/auth/bearer.ts'
import { forbidden, invalidToken, unauthenticated } from '../../src/auth/refusals.ts'
import { thrown } from './tokens.ts'

describe('Authorization', () => {
  it.for(['Bearer a.b-c_d~e+f/g==', 'bearer a.b-c_d~e+f/g==', 'BEARER   a.b-c_d~e+f/g=='])('%s', (header) => {
    expect(bearerToken(header)).toBe('a.b-c_d~e+f/g==')
    expect(bearerToken([header])).toBe('a.b-c_d~e+f/g==')
  })

  it.for([undefined, []])('%j is no token', (header) => {
    expect(thrown(() => bearerToken(header))).toBe('unauthenticated/no-token')
  })

  it.for([
    '',
    'Bearer',
    'Bearer ',
    'Bearer\ta',
    ' Bearer a',
    'Bearer a ',
    'Bearer a b',
    'Bearer a, Bearer b',
    'Bearer a,b',
    'Bearer =',
    'Bearer a=b',
    'Bearer "a"',
    'Bearer ä',
    'Bearer a\n',
    'Bearera',
    'Basic YTpi',
    'DPoP a',
    ['Bearer a', 'Bearer b'],
    ['Bearer a', 'Bearer a'],
  ])('%j is refused', (header) => {
    expect(thrown(() => bearerToken(header))).toBe('unauthenticated/invalid-request')
  })

  it('gives back any token of RFC 6750 section 2.1', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9\-._~+/]+=*$/), (token) => {
        expect(bearerToken(`Bearer ${token}`)).toBe(token)
      }),
    )
  })
})

describe('WWW-Authenticate', () => {
  test.for([
    ['no token', unauthenticated('no-token', 'm'), 'Bearer realm="HealthChain"'],
    ['a bad token', invalidToken('m'), 'Bearer realm="HealthChain", error="invalid_token", error_description="m"'],
    [
      'a bad request',
      unauthenticated('invalid-request', 'm'),
      'Bearer realm="HealthChain", error="invalid_request", error_description="m"',
    ],
    [
      'too little scope',
      forbidden('insufficient-scope', 'm'),
      'Bearer realm="HealthChain", error="insufficient_scope", error_description="m"',
    ],
    ['any other error', unauthenticated('constructor', 'm'), 'Bearer realm="HealthChain"'],
    [
      'a sign-in that was too weak',
      stepUp(),
      'Bearer realm="HealthChain", error="insufficient_user_authentication", error_description="Sign in again with a second factor, then repeat the request.", acr_values="mfa"',
    ],
  ] as const)('for %s', ([, error, expected]) => {
    expect(challengeFor(error)).toBe(expected)
  })

  it('says all that RFC 9470 section 3 has', () => {
    expect(
      challenge({ error: 'insufficient_user_authentication', scope: 'user/Consent.u', acrValues: 'mfa', maxAge: 300 }),
    ).toBe(
      'Bearer realm="HealthChain", error="insufficient_user_authentication", scope="user/Consent.u", acr_values="mfa", max_age=300',
    )
  })

  it('attack: nothing breaks out of its quotes or its line', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('"', '\\', '\r', '\n', '\0', 'a', ' ', '\u00e9', '\u{1f600}') }),
        (description) => {
          expect(challenge({ description })).toMatch(
            /^Bearer realm="HealthChain", error_description="[\x20\x21\x23-\x5b\x5d-\x7e]*"$/,
          )
        },
      ),
    )
  })
})
