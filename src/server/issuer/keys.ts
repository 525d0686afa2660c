// The key that signs tokens: ES256, made once, kept in the database, the same for every process on it.
import { createHash, createPrivateKey, generateKeyPair, type JsonWebKey, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import type { Session } from '../../store/database.ts'
import { sharedText } from '../../store/issuer/shared-text.ts'

export interface SigningKey {
  readonly kid: string
  readonly alg: 'ES256' | 'ES384'
  readonly privateKey: KeyObject
  readonly privateJwk: JsonWebKey
  readonly publicJwk: JsonWebKey
}

const CURVES = { ES256: 'P-256', ES384: 'P-384' } as const

const generate = promisify(generateKeyPair)

async function newPrivateJwk(alg: SigningKey['alg']): Promise<string> {
  const { privateKey } = await generate('ec', { namedCurve: CURVES[alg] })
  return JSON.stringify(privateKey.export({ format: 'jwk' }))
}

/** https://www.rfc-editor.org/rfc/rfc7638 */
const thumbprint = ({ crv, kty, x, y }: JsonWebKey) =>
  createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url')

async function sharedKey(session: Session, name: string, alg: SigningKey['alg']): Promise<SigningKey> {
  const jwk = JSON.parse(await sharedText(session, name, () => newPrivateJwk(alg))) as JsonWebKey
  const { d, ...open } = jwk
  const kid = thumbprint(jwk)
  const more = { kid, alg, use: 'sig' }
  return {
    kid,
    alg,
    privateKey: createPrivateKey({ key: jwk, format: 'jwk' }),
    privateJwk: { ...jwk, ...more },
    publicJwk: { ...open, ...more },
  }
}

export const signingKey = (session: Session) => sharedKey(session, 'issuer-key', 'ES256')

/** The key of the demo backend client. Its private half is in this database and nowhere else. */
export const demoBackendKey = (session: Session) => sharedKey(session, 'demo-backend-key', 'ES384')
