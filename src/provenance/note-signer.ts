// Signing notes and cosigning checkpoints with an Ed25519 key that this process holds. Pure. A signer is asynchronous, so
// that a key in a security module can take its place.
import { createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { HealthChainError } from '../kernel/errors.ts'
import { concat, hex, utf8 } from './bytes.ts'
import { COSIGNATURE, cosignedMessage, timestamped } from './cosignature.ts'
import { sha256 } from './native-hash.ts'
import { isKeyName, isNoteText, type NoteSignature } from './note.ts'
import { ED25519, formatVkey, keyIdInput } from './note-key.ts'

export interface NoteSigner {
  readonly name: string
  readonly keyId: string
  /** The verifier key, for those who are to believe this signer. */
  readonly vkey: string
  /** `text` ends in a newline. */
  sign(text: string): Promise<NoteSignature>
}

export interface Cosigner extends Omit<NoteSigner, 'sign'> {
  /** `text` is that of a checkpoint, `time` in seconds since the epoch. */
  cosign(text: string, time: number): Promise<NoteSignature>
}

export const SEED_SIZE = 32
/** PKCS #8 of an Ed25519 seed, RFC 8410 section 7. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex')

/** The key of a log. @throws HealthChainError fault */
export function noteSigner(name: string, seed: Uint8Array): NoteSigner {
  const { identity, bare } = held(name, ED25519, seed)
  return { ...identity, sign: async (text) => ({ name, keyId: identity.keyId, bytes: bare(utf8(checked(text))) }) }
}

/** The key of a witness; never give it the seed of a log. @throws HealthChainError fault */
export function cosigner(name: string, seed: Uint8Array): Cosigner {
  const { identity, bare } = held(name, COSIGNATURE, seed)
  return {
    ...identity,
    cosign: async (text, time) => {
      const signature = bare(cosignedMessage(checked(text), time))
      return { name, keyId: identity.keyId, bytes: timestamped(time, signature) }
    },
  }
}

const refuse = (what: string) => new HealthChainError('fault', 'cannot-sign', what)

function held(name: string, type: number, seed: Uint8Array) {
  if (!isKeyName(name)) throw refuse('Name the key without spaces and plus signs.')
  if (seed.length !== SEED_SIZE) throw refuse(`An Ed25519 seed has ${SEED_SIZE} bytes.`)
  const key = createPrivateKey({ key: Buffer.from(concat([PKCS8, seed])), format: 'der', type: 'pkcs8' })
  const { x } = createPublicKey(key).export({ format: 'jwk' })
  const publicKey = new Uint8Array(Buffer.from(x!, 'base64url'))
  const keyId = hex(sha256(keyIdInput(name, type, publicKey)).subarray(0, 4))
  const vkey = formatVkey({ name, keyId, type, publicKey })
  const bare = (message: Uint8Array) => new Uint8Array(sign(null, message, key))
  return { identity: { name, keyId, vkey }, bare }
}

function checked(text: string): string {
  if (text.endsWith('\n') && isNoteText(text)) return text
  throw refuse('Only text that ends in a newline and has no other control characters is signed.')
}
