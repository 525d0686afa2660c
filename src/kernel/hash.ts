// 64-bit hashes for search tokens. Pure.
import { hash } from 'node:crypto'

const cache = new Map<string, string>()
const CACHE_MAX = 100_000

/** The first 8 bytes of SHA-256 as a signed decimal: what a bigint column holds. Codes repeat, so results are kept. */
export function hash64(text: string): string {
  const known = cache.get(text)
  if (known !== undefined) return known
  const made = BigInt.asIntN(64, BigInt(`0x${hash('sha256', text, 'hex').slice(0, 16)}`)).toString()
  if (cache.size >= CACHE_MAX) cache.clear()
  cache.set(text, made)
  return made
}
