// Checking Ed25519 signatures (RFC 8032) with Web Cryptography, which Node and browsers have alike. Pure.
import { HealthChainError } from '../kernel/errors.ts'

export const PUBLIC_KEY_SIZE = 32
export const SIGNATURE_SIZE = 64

export type Check = (message: Uint8Array, signature: Uint8Array) => Promise<boolean>

// A copy in memory of its own, which is what Web Cryptography takes.
const own = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => Uint8Array.from(bytes)

/** @throws HealthChainError incorrect, for bytes that are no public key */
export async function ed25519(publicKey: Uint8Array): Promise<Check> {
  if (publicKey.length !== PUBLIC_KEY_SIZE) throw noKey()
  const key = await crypto.subtle.importKey('raw', own(publicKey), 'Ed25519', false, ['verify']).catch(() => {
    throw noKey()
  })
  return async (message, signature) =>
    signature.length === SIGNATURE_SIZE && (await crypto.subtle.verify('Ed25519', key, own(signature), own(message)))
}

const noKey = () =>
  new HealthChainError('incorrect', 'bad-key', 'Give an Ed25519 public key, 32 bytes, where Ed25519 is known.')
