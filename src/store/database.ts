// The connection to PostgreSQL: MikroORM owns pool, entities and migrations; statements run on its pool, prepared by name.
import { fileURLToPath } from 'node:url'
import { Migrator } from '@mikro-orm/migrations'
import { MikroORM, type Options } from '@mikro-orm/postgresql'
import { Client, type Pool, type PoolClient } from 'pg'
import { HealthChainError } from '../kernel/errors.ts'
import type { Statement } from '../search/compile.ts'
import { ENTITIES } from './entities.ts'

export interface DatabaseOptions {
  url: string
  /** Connections at most; default 10. */
  poolSize?: number
  /** Called with the text of each statement before it runs: statement counts, timing. */
  onStatement?: (sql: string) => void
}

/** Runs statements; a Database, or one transaction on it. */
export interface Session {
  query<T>(statement: Statement<T>): Promise<T[]>
}

export interface Database extends Session {
  /** One transaction, READ COMMITTED; rolled back if `work` throws. */
  transaction<T>(work: (session: Session) => Promise<T>): Promise<T>
  close(): Promise<void>
}

const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url))
/** Any constant does, as long as every process uses the same: ASCII of "hc". */
const MIGRATION_LOCK = 0x6863

export const ormOptions = (url: string, poolSize = 10): Options => ({
  clientUrl: url,
  entities: ENTITIES,
  extensions: [Migrator],
  logger: () => {},
  discovery: { warnWhenNoEntities: false, checkDuplicateFieldNames: false },
  pool: { min: 0, max: poolSize },
  migrations: {
    path: MIGRATIONS,
    pathTs: MIGRATIONS,
    glob: 'Migration*.ts',
    snapshotName: 'snapshot',
    snapshotOnMigrate: false,
    emit: 'ts',
  },
})

// Statements of the same text are planned once per connection; beyond so many shapes they go unnamed.
const NAMED_MAX = 400
const names = new Map<string, string>()
function nameOf(sql: string): string | undefined {
  const known = names.get(sql)
  if (known !== undefined || names.size >= NAMED_MAX) return known
  const made = `s${names.size}`
  names.set(sql, made)
  return made
}

/** Opens the database and brings its tables up to date. @throws HealthChainError fault if it cannot be reached. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const orm = await MikroORM.init(ormOptions(options.url, options.poolSize))
  const connection = orm.em.getConnection()
  try {
    await connection.connect()
    const pool = (await connection.getNativeClient()) as Pool
    await migrate(orm, options.url)
    return new PooledDatabase(orm, pool, options.onStatement ?? (() => {}))
  } catch (error) {
    await orm.close(true)
    throw error instanceof HealthChainError ? error : unreachable(error)
  }
}

function unreachable(error: unknown): HealthChainError {
  const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
  const more = error instanceof Error ? error.message : ''
  return new HealthChainError(
    'fault',
    'no-database',
    `The database cannot be used (${reason}: ${more}). Check DATABASE_URL.`,
  )
}

/** Several processes may start at once: one migrates, the others wait and find nothing left to do. */
async function migrate(orm: MikroORM, url: string): Promise<void> {
  // Not of the pool: the migrator needs a connection while this one holds the lock.
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query("select current_setting('server_version_num')::int as version")
    if (rows[0].version < 150_000)
      throw new HealthChainError('unsupported', 'old-postgresql', 'PostgreSQL 15 or newer is needed.')
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
    await orm.migrator.up()
  } finally {
    await client.end()
  }
}

async function run<T>(client: Pool | PoolClient, { sql, parameters, varied }: Statement<T>): Promise<T[]> {
  const name = varied ? undefined : nameOf(sql)
  const config = { text: sql, values: parameters as unknown[] }
  const result = await client.query(name === undefined ? config : { ...config, name })
  return result.rows as T[]
}

class PooledDatabase implements Database {
  readonly #orm: MikroORM
  readonly #pool: Pool
  readonly #seen: (sql: string) => void
  constructor(orm: MikroORM, pool: Pool, seen: (sql: string) => void) {
    this.#orm = orm
    this.#pool = pool
    this.#seen = seen
  }

  query<T>(statement: Statement<T>): Promise<T[]> {
    this.#seen(statement.sql)
    return run(this.#pool, statement)
  }

  async transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect()
    const seen = this.#seen
    let broken: Error | undefined
    try {
      await client.query('begin isolation level read committed')
      const result = await work({
        query(statement) {
          seen(statement.sql)
          return run(client, statement)
        },
      })
      await client.query('commit')
      return result
    } catch (error) {
      await client.query('rollback').catch((e) => {
        broken = e
      })
      throw error
    } finally {
      client.release(broken)
    }
  }

  close(): Promise<void> {
    return this.#orm.close(true)
  }
}

/** Whether the database answers. */
export const isUp = (session: Session): Promise<boolean> =>
  session.query({ sql: 'select 1', parameters: [] }).then(
    () => true,
    () => false,
  )
