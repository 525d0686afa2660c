// An issuer of test tokens, written on node:crypto alone: it shares no code with what it tests and signs any nonsense.
import { constants, createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import type { JSONWebKeySet, JWK } from 'jose'
import { ROLE_SYSTEM } from '../../src/auth/claims.ts'
import { makeVerifier, type VerifierOptions } from '../../src/auth/verify.ts'
import type { Role } from '../../src/kernel/asker.ts'
import { now } from '../../src/kernel/clock.ts'
import type { HealthChainError } from '../../src/kernel/errors.ts'
import { ACT_REASON } from '../../src/kernel/purpose.ts'

export const ISSUER = 'https://issuer.example/oidc'
export const SERVER = 'https://server.example/fhir/R4'

type Json = Record<string, unknown>
interface Pair {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
export const PAIRS = {
  RS256: rsa,
  RS384: rsa,
  PS256: rsa,
  PS384: rsa,
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ES384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  EdDSA: generateKeyPairSync('ed25519'),
} as const satisfies Record<string, Pair>
export type Alg = keyof typeof PAIRS

export const jwkOf = ({ publicKey }: Pair, rest: Json): JWK => ({ ...publicKey.export({ format: 'jwk' }), ...rest })

/** One key for each algorithm, `kid` = its name. */
export const KEYS: JSONWebKeySet = {
  keys: (Object.keys(PAIRS) as Alg[]).map((alg) => jwkOf(PAIRS[alg], { kid: alg, alg, use: 'sig' })),
}

export const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

/** By the name of the algorithm; for names that are none, as with ES256. */
export function signature(alg: string, input: string, key: KeyObject): Buffer {
  const data = Buffer.from(input)
  if (alg === 'EdDSA') return sign(null, data, key)
  const [, family, size = '256'] = /^(RS|PS|ES|HS)(\d{3})$/.exec(alg) ?? []
  const digest = `sha${size}`
  if (family === 'HS') return createHmac(digest, key).update(data).digest()
  if (family === 'RS') return sign(digest, data, key)
  const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_DIGEST: saltLength } = constants
  return sign(digest, data, family === 'PS' ? { key, padding, saltLength } : { key, dsaEncoding: 'ieee-p1363' })
}

export interface Wish {
  /** Changes to the header; undefined leaves a member out. */
  header?: Json
  claims?: Json
  role?: Role
  purposes?: readonly string[]
  key?: KeyObject
}

export function claimsOf({ claims = {}, role = 'practitioner', purposes = ['TREAT'] }: Wish = {}): Json {
  const at = Math.floor(now() / 1000)
  return {
    iss: ISSUER,
    sub: 'account-1',
    aud: SERVER,
    client_id: 'portal',
    jti: 'token-1',
    iat: at,
    exp: at + 300,
    scope: 'openid fhirUser user/*.rs',
    fhirUser: 'Practitioner/p1',
    extensions: {
      ihe_iua: {
        subject_role: [{ system: ROLE_SYSTEM, code: role }],
        subject_organization_id: 'Organization/o1',
        purpose_of_use: purposes.map((code) => ({ system: ACT_REASON, code })),
      },
    },
    ...claims,
  }
}

/** A token that is right in everything but what is wished for. */
export function tokenOf(wish: Wish = {}): string {
  const header: Json = { alg: 'ES256', typ: 'at+jwt', kid: 'ES256', ...wish.header }
  const alg = String(header.alg)
  const input = `${encode(header)}.${encode(claimsOf(wish))}`
  const key = wish.key ?? PAIRS[alg as Alg]?.privateKey ?? PAIRS.ES256.privateKey
  return `${input}.${signature(alg, input, key).toString('base64url')}`
}

export const verifierWith = (options: Partial<VerifierOptions> = {}) =>
  makeVerifier({ issuers: [{ issuer: ISSUER, jwks: KEYS }], audience: [SERVER], ...options })

/** `category/code` of the refusal, or `accepted`. */
export const outcome = (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => 'accepted',
    ({ category, code }: HealthChainError) => `${category}/${code}`,
  )

/** What a call throws, in the same form. */
export function thrown(call: () => unknown): string {
  try {
    call()
    return 'accepted'
  } catch (error) {
    const { category, code } = error as HealthChainError
    return `${category}/${code}`
  }
}
