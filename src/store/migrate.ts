// Brings tables, roles and privileges of a database up to date, as their owner. MikroORM owns entities and migrations.
import { fileURLToPath } from 'node:url'
import { Migrator } from '@mikro-orm/migrations'
import { MikroORM, type Options } from '@mikro-orm/postgresql'
import { Client } from 'pg'
import { HealthChainError } from '../kernel/errors.ts'
import { ENTITIES } from './entities.ts'
import { ensureRoles, grantPrivileges } from './roles.ts'

const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url))
/** Any constant does, as long as every process uses the same: ASCII of "hc". */
const MIGRATION_LOCK = 0x6863

export const ormOptions = (url: string): Options => ({
  clientUrl: url,
  entities: ENTITIES,
  extensions: [Migrator],
  logger: () => {},
  discovery: { warnWhenNoEntities: false, checkDuplicateFieldNames: false },
  pool: { min: 0, max: 2 },
  // The whole address counts, its parameters (sslmode) too.
  driverOptions: { connectionString: url },
  migrations: {
    path: MIGRATIONS,
    pathTs: MIGRATIONS,
    glob: 'Migration*.ts',
    snapshotName: 'snapshot',
    snapshotOnMigrate: false,
    emit: 'ts',
  },
})

/** Several processes may start at once: one migrates, the others wait and find nothing left to do. */
export async function migrate(url: string): Promise<void> {
  const client = new Client({ connectionString: url })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query("select current_setting('server_version_num')::int as version")
    if (rows[0].version < 150_000)
      throw new HealthChainError('unsupported', 'old-postgresql', 'PostgreSQL 15 or newer is needed.')
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
    await ensureRoles(client)
    await migrateTables(url)
    // Tables that a later migration made too: whose record a resource leaves is noted for its erasure.
    await client.query('select watch_moves()')
    await grantPrivileges(client)
  } catch (error) {
    throw isForbidden(error) ? notOwner() : error
  } finally {
    await client.end().catch(() => {})
  }
}

// On connections of its own: the other one holds the lock.
async function migrateTables(url: string): Promise<void> {
  const orm = await MikroORM.init(ormOptions(url))
  try {
    await orm.migrator.up()
  } finally {
    await orm.close(true)
  }
}

const isForbidden = (error: unknown) => error instanceof Error && 'code' in error && error.code === '42501'

const notOwner = () =>
  new HealthChainError(
    'fault',
    'not-owner',
    'This login may not bring the tables up to date. Set MIGRATION_DATABASE_URL to the login that owns them.',
  )
