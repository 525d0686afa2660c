// Waits until more of the log is signed: one look at it for all requests of a process that wait, and no more of them than a
// process can well keep. Whoever is one too many does not wait.
import { elapsed, until } from '../../kernel/clock.ts'
import type { Session } from '../../store/database.ts'
import { checkpoint } from '../../store/log/reader.ts'

/** Milliseconds between two looks. */
const LOOK = 20
/** Requests that wait at the same time. */
export const WAITING_MAX = 200

interface Waiter {
  readonly size: number
  readonly end: number
  readonly resolve: (grown: boolean) => void
}

export class Growth {
  readonly #session: Session
  readonly #waiting = new Set<Waiter>()
  readonly #max: number
  #looking = false

  constructor(session: Session, max = WAITING_MAX) {
    this.#session = session
    this.#max = max
  }

  /**
   * True once more than `size` entries are signed; false at the `end`, a moment of `elapsed`, or at once if too many wait.
   * Never rejects: a log that cannot be read does not grow.
   */
  beyond(size: number, end: number): Promise<boolean> {
    if (this.#waiting.size >= this.#max) return Promise.resolve(false)
    return new Promise((resolve) => {
      this.#waiting.add({ size, end, resolve })
      if (!this.#looking) void this.#look()
    })
  }

  async #look(): Promise<void> {
    this.#looking = true
    while (this.#waiting.size > 0) {
      await until(elapsed() + LOOK)
      const signed = await checkpoint(this.#session).then(
        (newest) => newest?.size ?? 0,
        () => 0,
      )
      for (const waiter of this.#waiting)
        if (signed > waiter.size || elapsed() >= waiter.end) this.#answer(waiter, signed)
    }
    this.#looking = false
  }

  #answer(waiter: Waiter, signed: number): void {
    this.#waiting.delete(waiter)
    waiter.resolve(signed > waiter.size)
  }
}

const known = new WeakMap<Session, Growth>()

/** The one of this pool. */
export function growthOf(session: Session): Growth {
  const growth = known.get(session) ?? new Growth(session)
  known.set(session, growth)
  return growth
}
