// Reads what a log serves under its prefix, from an address or from a folder of the same layout. Believes nothing of it, and
// gives it neither memory nor time without end.
import { join } from 'node:path'
import { elapsed, until } from '../../kernel/clock.ts'
import { HealthChainError } from '../../kernel/errors.ts'
import type { Read } from '../../provenance/verifier/index.ts'
import { boundedBody } from './bounded-body.ts'
import { readRegular } from './regular-file.ts'

/** Bytes, the first that fits. */
const LARGEST: readonly (readonly [kind: string, bytes: number])[] = [
  // 256 entries of the largest size, each after its length.
  ['tile/entries/', 256 * (2 + 65_535)],
  ['tile/', 256 * 32],
  // More is no note.
  ['checkpoint', 512 * 1024],
  ['vkey', 4096],
]
const largest = (path: string): number => LARGEST.find(([kind]) => path.startsWith(kind))?.[1] ?? 0

/** Milliseconds. */
export interface Patience {
  /** For one answer. */
  readonly wait: number
  /** What any answer may take. */
  readonly brisk: number
  /** What all answers together may take beyond that; whoever has used it up is not asked again. */
  readonly all: number
}
const PATIENCE: Patience = { wait: 30_000, brisk: 5000, all: 600_000 }

/** @throws HealthChainError incorrect, for an address that is neither http nor https */
export function logAt(place: string, { wait, brisk, all }: Patience = PATIENCE): Read {
  if (!place.includes('://')) return (path) => readRegular(join(place, path), largest(path))
  if (!URL.canParse(place) || !/^https?:\/\/[^?#]+$/.test(place))
    throw new HealthChainError('incorrect', 'bad-arguments', 'Name a log such as https://fhir.example.org/log.')
  const prefix = place.replace(/\/+$/, '')
  let left = all
  return async (path) => {
    if (left <= 0) throw notServed()
    const began = elapsed()
    try {
      return await fetched(`${prefix}/${path}`, largest(path), wait)
    } finally {
      left -= Math.max(0, elapsed() - began - brisk)
    }
  }
}

/** A server that has much to do says when to come again; it is not to make a verifier wait for ever. */
const [TRIES, PAUSE_MAX] = [10, 30]

async function fetched(address: string, max: number, wait: number, tries = TRIES): Promise<Uint8Array> {
  const answer = await fetch(address, { redirect: 'error', signal: AbortSignal.timeout(wait) })
  if (answer.status === 200 && answer.body) return boundedBody(answer, max)
  await answer.body?.cancel()
  const seconds = Number(answer.headers.get('retry-after') ?? Number.NaN)
  if (tries > 0 && (answer.status === 429 || answer.status === 503) && seconds >= 0) {
    await until(elapsed() + Math.min(seconds, PAUSE_MAX) * 1000)
    return fetched(address, max, wait, tries - 1)
  }
  throw notServed()
}

const notServed = () => new HealthChainError('not-found', 'not-served', 'The log does not serve this.')
