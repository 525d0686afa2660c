// Tokens taken back, for the resource server to ask with every request: one cheap statement a second at most.
import { elapsed } from '../../kernel/clock.ts'
import type { Database } from '../../store/database.ts'
import { revokedTokens } from '../../store/issuer/records.ts'

const FRESH = 1000

export class RevokedTokens {
  readonly #database: Database
  #known: ReadonlySet<string> = new Set()
  #readAt = Number.NEGATIVE_INFINITY
  #changedAt = Number.NEGATIVE_INFINITY
  #reading: Promise<ReadonlySet<string>> | undefined
  constructor(database: Database) {
    this.#database = database
  }

  /** What another process took back is refused a second later, at the latest. Rejects when the database is away. */
  has(jti: string): boolean | Promise<boolean> {
    if (elapsed() - this.#readAt < FRESH) return this.#known.has(jti)
    this.#reading ??= this.#read()
    return this.#reading.then((known) => known.has(jti))
  }

  /** This process took something back: the next question reads anew. */
  forget(): void {
    this.#changedAt = elapsed()
    this.#readAt = Number.NEGATIVE_INFINITY
    this.#reading = undefined
  }

  async #read(): Promise<ReadonlySet<string>> {
    const began = elapsed()
    try {
      const known = new Set(await revokedTokens(this.#database))
      // A statement that began before the last change may have missed it.
      if (began > this.#changedAt) {
        this.#known = known
        this.#readAt = began
      }
      return known
    } finally {
      if (began > this.#changedAt) this.#reading = undefined
    }
  }
}
