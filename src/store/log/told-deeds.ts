// The deeds that the audit log tells, and how near its clock must be to that of the rows. Pure.
import type { Deed, DeedEvent } from './deed-events.ts'

export class ToldDeeds {
  readonly #events: ReadonlyMap<Deed, readonly DeedEvent[]>
  readonly #erased: ReadonlySet<string>

  /** @param erased marks of the patients whose records are erased */
  constructor(events: readonly DeedEvent[], erased: Iterable<string>) {
    this.#events = Map.groupBy(events, ({ deed }) => deed)
    this.#erased = new Set(erased)
  }

  of(deed: Deed): readonly DeedEvent[] {
    return this.#events.get(deed) ?? []
  }

  /** Rows about this patient are gone, and rightly. */
  erased({ mark }: Pick<DeedEvent, 'mark'>): boolean {
    return mark !== null && this.#erased.has(mark)
  }
}

/** Milliseconds: the clocks of two machines, and the time that a transaction takes between its row and its event. */
const APART = 5 * 60_000
export const isNear = (a: number, b: number): boolean => Math.abs(a - b) <= APART
/** Surely, whatever the clocks. */
export const isBefore = (a: number, b: number): boolean => b - a > APART
