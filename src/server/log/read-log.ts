// Reads what a log serves under its prefix, from an address or from a folder of the same layout. Believes nothing of it.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { HealthChainError } from '../../kernel/errors.ts'
import type { Read } from '../../provenance/verifier/index.ts'

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

async function fetched(address: string): Promise<Uint8Array> {
  const answer = await fetch(address, { redirect: 'error', signal: AbortSignal.timeout(WAIT) })
  if (!answer.ok || !answer.body) {
    await answer.body?.cancel()
    throw new HealthChainError('not-found', 'not-served', 'The log does not serve this.')
  }
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of answer.body) {
    size += part.length
    if (size > FILE_MAX) throw new HealthChainError('too-costly', 'too-large', 'The log serves more than a log may.')
    parts.push(part)
  }
  return Buffer.concat(parts)
}
