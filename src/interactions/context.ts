// What every interaction of one request shares: who asks, how they see the store, what is written down of it.
import type { HiddenElements } from '../consent/hidden-elements.ts'
import type { Obligation } from '../consent/packs/index.ts'
import { mayAsk } from '../consent/role-matrix.ts'
import type { Asker, Right } from '../kernel/asker.ts'
import { HealthChainError } from '../kernel/errors.ts'
import type { Database } from '../store/database.ts'
import type { Loaders } from '../store/loaders.ts'
import type { View } from '../store/view.ts'
import type { LogView } from './provenance/log-view.ts'
import type { Trail } from './trail.ts'

/** Resources in one answer. */
export const ROWS_MAX = 20_000

export interface Interaction {
  readonly asker: Asker
  readonly view: View
  /** Elements that this asker never sees; they cannot be searched either. */
  readonly hidden: HiddenElements
  /** What the law asks to be done with what is told. */
  readonly obligations: readonly Obligation[]
  readonly database: Database
  readonly loaders: Loaders
  readonly trail: Trail
  /** What this request wrote to the provenance log, and its proofs. */
  readonly log: LogView
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

/** Whether role, purpose and scope let the asker do this to any resource of the type. */
export const maySee = ({ view, asker }: Interaction, type: string, right: Right): boolean =>
  view.scope.everything || mayAsk(asker, type, right).allowed

/** Nested fields are asked here: shield guards the roots. @throws HealthChainError forbidden, whatever the data. */
export function requireRight({ view, asker }: Interaction, type: string, right: Right): void {
  const permission = view.scope.everything ? ({ allowed: true } as const) : mayAsk(asker, type, right)
  if (!permission.allowed) throw new HealthChainError('forbidden', permission.code, permission.message)
}
