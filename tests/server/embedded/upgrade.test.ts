// A cluster of an earlier release, whose owner may not make the roles that serve, gets that right before it serves.
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { copyPrograms, findPrograms, linkLibraries, runnable } from '../../../src/server/embedded/programs.ts'
import { run } from '../../../src/server/embedded/run.ts'
import { openCluster } from '../../../src/server/embedded-postgres.ts'
import { migrateDatabase } from '../../../src/store/database.ts'
import { copied, data, pidOf, query, root, running, user } from './clusters.ts'

const MAY = "select rolcreaterole from pg_roles where rolname = 'healthchain'"
const marker = (dataDir: string) => join(dataDir, 'postgres', 'owner-rights')

/** What the superuser runs while no postmaster does. */
async function single(dataDir: string, sql: string) {
  const { uid, gid } = statSync(data(dataDir))
  const found = await findPrograms()
  // As the server does where folders above the clone are closed to that account, such as /root.
  const closed = root && !(await runnable(found, { uid, gid }))
  const programs = closed ? await copyPrograms(found, '/var/lib/healthchain') : found
  const libraries = await linkLibraries(programs, join(dataDir, 'postgres'))
  const ran = await run(programs.postgres, ['--single', '-D', data(dataDir), 'postgres'], {
    input: `${sql};\n`,
    ...(root && { account: { uid, gid } }),
    ...(libraries !== undefined && { libraries }),
  })
  expect(ran.code).toBe(0)
}

/** As the previous release made it. */
async function earlier(): Promise<string> {
  const dataDir = copied()
  await single(dataDir, 'ALTER ROLE healthchain NOCREATEROLE')
  rmSync(marker(dataDir))
  return dataDir
}

async function opened(dataDir: string) {
  const said: string[] = []
  const cluster = await openCluster({ dataDir, onProgress: (line) => said.push(line) })
  return { ...cluster, said }
}

describe('a cluster of an earlier release', () => {
  it('is upgraded once, with what it holds, and then serves', async () => {
    const dataDir = await earlier()
    const first = await opened(dataDir)
    expect(first.said).toEqual(['Upgrading the database cluster of an earlier release.'])
    expect(await query(first.url, MAY)).toEqual([true])
    expect(await query(first.url, 'SELECT n FROM t')).toEqual([42])
    await migrateDatabase(first.url)
    const roles = "select rolname from pg_roles where rolname like 'healthchain_%' and not rolcanlogin order by 1"
    expect(await query(first.url, roles)).toEqual(['healthchain_issuer', 'healthchain_serving'])
    await first.stop()
    const second = await opened(dataDir)
    expect(second.said).toEqual([])
    await second.stop()
  })

  it('is upgraded when a killed process left it running, and when PostgreSQL was killed too', async () => {
    const dataDir = await earlier()
    for (const how of ['the process', 'everything']) {
      const killed = user(dataDir)
      const url = await killed.opened
      await query(url, 'INSERT INTO t VALUES (43)')
      await killed.kill()
      if (how === 'everything') process.kill(pidOf(dataDir), 'SIGKILL')
      rmSync(marker(dataDir))
      const again = await opened(dataDir)
      expect(again.said.join('\n')).toContain('Upgrading')
      expect(await query(again.url, MAY)).toEqual([true])
      await again.stop()
    }
    const last = await opened(dataDir)
    expect(await query(last.url, 'SELECT n FROM t ORDER BY n')).toEqual([42, 43, 43])
    await last.stop()
  })

  it('is not taken from under a process of that release, which goes on', async () => {
    const dataDir = await earlier()
    const other = user(dataDir)
    const url = await other.opened
    rmSync(marker(dataDir))
    await expect(openCluster({ dataDir })).rejects.toMatchObject({ code: 'database-in-use', message: /Stop it/ })
    expect(await query(url, 'SELECT n FROM t')).toEqual([42])
    await other.stop()
    expect(await running(dataDir)).toBe(false)
  })

  it('is asked again when the upgrade was cut off', async () => {
    const dataDir = await earlier()
    await single(dataDir, 'ALTER ROLE healthchain CREATEROLE')
    const cluster = await opened(dataDir)
    expect(await query(cluster.url, MAY)).toEqual([true])
    await cluster.stop()
    expect(readFileSync(marker(dataDir), 'utf8')).toBe('createdb createrole\n')
  })
})

it('a new cluster has the right from the start', async () => {
  const dataDir = copied()
  expect(existsSync(marker(dataDir))).toBe(true)
  const cluster = await opened(dataDir)
  expect(cluster.said).toEqual([])
  expect(await query(cluster.url, MAY)).toEqual([true])
  await cluster.stop()
})

it('a login that may not make roles is told what an administrator must run, and nothing else happens', async () => {
  const dataDir = copied()
  await single(dataDir, 'ALTER ROLE healthchain NOCREATEROLE')
  const cluster = await opened(dataDir)
  const error = await migrateDatabase(cluster.url).catch((e) => e)
  expect(error.code).toBe('roles-missing')
  expect(error.message.split('\n').slice(1)).toEqual([
    '  create role healthchain_serving nologin role healthchain;',
    '  create role healthchain_issuer nologin role healthchain;',
  ])
  expect(await query(cluster.url, "select to_regclass('patient')::text")).toEqual([null])
  await cluster.stop()
  // The administrator does.
  for (const line of error.message.split('\n').slice(1)) await single(dataDir, line.replace(';', ''))
  const again = await opened(dataDir)
  await migrateDatabase(again.url)
  expect(await query(again.url, "select to_regclass('patient')::text")).toEqual(['patient'])
  await again.stop()
})
