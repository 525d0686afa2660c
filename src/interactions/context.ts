// What every interaction of one request shares: who asks, what they may read, the store.
import type { ReadScope } from '../consent/read-scope.ts'
import type { Asker } from '../kernel/asker.ts'
import type { Database } from '../store/database.ts'
import type { Loaders } from '../store/loaders.ts'

export interface Interaction {
  readonly asker: Asker
  readonly scope: ReadScope
  readonly database: Database
  readonly loaders: Loaders
  /** Seals cursors; the same for all processes on one database. */
  readonly cursorKey: Buffer
}
