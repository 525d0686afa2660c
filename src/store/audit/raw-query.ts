// The raw request in an audit event: base64, exactly as it came, malicious or not. Pure.
import { hash } from 'node:crypto'

/** Of the request, before base64. What is longer keeps its beginning and the SHA-256 of the whole. */
export const QUERY_MAX = 16_384

export interface RawQuery {
  /** `,"query":"…"`, or nothing. */
  readonly query: string
  /** For the description: what was cut away. */
  readonly truncated?: string
}

export function rawQuery(text: string | undefined): RawQuery {
  if (!text) return { query: '' }
  const bytes = Buffer.from(text)
  if (bytes.length <= QUERY_MAX) return { query: `,"query":"${bytes.toString('base64')}"` }
  return {
    query: `,"query":"${bytes.toString('base64', 0, QUERY_MAX)}"`,
    truncated: `first ${QUERY_MAX} of ${bytes.length} bytes, SHA-256 of all ${hash('sha256', bytes, 'hex')}`,
  }
}
