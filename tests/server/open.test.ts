// Who connects as whom: one login for all, or one that may only serve beside the owner's.
import { execFileSync } from 'node:child_process'
import { appendFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cluster, openCluster } from '../../src/server/embedded-postgres.ts'
import { type Opened, open } from '../../src/server/open.ts'
import type { Database } from '../../src/store/database.ts'
import { ISSUER, SERVING } from '../../src/store/roles.ts'
import { makeDataDir } from '../support/data-dir.ts'

const who = 'select current_user::text as role, session_user::text as login'
const ask = async (database: Database, sql: string) => (await database.query<object>({ sql, parameters: [] }))[0]

let dataDir: string
let cluster: Cluster
let restricted: string
beforeAll(async () => {
  dataDir = makeDataDir()
  if (process.getuid?.() === 0) execFileSync('chmod', ['711', dataDir])
  // A second login needs a door.
  await (await openCluster({ dataDir })).stop()
  appendFileSync(join(dataDir, 'postgres', 'data', 'pg_hba.conf'), 'local all hospital scram-sha-256\n')
  cluster = await openCluster({ dataDir })
  await (await open({ dataDir }, () => {})).close()
  const client = new pg.Client({ connectionString: cluster.url })
  await client.connect()
  await client.query(`create role hospital login password 'secret'; grant ${SERVING} to hospital`)
  await client.end()
  const url = new URL(cluster.url)
  url.username = 'hospital'
  url.password = 'secret'
  restricted = url.href
})
afterAll(async () => {
  await cluster.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

async function opened(work: (opened: Opened) => Promise<void>, ...[config]: Parameters<typeof open>) {
  const one = await open(config, () => {})
  await work(one).finally(() => one.close())
}

describe('logins', () => {
  test('one for all: each pool is held to its role', async () => {
    await opened(
      async ({ database, accounts, asOwner }) => {
        expect(await ask(database, who)).toEqual({ role: SERVING, login: 'healthchain' })
        expect(await ask(accounts, who)).toEqual({ role: ISSUER, login: 'healthchain' })
        expect(await asOwner((owner) => ask(owner, who))).toEqual({ role: 'healthchain', login: 'healthchain' })
      },
      { databaseUrl: cluster.url, dataDir },
      () => {},
    )
  })

  test('one that may only serve, beside the owner: no way leads from its pool to more', async () => {
    await opened(
      async ({ database, accounts, asOwner }) => {
        expect(await ask(database, who)).toEqual({ role: SERVING, login: 'hospital' })
        for (const sql of ['set role healthchain', `set role ${ISSUER}`, 'set session authorization healthchain'])
          await expect(ask(database, sql), sql).rejects.toMatchObject({ code: '42501' })
        expect(await ask(accounts, who)).toEqual({ role: ISSUER, login: 'healthchain' })
        expect(await asOwner((owner) => ask(owner, who))).toMatchObject({ login: 'healthchain' })
      },
      { databaseUrl: restricted, migrationDatabaseUrl: cluster.url, dataDir },
      () => {},
    )
  })

  test('one that may only serve, alone: it is told where the owner is missing', async () => {
    const refused = open({ databaseUrl: restricted, dataDir }, () => {})
    await expect(refused).rejects.toMatchObject({ code: 'not-owner', message: /MIGRATION_DATABASE_URL/ })
  })
})
