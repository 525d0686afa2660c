// What was found out a short while ago, bounded in number and age; the least recently used goes first.
import { elapsed } from '../kernel/clock.ts'

const ENTRIES_MAX = 10_000
/** Milliseconds. A key that its issuer withdraws is felt no later than this after the keys are loaded again. */
const AGE_MAX = 5 * 60_000

export interface Recently<T> {
  find(key: string): T | undefined
  keep(key: string, value: T): void
}

export function recently<T>(entriesMax = ENTRIES_MAX): Recently<T> {
  // A Map lists its keys in the order of insertion, so moving a key to the end makes it the most recently used.
  const entries = new Map<string, { value: T; since: number }>()
  return {
    find(key) {
      const entry = entries.get(key)
      if (entry === undefined) return undefined
      entries.delete(key)
      if (elapsed() - entry.since >= AGE_MAX) return undefined
      entries.set(key, entry)
      return entry.value
    },
    keep(key, value) {
      entries.delete(key)
      entries.set(key, { value, since: elapsed() })
      if (entries.size > entriesMax) entries.delete(entries.keys().next().value!)
    },
  }
}
