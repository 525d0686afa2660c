// Chance that can be had again, for picking rows: the dice of the interference tests.
import { Dice } from '../interference/dice.ts'

export class Random extends Dice {
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
