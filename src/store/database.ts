// The connection to PostgreSQL: one pool per role, statements prepared by name.
import { Pool, type PoolClient, TypeOverrides } from 'pg'
import { elapsed } from '../kernel/clock.ts'
import { HealthChainError } from '../kernel/errors.ts'
import type { Statement } from '../search/compile.ts'
import { migrate } from './migrate.ts'
import { type Role, SERVING } from './roles.ts'

export { ormOptions } from './migrate.ts'

export interface DatabaseOptions {
  url: string
  /** Connections at most; default 10. */
  poolSize?: number
  /** As whom statements run; absent: as the login of the address, the owner of the tables. */
  role?: Role
  /** False: the tables are up to date already. Otherwise they are brought there first, as the login. */
  migrate?: boolean
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

// Statements of the same text are planned once per connection. Texts differ between askers, so those that nobody has used
// for longest are forgotten; connections forget their plans when they are renewed.
const NAMED_MAX = 400
const CONNECTION_SECONDS = 600
/** Names given within the life of a connection, which keeps every plan until it ends: what comes beyond goes unnamed. */
const GIVEN_MAX = NAMED_MAX
const STATEMENT_SECONDS = 30
const names = new Map<string, string>()
let named = 0
let given = { since: 0, count: 0 }
function nameOf(sql: string): string | undefined {
  const known = names.get(sql)
  if (known === undefined) {
    if (elapsed() - given.since > CONNECTION_SECONDS * 1000) given = { since: elapsed(), count: 0 }
    if (given.count++ >= GIVEN_MAX) return undefined
  }
  const name = known ?? `s${named++}`
  names.delete(sql)
  if (names.size >= NAMED_MAX) names.delete(names.keys().next().value!)
  names.set(sql, name)
  return name
}

/** Brings the tables up to date, as their owner. @throws HealthChainError fault if it cannot be reached or used. */
export async function migrateDatabase(url: string): Promise<void> {
  try {
    await migrate(url)
  } catch (error) {
    throw error instanceof HealthChainError ? error : unreachable(error)
  }
}

/** Opens the database, its tables up to date. @throws HealthChainError fault if it cannot be reached or used. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { url, poolSize = 10, role, onStatement = () => {} } = options
  if (options.migrate !== false) await migrateDatabase(url)
  try {
    const pool = makePool(url, poolSize, role)
    await checkRole(pool, role).catch(async (error) => {
      await pool.end()
      throw error
    })
    return new PooledDatabase(pool, onStatement)
  } catch (error) {
    throw error instanceof HealthChainError ? error : unreachable(error)
  }
}

// Dates, instants and intervals come as the text that PostgreSQL prints: a Date has no time zone and no microseconds.
// https://github.com/postgres/postgres/blob/REL_18_STABLE/src/include/catalog/pg_type.dat
const types = new TypeOverrides()
const texts = types.getTypeParser(1009) as unknown as (text: string) => string[]
for (const oid of [1082, 1114, 1184, 1186]) types.setTypeParser(oid, String)
for (const oid of [1182, 1115, 1185, 1187]) types.setTypeParser(oid, texts)

function makePool(url: string, max: number, role: Role | undefined): Pool {
  const pool = new Pool({
    connectionString: role ? actingAs(url, role) : url,
    max,
    types,
    maxLifetimeSeconds: CONNECTION_SECONDS,
  })
  // A connection that the server drops is replaced; without a listener it would end the process.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

/** The role is taken while the connection is made: no statement of its own, neither then nor at any checkout. */
function actingAs(url: string, role: Role): string {
  const address = new URL(url)
  const given = address.searchParams.get('options')
  // What serves must answer; what the owner does takes as long as it takes.
  const limit = role === SERVING ? `-c statement_timeout=${STATEMENT_SECONDS}s` : undefined
  address.searchParams.set('options', [limit, given, `-c role=${role}`].filter(Boolean).join(' '))
  return address.href
}

// https://www.postgresql.org/docs/current/errcodes-appendix.html
const [NO_SUCH_ROLE, NOT_A_MEMBER] = ['22023', '42501']

/** Connects. A pooler in between may drop the option that names the role, and nobody would notice. */
async function checkRole(pool: Pool, role: Role | undefined): Promise<void> {
  try {
    const { rows } = await pool.query('select current_user as name')
    if (role === undefined || rows[0].name === role) return
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (role === undefined || (code !== NO_SUCH_ROLE && code !== NOT_A_MEMBER)) throw error
    throw roleRefused(`Let an administrator of PostgreSQL run: grant ${role} to LOGIN;`)
  }
  throw roleRefused('A pooler on the way must pass the startup parameter "options" on.')
}

const roleRefused = (advice: string) =>
  new HealthChainError('fault', 'role-refused', `The database login may not act as the role that serves. ${advice}`)

function unreachable(error: unknown): HealthChainError {
  const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
  const more = error instanceof Error ? error.message : ''
  return new HealthChainError(
    'fault',
    'no-database',
    `The database cannot be used (${reason}: ${more}). Check DATABASE_URL.`,
  )
}

const isTimeout = (error: unknown) => error instanceof Error && 'code' in error && error.code === '57014'
const tooLong = () =>
  new HealthChainError('too-costly', 'statement-timeout', 'This takes the database too long. Ask for less at once.')

// See the migration of erasures: what refuses is the table that every write comes to.
const isErased = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'HC001'
const erased = () =>
  new HealthChainError('conflict', 'erased', 'This record was erased. Register the patient anew, under another id.')

async function run<T>(client: Pool | PoolClient, { sql, parameters, varied }: Statement<T>): Promise<T[]> {
  const name = varied ? undefined : nameOf(sql)
  const config = { text: sql, values: parameters as unknown[] }
  try {
    const result = await client.query(name === undefined ? config : { ...config, name })
    return result.rows as T[]
  } catch (error) {
    throw isTimeout(error) ? tooLong() : isErased(error) ? erased() : error
  }
}

class PooledDatabase implements Database {
  readonly #pool: Pool
  readonly #seen: (sql: string) => void
  constructor(pool: Pool, seen: (sql: string) => void) {
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
    return this.#pool.end()
  }
}

/** Whether the database answers. */
export const isUp = (session: Session): Promise<boolean> =>
  session.query({ sql: 'select 1', parameters: [] }).then(
    () => true,
    () => false,
  )
