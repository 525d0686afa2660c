// Opens what both the server and the commands need: the database, embedded or given.
import { type Database, openDatabase } from '../store/database.ts'
import type { Config } from './config.ts'
import { openCluster } from './embedded-postgres.ts'

export interface Opened {
  readonly database: Database
  /** The same, for the issuer's own tables. */
  readonly accounts: Database
  /** Closes the connections; the last process on the embedded cluster shuts it down. */
  close(): Promise<void>
}

export async function open(config: Config, onProgress: (line: string) => void): Promise<Opened> {
  if (config.databaseUrl) {
    const database = await openDatabase({ url: config.databaseUrl })
    return { database, accounts: database, close: () => database.close() }
  }
  const cluster = await openCluster({ dataDir: config.dataDir, onProgress })
  try {
    const database = await openDatabase({ url: cluster.url })
    return {
      database,
      accounts: database,
      async close() {
        await database.close()
        await cluster.stop()
      },
    }
  } catch (error) {
    await cluster.stop()
    throw error
  }
}
