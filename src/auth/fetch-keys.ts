// Loads an issuer's JWK Set from its configured address, and from there only: no redirects, bounded time and size.
import type { JSONWebKeySet } from 'jose'
import { HealthChainError } from '../kernel/errors.ts'

const TIMEOUT = 5_000
const BYTES_MAX = 256 * 1024

const failed = () => new HealthChainError('busy', 'keys-unavailable', 'The issuer did not answer with a JWK Set.')

/** @throws HealthChainError or what `fetch` throws */
export async function fetchKeys(uri: string): Promise<JSONWebKeySet> {
  const answer = await fetch(uri, {
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT),
    headers: { accept: 'application/jwk-set+json, application/json' },
  })
  if (!answer.ok || answer.body === null) throw failed()
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of answer.body) {
    bytes += chunk.length
    if (bytes > BYTES_MAX) throw failed()
    chunks.push(chunk)
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as JSONWebKeySet
}

/** An address that nobody on the way can answer for: https, or this machine. */
export function isSafeAddress(uri: string): boolean {
  if (!URL.canParse(uri)) return false
  const { protocol, hostname } = new URL(uri)
  return protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(hostname))
}
