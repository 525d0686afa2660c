// Loads what an issuer publishes from its configured address, and from there only: no redirects, bounded time and size.
import { failure } from './issuer-failure.ts'

const TIMEOUT = 5_000
const BYTES_MAX = 256 * 1024

/** @throws HealthChainError or what `fetch` and `JSON.parse` throw */
export async function fetchJson(uri: string, accept: string): Promise<unknown> {
  const answer = await fetch(uri, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT), headers: { accept } })
  if (!answer.ok || answer.body === null) throw failure(`http-${answer.status}`)
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of answer.body) {
    bytes += chunk.length
    if (bytes > BYTES_MAX) throw failure('too-large')
    chunks.push(chunk)
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'))
}

/** An issuer's JWK Set, RFC 7517. */
export const fetchKeys = (uri: string): Promise<unknown> => fetchJson(uri, 'application/jwk-set+json, application/json')

/** This machine's own names, as they stand in an address. */
export const LOOPBACK: readonly string[] = ['localhost', '127.0.0.1', '[::1]']

/** An address that nobody on the way can answer for: https, or this machine. */
export function isSafeAddress(uri: unknown): uri is string {
  if (typeof uri !== 'string' || !URL.canParse(uri)) return false
  const { protocol, hostname } = new URL(uri)
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.includes(hostname))
}
