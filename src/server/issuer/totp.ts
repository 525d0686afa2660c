// Time-based one-time passwords, https://www.rfc-editor.org/rfc/rfc6238: HMAC-SHA-1, 30 seconds, 6 digits, what
// authenticator apps speak. Pure but for new secrets.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { newSecret } from '../../kernel/random.ts'

const PERIOD = 30
/** Steps before and after now that are taken: clocks of telephones differ. */
const WINDOW = 1
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** RFC 4226, section 5.3. */
export function hotp(secret: Uint8Array, counter: number, digits = 6): string {
  const moving = Buffer.alloc(8)
  moving.writeBigUInt64BE(BigInt(counter))
  const hs = createHmac('sha1', secret).update(moving).digest()
  const offset = hs[hs.length - 1]! & 0xf
  const truncated = hs.readUInt32BE(offset) & 0x7fffffff
  return String(truncated % 10 ** digits).padStart(digits, '0')
}

/** `at` in milliseconds since the epoch. */
export const stepAt = (at: number): number => Math.floor(at / 1000 / PERIOD)

/** The time step whose code this is, within the window; undefined for a wrong code. Takes the same time for each. */
export function matchingStep(secret: Uint8Array, code: string, at: number): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined
  const now = stepAt(at)
  let found: number | undefined
  for (let step = Math.max(now - WINDOW, 0); step <= now + WINDOW; step++)
    if (timingSafeEqual(Buffer.from(hotp(secret, step)), Buffer.from(code))) found ??= step
  return found
}

/** A secret of its own for an account, in base32. */
export const newTotp = (): string => toBase32(newSecret(20))

/** For an authenticator app, https://github.com/google/google-authenticator/wiki/Key-Uri-Format */
export const totpUri = (username: string, secret: string): string =>
  `otpauth://totp/HealthChain:${encodeURIComponent(username)}?secret=${secret}&issuer=HealthChain`

/** RFC 4648, section 6, without padding. */
export function toBase32(bytes: Uint8Array): string {
  let bits = ''
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0')
  return (bits.match(/.{1,5}/g) ?? []).map((five) => ALPHABET[Number.parseInt(five.padEnd(5, '0'), 2)]).join('')
}

/** Empty for what is no base32. */
export function fromBase32(text: string): Buffer {
  const letters = text.replace(/[\s=]/g, '').toUpperCase()
  if (![...letters].every((letter) => ALPHABET.includes(letter))) return Buffer.alloc(0)
  const bits = [...letters].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((eight) => Number.parseInt(eight, 2)))
}
