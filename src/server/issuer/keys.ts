// The keys of tokens: ES256, kept in the database, the same for every process on it. The newest signs; one that was followed
// by another verifies until the last token that it signed is over.
import { createHash, createPrivateKey, generateKeyPair, type JsonWebKey, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { instant, now } from '../../kernel/clock.ts'
import type { Session } from '../../store/database.ts'
import { addText, removeTexts, sharedText, textsNamed } from '../../store/issuer/shared-text.ts'
import { LIFETIME } from './claims.ts'

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

function keyOf(text: string, alg: SigningKey['alg']): SigningKey {
  const jwk = JSON.parse(text) as JsonWebKey
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

/** The first key; later ones are named by this, a hyphen and the instant from which they sign. */
const NAME = 'issuer-key'
const ALG = 'ES256'
/** Milliseconds. Whoever has not looked for a new key yet may sign a little longer with the old one. */
const VERIFIES = (LIFETIME.user + 5 * 60) * 1000

/** Newest first. The first one signs, the others verify what they have signed. */
export async function signingKeys(session: Session): Promise<readonly [SigningKey, ...SigningKey[]]> {
  const known = await textsNamed(session, NAME)
  const first = async () => new Map([[NAME, await sharedText(session, NAME, () => newPrivateJwk(ALG))]])
  const texts = known.size > 0 ? known : await first()
  const names = [...texts.keys()].sort().reverse()
  const over = (follower: string) => Date.parse(follower.slice(NAME.length + 1)) + VERIFIES <= now()
  const [newest, ...former] = names.filter((_, i) => i === 0 || !over(names[i - 1]!))
  const read = (name: string) => keyOf(texts.get(name)!, ALG)
  return [read(newest!), ...former.map(read)]
}

/** The one that signs. */
export const signingKey = async (session: Session): Promise<SigningKey> => (await signingKeys(session))[0]

/** A new key signs from now on. */
export async function rotateKeys(session: Session): Promise<void> {
  await addText(session, `${NAME}-${instant()}`, await newPrivateJwk(ALG))
}

/** Takes all but the newest away, with every token that they signed. As the owner of the tables. */
export async function withdrawKeys(owner: Session): Promise<void> {
  const [, ...former] = [...(await textsNamed(owner, NAME)).keys()].sort().reverse()
  await removeTexts(owner, former)
}

/** The key of the demo backend client. Its private half is in this database and nowhere else. */
export async function demoBackendKey(session: Session): Promise<SigningKey> {
  return keyOf(await sharedText(session, 'demo-backend-key', () => newPrivateJwk('ES384')), 'ES384')
}
