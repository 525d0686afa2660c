// How many readers of the log may have a connection to the database at once: the rest of the pool is for patients' care.
import { HealthChainError } from '../../kernel/errors.ts'

export class Gate {
  readonly #running: number
  readonly #waiting: number
  readonly #queue: (() => void)[] = []
  #inside = 0

  /** @param waiting how many may stand before it */
  constructor(running: number, waiting: number) {
    this.#running = running
    this.#waiting = waiting
  }

  /** Resolves as `work` does, in its turn. @throws HealthChainError busy (log-busy), at once, where too many wait */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#inside < this.#running) this.#inside++
    else await this.#turn()
    try {
      return await work()
    } finally {
      const next = this.#queue.shift()
      if (next) next()
      else this.#inside--
    }
  }

  /** The place of whoever leaves. */
  #turn(): Promise<void> {
    if (this.#queue.length >= this.#waiting)
      throw new HealthChainError('busy', 'log-busy', 'Too many read the log at once. Ask again in a second.')
    return new Promise((resolve) => void this.#queue.push(resolve))
  }
}
