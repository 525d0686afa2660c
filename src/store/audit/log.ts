// The audit log: events are durable before anybody is told anything. Group commit: while one insert is under way, rows
// gather for the next, so many readers share one wait for the disk; a second one at the same time measured no faster.
// Trusts PostgreSQL with synchronous_commit on.
import { HealthChainError } from '../../kernel/errors.ts'
import type { Statement } from '../../search/compile.ts'
import type { Database } from '../database.ts'
import type { AuditRow } from './columns.ts'
import { insertStatement } from './insert.ts'

/** Rows that may wait; beyond them the database is not keeping up, and memory must not pay for it. */
export const WAITING_MAX = 20_000
/** Rows of one insert. */
export const BATCH_MAX = 1_000

interface Waiter {
  readonly rows: readonly AuditRow[]
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

export class AuditLog {
  readonly #database: Database
  #waiters: Waiter[] = []
  #waiting = 0
  #underWay: Promise<void> | undefined
  #closed = false

  constructor(database: Database) {
    this.#database = database
  }

  /**
   * Resolves when the events are on disk. All of them or none.
   * @throws HealthChainError fault (audit-unavailable) if they could not be written, busy (audit-busy) if too many wait:
   * answer nothing then.
   */
  record(rows: readonly AuditRow[]): Promise<void> {
    if (rows.length === 0) return Promise.resolve()
    if (this.#closed) return Promise.reject(unavailable())
    if (this.#waiting + rows.length > WAITING_MAX && this.#waiting > 0) return Promise.reject(busy())
    return new Promise((resolve, reject) => {
      this.#waiters.push({ rows, resolve, reject })
      this.#waiting += rows.length
      this.#start()
    })
  }

  /** For the transaction of a write: its events stand or fall with it. */
  statementFor(rows: readonly AuditRow[]): Statement<never> {
    return insertStatement(rows)
  }

  /** Takes no more, and waits for what was taken. The database stays open. */
  async close(): Promise<void> {
    this.#closed = true
    while (this.#underWay) await this.#underWay
  }

  #start(): void {
    if (this.#underWay || this.#waiters.length === 0) return
    this.#underWay = this.#insert(this.#nextBatch()).finally(() => {
      this.#underWay = undefined
      this.#start()
    })
  }

  /** In order of arrival; a waiter's rows are never torn apart. */
  #nextBatch(): Waiter[] {
    let [count, size] = [0, 0]
    for (const { rows } of this.#waiters) {
      if (count > 0 && size + rows.length > BATCH_MAX) break
      count++
      size += rows.length
    }
    this.#waiting -= size
    return this.#waiters.splice(0, count)
  }

  async #insert(batch: readonly Waiter[]): Promise<void> {
    try {
      await this.#database.query(insertStatement(batch.flatMap(({ rows }) => rows)))
    } catch {
      // What PostgreSQL says may quote a row; the caller only needs to know that nothing may be told.
      for (const { reject } of batch) reject(unavailable())
      return
    }
    for (const { resolve } of batch) resolve()
  }
}

const unavailable = () =>
  new HealthChainError('fault', 'audit-unavailable', 'Access cannot be recorded now, so nothing is told. Try again.')
const busy = () =>
  new HealthChainError('busy', 'audit-busy', 'Too many requests wait for their access to be recorded. Try again.')
