// How often an address may ask: each has so many requests in hand, and gets some back every second.
import { elapsed } from '../../kernel/clock.ts'

export interface Rate {
  readonly perSecond: number
  /** In hand of whoever has not asked for long. */
  readonly burst: number
}

/** Addresses that are counted; of more, those that have not asked for longest are forgotten. */
const COUNTED_MAX = 10_000

interface Account {
  left: number
  at: number
}

export class Rates {
  readonly #rate: Rate
  readonly #accounts = new Map<string, Account>()

  constructor(rate: Rate) {
    this.#rate = rate
  }

  /** Takes one request of this address. 0: it may pass; otherwise the whole seconds after which one more will. */
  take(address: string): number {
    const { perSecond, burst } = this.#rate
    const account = this.#accounts.get(address) ?? { left: burst, at: elapsed() }
    const now = elapsed()
    account.left = Math.min(burst, account.left + ((now - account.at) / 1000) * perSecond)
    account.at = now
    this.#accounts.delete(address)
    if (this.#accounts.size >= COUNTED_MAX) this.#accounts.delete(this.#accounts.keys().next().value!)
    this.#accounts.set(address, account)
    if (account.left < 1) return Math.max(1, Math.ceil((1 - account.left) / perSecond))
    account.left--
    return 0
  }
}
