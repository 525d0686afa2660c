// A fresh database for one run: an embedded cluster in a temporary folder, or one made on BENCH_DATABASE_URL's server.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { openCluster } from '../../src/server/embedded-postgres.ts'
import { makeProgress } from '../../src/server/progress.ts'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { at } from '../support/cluster.ts'
import { build } from './data.ts'

export interface BenchDatabase {
  readonly url: string
  readonly database: Database
  /** A connection that stays open, and its backend's pid. */
  readonly client: pg.Client
  readonly backend: number
  /** Copies that one server each writes to: as it is, and one whose versions need no leaf. */
  readonly apart?: { readonly logged: string; readonly unlogged: string }
  close(): Promise<void>
}

const EACH = 100
const CONSENTS = 5

/** `patients` with a hundred observations each, vacuumed and analysed as autovacuum would in time. */
export async function benchDatabase(patients: number, { copy = false } = {}): Promise<BenchDatabase> {
  // `| head` closes our output; that must not keep us from stopping the cluster.
  for (const out of [process.stdout, process.stderr]) out.on('error', () => {})
  const { url, drop } = await freshDatabase()
  const name = new URL(url).pathname.slice(1)
  const apart = copy ? { logged: at(url, `${name}_logged`), unlogged: at(url, `${name}_unlogged`) } : undefined
  const client = new pg.Client({ connectionString: url })
  const dropAll = async () => {
    for (const one of Object.values(apart ?? {}))
      await administer(url, `drop database if exists "${new URL(one).pathname.slice(1)}" with (force)`)
    await drop()
  }
  try {
    await filled(url, patients)
    for (const one of Object.values(apart ?? {})) await copyTo(url, one)
    if (apart) await administer(apart.unlogged, 'alter table resource_version drop constraint resource_version_logged')
    const database = await openDatabase({ url })
    await client.connect()
    const { rows } = await client.query('select pg_backend_pid() as pid')
    const close = async () => {
      await client.end()
      await database.close()
      await dropAll()
    }
    return { url, database, client, backend: rows[0].pid, close, ...(apart && { apart }) }
  } catch (error) {
    await client.end().catch(() => {})
    await dropAll()
    throw error
  }
}

async function filled(url: string, patients: number): Promise<void> {
  const database = await openDatabase({ url })
  try {
    await populate(database, patients)
  } finally {
    await database.close()
  }
  await administer(url, 'vacuum analyze')
}

/** Nobody may be connected to a database that is copied. */
async function copyTo(url: string, copy: string): Promise<void> {
  const [from, to] = [url, copy].map((one) => new URL(one).pathname.slice(1))
  await administer(at(url, 'template1'), `create database "${to}" template "${from}"`)
}

async function freshDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const given = process.env.BENCH_DATABASE_URL
  if (given) {
    const name = `healthchain_bench_${randomBytes(4).toString('hex')}`
    await administer(given, `create database ${name}`)
    return { url: at(given, name), drop: () => administer(given, `drop database ${name} with (force)`) }
  }
  const dataDir = mkdtempSync(join(tmpdir(), 'healthchain-bench-'))
  const cluster = await openCluster({ dataDir })
  const drop = async () => {
    await cluster.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
  return { url: cluster.url, drop }
}

async function administer(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(sql).finally(() => client.end())
}

async function populate(database: Database, patients: number): Promise<void> {
  const progress = makeProgress('Building', patients * (1 + CONSENTS + EACH), () => performance.now())
  try {
    await build(database, patients, EACH, (count) => progress.update(count, count))
  } finally {
    progress.stop()
  }
}
