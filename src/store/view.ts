// How one caller sees the store: what may be told, what of it is masked, and who is told that it was told.
import type { Facts } from '../consent/facts.ts'
import type { ReadScope } from '../consent/read-scope.ts'
import type { Right } from '../kernel/asker.ts'

type Node = Record<string, unknown>

export interface View {
  readonly scope: ReadScope
  /** Takes out what this caller may not see of any resource of the type. The same object where that is nothing. */
  mask(resource: Node): Node
  /** Hears of every resource that leaves the store, and by which right. */
  told(facts: Facts, right: Right): void
}
