// Everything a resolver can reach. There is no way from here to the database.
import type { Records } from '../src/interactions/records.ts'

export interface Context {
  readonly records: Records
}
