// Chance that can be had again: the same seed, the same numbers.

export class Random {
  #state: number
  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** Mulberry32: from 0 to below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let t = this.#state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }

  below(end: number): number {
    return Math.floor(this.next() * end)
  }

  of<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!
  }

  /** Two that are not the same. */
  two<T>(items: readonly T[]): [T, T] {
    const first = this.below(items.length)
    const second = (first + 1 + this.below(items.length - 1)) % items.length
    return [items[first]!, items[second]!]
  }
}
