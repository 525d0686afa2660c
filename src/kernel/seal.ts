// Sealed text: unreadable and unchangeable for those who carry it (AES-256-GCM). For cursors, which hold search values.
import { createCipheriv, createDecipheriv } from 'node:crypto'
import { newSecret } from './random.ts'

const IV = 12
const TAG = 16

/** `context` must be the same when opening: it ties the text to a caller. */
export function seal(key: Buffer, text: string, context: string): string {
  const iv = newSecret(IV)
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(context))
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url')
}

/** Undefined for anything that `seal` did not make with this key and context. */
export function unseal(key: Buffer, sealed: string, context: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64url')
  if (bytes.length < IV + TAG || bytes.toString('base64url') !== sealed) return undefined
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV)).setAAD(Buffer.from(context))
  decipher.setAuthTag(bytes.subarray(IV, IV + TAG))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(IV + TAG)), decipher.final()]).toString('utf8')
  } catch {
    return undefined
  }
}
