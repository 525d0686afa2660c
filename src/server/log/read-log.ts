// Reads what a log serves under its prefix, from an address or from a folder of the same layout. Believes nothing of it.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { elapsed, until } from '../../kernel/clock.ts'
import { HealthChainError } from '../../kernel/errors.ts'
import type { Read } from '../../provenance/verifier/index.ts'
import { boundedBody } from './bounded-body.ts'

/** A bundle of 256 entries of the largest size. */
const FILE_MAX = 256 * (2 + 65_535)
const WAIT = 30_000

/** @throws HealthChainError incorrect, for an address that is neither http nor https */
export function logAt(place: string): Read {
  if (!place.includes('://')) return (path) => readFile(join(place, path))
  if (!URL.canParse(place) || !/^https?:\/\/[^?#]+$/.test(place))
    throw new HealthChainError('incorrect', 'bad-arguments', 'Name a log such as https://fhir.example.org/log.')
  const prefix = place.replace(/\/+$/, '')
  return (path) => fetched(`${prefix}/${path}`)
}

/** A server that has much to do says when to come again; it is not to make a verifier wait for ever. */
const [TRIES, PAUSE_MAX] = [10, 30]

async function fetched(address: string, tries = TRIES): Promise<Uint8Array> {
  const answer = await fetch(address, { redirect: 'error', signal: AbortSignal.timeout(WAIT) })
  if (answer.ok && answer.body) return boundedBody(answer, FILE_MAX)
  await answer.body?.cancel()
  const seconds = Number(answer.headers.get('retry-after') ?? Number.NaN)
  if (tries > 0 && (answer.status === 429 || answer.status === 503) && seconds >= 0) {
    await until(elapsed() + Math.min(seconds, PAUSE_MAX) * 1000)
    return fetched(address, tries - 1)
  }
  throw new HealthChainError('not-found', 'not-served', 'The log does not serve this.')
}
