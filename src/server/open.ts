// Opens what both the server and the import need: the database, embedded or given, and the development interaction.
import { DEVELOPMENT_ASKER, readScope } from '../consent/read-scope.ts'
import { type Interaction, ROWS_MAX } from '../interactions/context.ts'
import { type Database, openDatabase } from '../store/database.ts'
import { Loaders } from '../store/loaders.ts'
import { sharedSecret } from '../store/secrets.ts'
import type { Config } from './config.ts'
import { openCluster } from './embedded-postgres.ts'

export interface Opened {
  readonly database: Database
  /** Closes the connections; the last process on the embedded cluster shuts it down. */
  close(): Promise<void>
}

export async function open(config: Config, onProgress: (line: string) => void): Promise<Opened> {
  if (config.databaseUrl) {
    const database = await openDatabase({ url: config.databaseUrl })
    return { database, close: () => database.close() }
  }
  const cluster = await openCluster({ dataDir: config.dataDir, onProgress })
  try {
    const database = await openDatabase({ url: cluster.url })
    return {
      database,
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

/** The one asker until sign-in lands. */
export function developmentInteraction(database: Database, cursorKey: Buffer): Interaction {
  const scope = readScope(DEVELOPMENT_ASKER)
  return {
    asker: DEVELOPMENT_ASKER,
    scope,
    database,
    loaders: new Loaders(database, scope),
    budget: { rows: ROWS_MAX },
    cursorKey,
  }
}

export const cursorKey = (database: Database) => sharedSecret(database, 'cursor')
