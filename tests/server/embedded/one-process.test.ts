// The guarantees of src/server/embedded-postgres.ts to one process, against real PostgreSQL.
import { execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { copyPrograms, findPrograms, linkLibraries } from '../../../src/server/embedded/programs.ts'
import { run } from '../../../src/server/embedded/run.ts'
import { openCluster } from '../../../src/server/embedded-postgres.ts'
import { copied, data, folder, query, root, running, template, until, user } from './clusters.ts'

describe('one process', () => {
  it('makes a cluster, and finds everything again at the same address', async () => {
    const dataDir = folder()
    const first = await openCluster({ dataDir })
    const superuser = "SELECT rolsuper FROM pg_roles WHERE rolname = 'healthchain'"
    expect(await query(first.url, superuser)).toEqual([false])
    const locale = 'SELECT pg_encoding_to_char(encoding), datlocprovider, datlocale FROM pg_database'
    expect(await query(first.url, `${locale} WHERE datname = 'healthchain'`)).toEqual(['UTF8', 'b', 'C.UTF-8'])
    await query(first.url, 'CREATE EXTENSION pg_trgm')
    await query(first.url, 'CREATE TABLE t AS SELECT 1 AS n')
    await first.stop()
    expect(await running(dataDir)).toBe(false)
    const second = await openCluster({ dataDir })
    expect(await query(second.url, 'SELECT n FROM t')).toEqual([1])
    expect(second.url).toBe(first.url)
    await second.stop()
  })

  it('keeps its secrets to its user, and asks for the password on every door', async () => {
    const dataDir = copied()
    const cluster = await openCluster({ dataDir })
    expect(statSync(join(dataDir, 'postgres', 'password')).mode & 0o777).toBe(0o600)
    expect(statSync(data(dataDir)).mode & 0o777).toBe(0o700)
    const [settings] = await query(
      cluster.url,
      `SELECT array_agg(current_setting(name)::text) FROM
         unnest('{listen_addresses,fsync,synchronous_commit,jit,log_statement}'::text[]) AS name`,
    )
    expect(settings).toEqual(['127.0.0.1', 'on', 'on', 'off', 'none'])
    const { port, password } = new URL(cluster.url)
    for (const host of ['127.0.0.1', encodeURIComponent(data(dataDir))]) {
      expect(await query(`postgres://healthchain:${password}@${host}:${port}/healthchain`, 'SELECT 1')).toEqual([1])
      await expect(query(`postgres://healthchain:wrong@${host}:${port}/healthchain`, 'SELECT 1')).rejects.toThrow(
        /password/,
      )
      await expect(query(`postgres://postgres:${password}@${host}:${port}/postgres`, 'SELECT 1')).rejects.toThrow(
        /pg_hba/,
      )
    }
    await cluster.stop()
  })

  it('writes no personal data to the log, not even when a statement kills its server process', async () => {
    const dataDir = copied()
    const { url, stop } = await openCluster({ dataDir })
    await query(url, 'CREATE TABLE person (name text PRIMARY KEY)')
    await query(url, "INSERT INTO person VALUES ('Marguerite')")
    await expect(query(url, "INSERT INTO person VALUES ('Marguerite')")).rejects.toThrow(/duplicate/)
    await expect(query(url, "SELECT 'Marguerite'::int")).rejects.toThrow(/invalid input/)
    const crash = query(url, "SELECT pg_sleep(60), 'Marguerite'")
    crash.catch(() => {})
    const asleep = "SELECT pid FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()"
    await until(async () => (await query(url, asleep)).length === 1)
    process.kill((await query(url, asleep))[0] as number, 'SIGKILL')
    await expect(crash).rejects.toThrow()
    const log = () => readFileSync(join(dataDir, 'postgres', 'postgres.log'), 'utf8')
    await until(() => /terminated by signal 9/.test(log()) && log().split('ready to accept').length > 3)
    await stop()
    expect(log()).not.toMatch(/Marguerite|person/)
  })

  it('takes another port when its own is taken', async () => {
    const dataDir = copied()
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as { port: number }
    writeFileSync(join(dataDir, 'postgres', 'port'), `${port}\n`)
    const cluster = await openCluster({ dataDir })
    expect(new URL(cluster.url).port).not.toBe(String(port))
    expect(await query(cluster.url, 'SELECT n FROM t')).toEqual([42])
    await cluster.stop()
    taken.close()
  })

  it('falls back to the loopback address where a name is too long for a socket', async () => {
    const dataDir = join(folder(), 'x'.repeat(100))
    if (root) execFileSync('chmod', ['711', join(dataDir, '..')])
    execFileSync('cp', ['-a', template, dataDir])
    const cluster = await openCluster({ dataDir })
    expect(cluster.url).toContain('@127.0.0.1:')
    expect(await query(cluster.url, 'SELECT n FROM t')).toEqual([42])
    await cluster.stop()
  })

  it('runs without the links that install scripts make, also from its copy of the programs', async () => {
    const place = folder()
    const copy = await copyPrograms(await findPrograms(), place)
    expect(existsSync(join(copy.native, 'lib', 'libpq.so.5'))).toBe(false)
    const libraries = await linkLibraries(copy, place)
    expect(await run(copy.initdb, ['--version'], { libraries })).toMatchObject({ code: 0 })
    expect(await run(copy.postgres, ['--version'], { libraries })).toMatchObject({ code: 0 })
    expect(await copyPrograms(await findPrograms(), place)).toEqual(copy)
  })
})

describe('what it refuses, saying what to do', () => {
  const refusal = (dataDir: string) =>
    openCluster({ dataDir }).then(
      () => expect.unreachable(),
      (error) => error,
    )

  it('a cluster of another major version, which stays as it is', async () => {
    const dataDir = copied()
    writeFileSync(join(data(dataDir), 'PG_VERSION'), '17\n')
    expect(await refusal(dataDir)).toMatchObject({ code: 'database-version', message: /PostgreSQL 17.*18.*pg_upgrade/ })
    writeFileSync(join(data(dataDir), 'PG_VERSION'), '18\n')
    const cluster = await openCluster({ dataDir })
    expect(await query(cluster.url, 'SELECT n FROM t')).toEqual([42])
    await cluster.stop()
  })

  it('a cluster whose password is gone', async () => {
    const dataDir = copied()
    rmSync(join(dataDir, 'postgres', 'password'))
    expect(await refusal(dataDir)).toMatchObject({ code: 'database-password', message: /Restore/ })
    writeFileSync(join(dataDir, 'postgres', 'password'), `${'0'.repeat(48)}\n`)
    expect(await refusal(dataDir)).toMatchObject({ message: /not the password of this cluster/ })
  })

  it('a cluster that PostgreSQL cannot read, with the end of its log', async () => {
    const dataDir = copied()
    rmSync(join(data(dataDir), 'global', 'pg_control'))
    expect(await refusal(dataDir)).toMatchObject({ code: 'database-unavailable', message: /pg_control/ })
  })

  it('a DATA_DIR that is a file', async () => {
    const file = join(folder(), 'file')
    writeFileSync(file, '')
    expect(await refusal(file)).toMatchObject({ code: 'database-unavailable' })
  })

  // Where the project itself lies in a closed folder, an ordinary user cannot even start the program.
  const enterable = () => spawnSync(process.execPath, ['--version'], { uid: 65_534, cwd: '/' }).status === 0
  it.runIf(root && enterable())('a DATA_DIR of root, to an ordinary user', async () => {
    const dataDir = copied()
    execFileSync('chmod', ['711', dataDir])
    const other = user(dataDir, { uid: 65_534 })
    await expect(other.opened).rejects.toThrow(/database-owner .*belongs to root.*Run HealthChain as that user/)
  })

  it('to outlive a removed DATA_DIR', async () => {
    const dataDir = copied()
    const cluster = await openCluster({ dataDir })
    rmSync(dataDir, { recursive: true })
    await cluster.stop()
    expect(await running(dataDir)).toBe(false)
  })
})

describe.runIf(root)('as root, in a folder that no other user may enter', () => {
  const SYSTEM = '/var/lib/healthchain'
  const there = () => (existsSync(SYSTEM) ? readdirSync(SYSTEM) : [])
  const existed = existsSync(SYSTEM)
  const before = new Set(there())
  afterAll(() => {
    if (!existed) rmSync(SYSTEM, { recursive: true, force: true })
    for (const name of there()) if (!before.has(name)) rmSync(join(SYSTEM, name), { recursive: true, force: true })
  })

  it('keeps the cluster elsewhere, bound to this DATA_DIR alone', async () => {
    const closed = folder()
    const dataDir = join(closed, 'data')
    const first = await openCluster({ dataDir })
    await query(first.url, 'CREATE TABLE t (n int)')
    await first.stop()
    const { directory } = JSON.parse(readFileSync(join(dataDir, 'postgres', 'location.json'), 'utf8'))
    expect(directory).toMatch(/^\/var\/lib\/healthchain\/[0-9a-f-]{36}$/)

    execFileSync('cp', ['-a', dataDir, join(closed, 'copy')])
    await expect(openCluster({ dataDir: join(closed, 'copy') })).rejects.toMatchObject({ code: 'database-copied' })

    execFileSync('mv', [dataDir, join(closed, 'moved')])
    const moved = await openCluster({ dataDir: join(closed, 'moved') })
    expect(await query(moved.url, 'SELECT n FROM t')).toEqual([])
    await moved.stop()

    const fresh = await openCluster({ dataDir })
    await expect(query(fresh.url, 'SELECT n FROM t')).rejects.toThrow(/does not exist/)
    await fresh.stop()

    rmSync(directory, { recursive: true })
    await expect(openCluster({ dataDir: join(closed, 'moved') })).rejects.toMatchObject({ code: 'database-lost' })
  })

  it('opens DATA_DIR itself to the account that PostgreSQL runs as, and to nobody else', async () => {
    const dataDir = folder()
    mkdirSync(join(dataDir, 'private'))
    const cluster = await openCluster({ dataDir })
    await cluster.stop()
    expect(existsSync(data(dataDir))).toBe(true)
    expect(statSync(dataDir).mode & 0o777).toBe(0o710)
    expect(statSync(dataDir).gid).toBe(statSync(data(dataDir)).gid)
  })
})
