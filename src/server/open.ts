// Opens what both the server and the commands need: the database, embedded or given, once for each role.
import { type Database, migrateDatabase, openDatabase } from '../store/database.ts'
import { ISSUER, SERVING } from '../store/roles.ts'
import type { Config } from './config.ts'
import { openCluster } from './embedded-postgres.ts'

export interface Opened {
  /** Reads and writes resources, and can do nothing else. */
  readonly database: Database
  /** The embedded issuer's tables, and nothing else. */
  readonly accounts: Database
  /** Lends the tables as their owner, for what neither role may do. */
  asOwner<T>(work: (owner: Database) => Promise<T>): Promise<T>
  /** Closes the connections; the last process on the embedded cluster shuts it down. */
  close(): Promise<void>
}

/** Enough to hold a lock, work and look at the same time. */
const FEW = 3

export async function open(
  config: Pick<Config, 'databaseUrl' | 'migrationDatabaseUrl' | 'dataDir'>,
  onProgress: (line: string) => void,
): Promise<Opened> {
  const { databaseUrl, migrationDatabaseUrl } = config
  if (databaseUrl) return openAs(databaseUrl, migrationDatabaseUrl ?? databaseUrl, async () => {})
  const cluster = await openCluster({ dataDir: config.dataDir, onProgress })
  try {
    return await openAs(cluster.url, cluster.url, () => cluster.stop())
  } catch (error) {
    await cluster.stop()
    throw error
  }
}

/** `owner` may be the same login: PostgreSQL then holds each pool to its role all the same. */
async function openAs(url: string, owner: string, leave: () => Promise<void>): Promise<Opened> {
  await migrateDatabase(owner)
  const database = await openDatabase({ url, role: SERVING, migrate: false })
  try {
    const accounts = await openAccounts(url, owner)
    return {
      database,
      accounts,
      async asOwner(work) {
        const lent = await openDatabase({ url: owner, poolSize: FEW, migrate: false })
        return work(lent).finally(() => lent.close())
      },
      async close() {
        await Promise.all([database.close(), accounts.close()])
        await leave()
      },
    }
  } catch (error) {
    await database.close()
    throw error
  }
}

/** A login that may only serve cannot be the issuer: then the owner's login acts as it. */
async function openAccounts(url: string, owner: string): Promise<Database> {
  const as = (login: string) => openDatabase({ url: login, role: ISSUER, poolSize: FEW, migrate: false })
  return url === owner ? as(url) : as(url).catch(() => as(owner))
}
