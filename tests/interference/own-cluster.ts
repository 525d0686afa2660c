// A PostgreSQL of its own with the migrated template in it, for runs from the command line.
import { rmSync } from 'node:fs'
import pg from 'pg'
import { openCluster } from '../../src/server/embedded-postgres.ts'
import { openDatabase } from '../../src/store/database.ts'
import { at, TEMPLATE } from '../support/cluster.ts'
import { makeDataDir } from '../support/data-dir.ts'
import type { Cluster } from './databases.ts'

export async function withCluster(work: (cluster: Cluster) => Promise<number>): Promise<never> {
  const dataDir = makeDataDir()
  const cluster = await openCluster({ dataDir })
  const client = new pg.Client({ connectionString: cluster.url })
  await client.connect()
  await client.query(`create database ${TEMPLATE}`)
  await client.end()
  await (await openDatabase({ url: at(cluster.url, TEMPLATE) })).close()
  try {
    process.exitCode = await work(cluster)
  } finally {
    await cluster.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
  process.exit()
}
