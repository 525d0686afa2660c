// HMAC, RFC 2104 (https://www.rfc-editor.org/rfc/rfc2104), on any synchronous SHA-256. Pure; runs in browsers. On two
// one-shot hashes it is several times as fast as the platform's own object for it.
import type { Hash, Sha256 } from './tree-hasher.ts'

/** B of the RFC. */
const BLOCK = 64

export type Hmac = (key: Uint8Array, text: Uint8Array) => Hash

export const hmacWith =
  (sha256: Sha256): Hmac =>
  (key, text) => {
    const K = key.length > BLOCK ? sha256(key) : key
    return sha256(behind(K, 0x5c, sha256(behind(K, 0x36, text))))
  }

/** K XOR a pad, and the text behind it. */
function behind(K: Uint8Array, pad: number, text: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(BLOCK + text.length).fill(pad, 0, BLOCK)
  for (let i = 0; i < K.length; i++) bytes[i]! ^= K[i]!
  bytes.set(text, BLOCK)
  return bytes
}
