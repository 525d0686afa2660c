// The audit log: events are durable before anybody is told anything. Group commit: while one insert is under way, rows
// gather for the next, so many readers share one wait for the disk; a second one at the same time measured no faster.
// Trusts PostgreSQL with synchronous_commit on.
import { HealthChainError } from '../../kernel/errors.ts'
import type { Statement } from '../../search/compile.ts'
import type { Database, Session } from '../database.ts'
import type { AuditRow, FrameRow } from './columns.ts'
import { frameStatement, framesOf, insertStatement } from './insert.ts'

/** Rows that may wait; beyond them the database is not keeping up, and memory must not pay for it. */
export const WAITING_MAX = 20_000
/** Rows of one insert. */
export const BATCH_MAX = 1_000
/** Names of frames that are known to be stored; beyond them all are forgotten, and stored again to no effect. */
const STORED_MAX = 100_000

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
  readonly #stored = new Set<string>()

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

  /**
   * Stores what rows such as these share, before the write that brings them begins, or in its transaction.
   * @throws HealthChainError fault (audit-unavailable)
   */
  async prepare(rows: readonly AuditRow[], session: Session = this.#database): Promise<void> {
    const fresh = this.#fresh(rows)
    if (fresh.length === 0) return
    await session.query(frameStatement(fresh)).catch((error) => {
      throw session === this.#database ? unavailable() : error
    })
    // What a transaction stored may yet be taken back.
    if (session === this.#database) this.#keep(fresh)
  }

  /** What this process knew to be stored may be gone: somebody has put an older state of the database back. */
  forget(): void {
    this.#stored.clear()
  }

  /** For the transaction of something that happens: its events stand or fall with it, and bring their frames. */
  wholeStatementFor(rows: readonly AuditRow[]): Statement<never> {
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
    const rows = batch.flatMap((waiter) => waiter.rows)
    const fresh = this.#fresh(rows)
    try {
      await this.#database.query(insertStatement(rows, fresh))
    } catch {
      this.forget()
      // What PostgreSQL says may quote a row; the caller only needs to know that nothing may be told.
      for (const { reject } of batch) reject(unavailable())
      return
    }
    this.#keep(fresh)
    for (const { resolve } of batch) resolve()
  }

  #fresh(rows: readonly AuditRow[]): FrameRow[] {
    return rows.every(({ frame }) => this.#stored.has(frame))
      ? []
      : framesOf(rows).filter(({ hash }) => !this.#stored.has(hash))
  }

  #keep(frames: readonly FrameRow[]): void {
    if (this.#stored.size + frames.length > STORED_MAX) this.#stored.clear()
    for (const { hash } of frames) this.#stored.add(hash)
  }
}

const unavailable = () =>
  new HealthChainError('fault', 'audit-unavailable', 'Access cannot be recorded now, so nothing is told. Try again.')
const busy = () =>
  new HealthChainError('busy', 'audit-busy', 'Too many requests wait for their access to be recorded. Try again.')
