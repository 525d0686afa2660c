// Entry bundles: up to 256 log entries, each after its length as big-endian uint16, https://c2sp.org/tlog-tiles. Pure;
// runs in browsers.
import { HealthChainError } from '../kernel/errors.ts'
import { concat } from './bytes.ts'
import { TILE_WIDTH } from './tiles.ts'

export const ENTRY_MAX = 65_535

/** @throws HealthChainError incorrect, for an entry that no bundle can hold */
export function entryBundle(entries: readonly Uint8Array[]): Uint8Array {
  if (entries.length > TILE_WIDTH || entries.some(({ length }) => length > ENTRY_MAX))
    throw new HealthChainError('incorrect', 'entry-too-long', `Log at most ${ENTRY_MAX} bytes in one entry.`)
  return concat(entries.flatMap((entry) => [new Uint8Array([entry.length >> 8, entry.length & 255]), entry]))
}

/** The `width` entries of a bundle; undefined if there are fewer, or if anything follows them. */
export function readEntryBundle(bytes: Uint8Array, width: number): Uint8Array[] | undefined {
  const entries: Uint8Array[] = []
  let at = 0
  while (entries.length < width) {
    const [high, low] = [bytes[at], bytes[at + 1]]
    if (high === undefined || low === undefined) return undefined
    const end = at + 2 + high * 256 + low
    entries.push(bytes.subarray(at + 2, end))
    at = end
  }
  // An entry that is cut short leaves `at` beyond the end.
  return at === bytes.length ? entries : undefined
}
