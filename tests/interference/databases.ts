// Databases of a run: made from the migrated template, copied, dropped. Needs a cluster and no test runner.
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { SERVING } from '../../src/store/roles.ts'
import { at, COPY, TEMPLATE } from '../support/cluster.ts'

export interface Cluster {
  /** Of a database whose owner may create others. */
  readonly url: string
}

async function administer({ url }: Cluster, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

/** Tries again while somebody is in the way: another copy of the template, a vacuum that the owner may not end. */
async function persistently(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (attempt >= 50) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}

/** Name of a copy of a database that nobody uses. */
export async function copyDatabase(cluster: Cluster, from: string = TEMPLATE): Promise<string> {
  const name = `t_${randomBytes(6).toString('hex')}`
  await persistently(() => administer(cluster, `create database ${name} template ${from} ${COPY}`))
  return name
}

export const dropDatabase = (cluster: Cluster, name: string): Promise<void> =>
  persistently(() => administer(cluster, `drop database if exists ${name} with (force)`))

/** A copy, with its tables up to date, as the role that serves. */
export const opened = ({ url }: Cluster, name: string): Promise<Database> =>
  openDatabase({ url: at(url, name), poolSize: 6, role: SERVING, migrate: false })

/** A client of the owner, who may do what the server may not. */
export async function owner<T>({ url }: Cluster, name: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: at(url, name) })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
