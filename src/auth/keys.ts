// The public keys of one issuer: loaded when needed, again when old, and for an unknown kid only after a pause, so that
// nobody can make this server call the issuer at will. One call at a time.
import { type CryptoKey, importJWK, type JWK } from 'jose'
import { elapsed } from '../kernel/clock.ts'
import { isObject } from '../kernel/json.ts'
import { type Algorithm, fits } from './algorithms.ts'
import { failure } from './issuer-failure.ts'
import { unauthenticated } from './refusals.ts'

const MINUTE = 60_000
/** Older sets are loaded again. */
const FRESH = 10 * MINUTE
/** An issuer may be away this long before its tokens are refused; a withdrawn key lives no longer either. */
const KEPT = 60 * MINUTE
/** Least time between two calls: after one that worked, and after one that failed. */
const COOLDOWN = 30_000
const RETRY = 3_000
const KEYS_MAX = 100

export interface Keys {
  /** The one key with this kid that fits; undefined if there is none. @throws HealthChainError keys-unavailable */
  find(kid: string, alg: Algorithm): Promise<CryptoKey | undefined>
}

interface KeySet {
  readonly keys: readonly JWK[]
  readonly at: number
  readonly imported: Map<string, CryptoKey>
}

/** `load` gives the issuer's JWK Set (RFC 7517); whatever it throws counts as a failed call, of which `failed` hears. */
export function keysOf(load: () => Promise<unknown>, failed: (error: unknown) => void = () => {}): Keys {
  let known: KeySet | undefined
  let quietUntil = Number.NEGATIVE_INFINITY
  let loading: Promise<void> | undefined

  const reload = async () => {
    try {
      const keys = checked(await load())
      known = { keys, at: elapsed(), imported: new Map() }
      quietUntil = elapsed() + COOLDOWN
    } catch (error) {
      quietUntil = elapsed() + RETRY
      failed(error)
    } finally {
      loading = undefined
    }
  }
  const refresh = async () => {
    if (loading === undefined && elapsed() < quietUntil) return
    loading ??= reload()
    await loading
  }
  const current = () => {
    if (known !== undefined && elapsed() - known.at < KEPT) return known
    throw unauthenticated('keys-unavailable', 'The keys of the issuer cannot be had at the moment; try again shortly.')
  }

  return {
    async find(kid, alg) {
      if (known === undefined || elapsed() - known.at >= FRESH) await refresh()
      if (!current().keys.some((jwk) => jwk.kid === kid)) await refresh()
      return keyIn(current(), kid, alg)
    },
  }
}

async function keyIn({ keys, imported }: KeySet, kid: string, alg: Algorithm): Promise<CryptoKey | undefined> {
  const ready = imported.get(`${alg} ${kid}`)
  if (ready) return ready
  const [jwk, second] = keys.filter((jwk) => jwk.kid === kid && fits(jwk, alg))
  // Two keys of one name and type: which of them is meant cannot be told.
  if (jwk === undefined || second !== undefined) return undefined
  const key = await publicKey(jwk, alg)
  if (key) imported.set(`${alg} ${kid}`, key)
  return key
}

function checked(set: unknown): readonly JWK[] {
  const keys = isObject(set) ? set.keys : undefined
  if (!Array.isArray(keys) || keys.length > KEYS_MAX) throw failure('no-key-set')
  return keys.filter((key): key is JWK => isObject(key) && typeof key.kid === 'string')
}

/** The public members only: a set that shows a private key by mistake still verifies and nothing else. */
async function publicKey({ kty, n, e, crv, x, y }: JWK, alg: Algorithm): Promise<CryptoKey | undefined> {
  try {
    const key = await importJWK({ kty, n, e, crv, x, y } as JWK, alg)
    return key instanceof Uint8Array ? undefined : key
  } catch {
    return undefined
  }
}
