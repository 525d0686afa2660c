// JWS compact serialisation, RFC 7515 section 7.1: three parts in canonical base64url, two of them JSON objects without
// repeated names (section 4). One token has one spelling, and one reading by everyone.
import { isObject, parseJson } from '../../kernel/json.ts'
import type { Presented } from '../presented.ts'
import { invalidToken } from '../refusals.ts'

const malformed = () => invalidToken('The token is no well-formed JWS in compact serialisation (RFC 7515).')
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export function readForm(token: Presented): void {
  const parts = token.text.split('.')
  if (parts.length !== 3) throw malformed()
  const [header, claims] = parts.map(bytesOf)
  token.header = objectOf(header!)
  token.claims = objectOf(claims!)
}

function bytesOf(part: string): Buffer {
  const bytes = Buffer.from(part, 'base64url')
  if (bytes.length === 0 || bytes.toString('base64url') !== part) throw malformed()
  return bytes
}

function objectOf(bytes: Buffer): Record<string, unknown> {
  try {
    const { value, duplicates } = parseJson(utf8.decode(bytes))
    if (isObject(value) && duplicates.length === 0) return value
  } catch {
    // Falls through to the same refusal.
  }
  throw malformed()
}
