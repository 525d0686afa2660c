// Chance that a seed repeats: every draw of a run comes from here. Mulberry32. Not for secrets.

export class Dice {
  #state: number
  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** From 0 up to, not including, 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let t = this.#state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1))
  }
  chance(percent: number): boolean {
    return this.next() * 100 < percent
  }
  pick<T>(list: readonly T[]): T {
    return list[this.int(0, list.length - 1)]!
  }
  /** Between one and `most` different ones, in chance order; fewer where there are fewer. */
  some<T>(list: readonly T[], most: number): T[] {
    const left = [...list]
    const count = Math.min(this.int(1, most), left.length)
    return Array.from({ length: count }, () => left.splice(this.int(0, left.length - 1), 1)[0]!)
  }
  weighted<T>(table: readonly (readonly [weight: number, value: T])[]): T {
    let left = this.next() * table.reduce((sum, [weight]) => sum + weight, 0)
    for (const [weight, value] of table) {
      left -= weight
      if (left < 0) return value
    }
    return table.at(-1)![1]
  }
  /** A seed for somebody else's chance. */
  seed(): number {
    return Math.floor(this.next() * 2 ** 31)
  }
}
