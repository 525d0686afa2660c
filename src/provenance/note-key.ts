// Keys of notes as text, `name+id+base64(type || public key)`, https://c2sp.org/signed-note#verifier-keys. Pure; runs in
// browsers. A new kind of signature is a line in TYPES.
import { HealthChainError } from '../kernel/errors.ts'
import { fromBase64, toBase64 } from './base64.ts'
import { concat, hex, utf8 } from './bytes.ts'
import { COSIGNATURE, checkCosignature } from './cosignature.ts'
import { type Check, ed25519 } from './ed25519.ts'
import { isKeyName, type NoteVerifier } from './note.ts'

export const ED25519 = 0x01

type Verify = NoteVerifier['verify']

const TYPES: Readonly<Record<number, (check: Check) => Verify>> = {
  [ED25519]: (check) => (text, signature) => check(utf8(text), signature),
  [COSIGNATURE]: (check) => (text, signature) => checkCosignature(check, text, signature),
}

const VKEY = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/

const refuse = (what: string) => new HealthChainError('incorrect', 'bad-key', `Correct the verifier key: ${what}.`)

/** The bytes that SHA-256 makes the key id of, its first four bytes. */
export const keyIdInput = (name: string, type: number, publicKey: Uint8Array): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(concat([utf8(`${name}\n`), new Uint8Array([type]), publicKey]))

export const formatVkey = ({ name, keyId, type, publicKey }: Omit<NoteVerifier, 'verify'>): string =>
  `${name}+${keyId}+${toBase64(concat([new Uint8Array([type]), publicKey]))}`

/** Reads a verifier key. @throws HealthChainError incorrect, saying what is wrong with it */
export async function noteVerifier(vkey: string): Promise<NoteVerifier> {
  const [, name, keyId, encoded] = VKEY.exec(vkey) ?? []
  if (!name || !keyId || !encoded || !isKeyName(name)) throw refuse('name+id+base64, the name without spaces')
  const bytes = fromBase64(encoded)
  const type = bytes?.[0]
  if (!bytes || type === undefined) throw refuse('the last part is no base64')
  const verifying = TYPES[type]
  if (!verifying) throw refuse('Ed25519 (type 1) and its cosignatures (type 4) are known')
  const publicKey = bytes.slice(1)
  const digest = await crypto.subtle.digest('SHA-256', keyIdInput(name, type, publicKey))
  if (hex(new Uint8Array(digest).subarray(0, 4)) !== keyId) throw refuse('the id is not that of the key')
  return { name, keyId, type, publicKey, verify: verifying(await ed25519(publicKey)) }
}
