// The signature algorithms that tokens may use and the keys that fit them, RFC 7518 section 3 and RFC 8037. Pure.
// Asymmetric only: with HS* a public key would be a secret, and `none` is no signature.
import type { JWK } from 'jose'

const KEYS = {
  RS256: { kty: 'RSA' },
  RS384: { kty: 'RSA' },
  PS256: { kty: 'RSA' },
  PS384: { kty: 'RSA' },
  ES256: { kty: 'EC', crv: 'P-256' },
  ES384: { kty: 'EC', crv: 'P-384' },
  EdDSA: { kty: 'OKP', crv: 'Ed25519' },
} as const

export type Algorithm = keyof typeof KEYS
export const ALGORITHMS = Object.keys(KEYS) as Algorithm[]

export const isAlgorithm = (alg: unknown): alg is Algorithm => typeof alg === 'string' && Object.hasOwn(KEYS, alg)

/** Whether the key is of the algorithm's type and meant for verifying with it, RFC 7517 section 4. */
export function fits(jwk: JWK, alg: Algorithm): boolean {
  const { kty, ...rest } = KEYS[alg]
  if (jwk.kty !== kty || ('crv' in rest && jwk.crv !== rest.crv)) return false
  if (jwk.alg !== undefined && jwk.alg !== alg) return false
  if (jwk.use !== undefined && jwk.use !== 'sig') return false
  return jwk.key_ops === undefined || (Array.isArray(jwk.key_ops) && jwk.key_ops.includes('verify'))
}
