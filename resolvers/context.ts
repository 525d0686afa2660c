// Everything a resolver can reach. There is no way from here to the database.
import type { Records } from '../src/interactions/records.ts'
import type { Asker } from '../src/kernel/asker.ts'

export interface Context {
  readonly records: Records
  /** Absent: nobody signed in. */
  readonly asker?: Asker
}
