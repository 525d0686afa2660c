// What every interaction of one request shares: who asks, what they may read, the store.
import type { ReadScope } from '../consent/read-scope.ts'
import type { Asker } from '../kernel/asker.ts'
import { HealthChainError } from '../kernel/errors.ts'
import type { Database } from '../store/database.ts'
import type { Loaders } from '../store/loaders.ts'

/** Resources in one answer. */
export const ROWS_MAX = 20_000

export interface Interaction {
  readonly asker: Asker
  readonly scope: ReadScope
  readonly database: Database
  readonly loaders: Loaders
  /** Resources that the answer may still hold; nested lists multiply, so each delivery is charged, cached or not. */
  readonly budget: { rows: number }
  /** Seals cursors; the same for all processes on one database. */
  readonly cursorKey: Buffer
}

/** @throws HealthChainError too-costly once an answer would hold more than ROWS_MAX resources. */
export function charge({ budget }: Interaction, rows: number): void {
  budget.rows -= rows
  if (budget.rows >= 0) return
  const message = `An answer holds at most ${ROWS_MAX} resources, nested lists included. Ask for less at a time.`
  throw new HealthChainError('too-costly', 'too-many-rows', message)
}
