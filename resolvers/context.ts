// Everything a resolver can reach. There is no way from here to the database.
import type { Operations } from '../src/interactions/operations.ts'
import type { Records } from '../src/interactions/records.ts'
import type { Asker } from '../src/kernel/asker.ts'

export interface Context {
  readonly records: Records
  readonly operations: Operations
  /** Absent: nobody signed in. */
  readonly asker?: Asker
}
