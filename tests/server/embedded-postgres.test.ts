// The guarantees of src/server/embedded-postgres.ts, each against real PostgreSQL and real processes.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { exclusively } from '../../src/server/embedded/lock.ts'
import { residents, signal } from '../../src/server/embedded/processes.ts'
import { copyPrograms, findPrograms, linkLibraries } from '../../src/server/embedded/programs.ts'
import { run } from '../../src/server/embedded/run.ts'
import { type Cluster, openCluster } from '../../src/server/embedded-postgres.ts'

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

const root = process.getuid?.() === 0
const folders: string[] = []
const processes: ChildProcess[] = []
let template: string

const folder = () => {
  const path = mkdtempSync(join(tmpdir(), 'healthchain-'))
  folders.push(path)
  return path
}
/** A DATA_DIR with a cluster that was made once, filled with table `t` and stopped. */
const copied = () => {
  const path = folder()
  execFileSync('cp', ['-a', `${template}/.`, path])
  return path
}
const data = (dataDir: string) => join(dataDir, 'postgres', 'data')
const pidOf = (dataDir: string) => Number(readFileSync(join(data(dataDir), 'postmaster.pid'), 'utf8').split('\n')[0])
const running = async (dataDir: string) => (await residents(data(dataDir))).size > 0

async function until(what: () => boolean | Promise<boolean>) {
  for (let waited = 0; !(await what()); waited += 5) {
    if (waited > 15_000) throw new Error(`waited in vain: ${what}`)
    await pause(5)
  }
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat()
  } finally {
    await client.end()
  }
}

const MODULE = fileURLToPath(new URL('../../src/server/embedded-postgres.ts', import.meta.url))
const USER = `
  const { openCluster } = await import(${JSON.stringify(MODULE)})
  try {
    const cluster = await openCluster({ dataDir: process.argv[1], onProgress: (line) => console.log('- ' + line) })
    console.log(cluster.url)
    process.stdin.once('data', async () => { await cluster.stop(); process.exit() })
  } catch (error) { console.log('! ' + error.code + ' ' + error.message); process.exit() }`

/** Another process that opens the cluster. */
function user(dataDir: string, options: { detached?: boolean; uid?: number } = {}) {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', USER, dataDir], {
    stdio: ['pipe', 'pipe', 'inherit'],
    cwd: '/',
    ...options,
  })
  processes.push(child)
  const said: string[] = []
  const opened = new Promise<string>((resolve, reject) => {
    const lines = createInterface(child.stdout!)
    lines.on('line', (line) => (line.startsWith('postgres:') ? resolve(line) : said.push(line)))
    lines.on('close', () => reject(new Error(said.join('\n') || 'ended')))
  })
  opened.catch(() => {})
  const ended = once(child, 'exit')
  return {
    said,
    opened,
    child,
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
    async stop() {
      child.stdin!.write('stop\n')
      await ended
    },
  }
}

beforeAll(async () => {
  template = folder()
  const cluster = await openCluster({ dataDir: template })
  await query(cluster.url, 'CREATE TABLE t AS SELECT 42 AS n')
  await cluster.stop()
})

afterEach(async () => {
  for (const child of processes.splice(0)) child.kill('SIGKILL')
  for (const path of folders.filter((path) => path !== template)) {
    for (const pid of await residents(data(path))) signal(pid, 'SIGQUIT')
    await until(async () => !(await running(path)))
    rmSync(path, { recursive: true, force: true })
    folders.splice(folders.indexOf(path), 1)
  }
})
afterAll(() => rmSync(template, { recursive: true, force: true }))

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

describe('after a crash', () => {
  it('recovers what was committed when the postmaster was killed, even under a busy server process', async () => {
    const dataDir = copied()
    const { url, stop } = await openCluster({ dataDir })
    await query(url, 'INSERT INTO t VALUES (43)')
    // Does not look up to notice that its postmaster is gone.
    query(url, 'SELECT count(*) FROM generate_series(1, 100000000000)').catch(() => {})
    await until(
      async () =>
        Number((await query(url, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%series%'"))[0]) > 1,
    )
    const before = pidOf(dataDir)
    process.kill(before, 'SIGKILL')
    await until(async () => !(await residents(data(dataDir))).has(before))
    const again = await openCluster({ dataDir })
    expect(again.url).toBe(url)
    expect(await query(again.url, 'SELECT n FROM t ORDER BY n')).toEqual([42, 43])
    expect(pidOf(dataDir)).not.toBe(before)
    await stop()
    expect(await running(dataDir)).toBe(true)
    await again.stop()
    expect(await running(dataDir)).toBe(false)
  })

  it('adopts the cluster of a killed process', async () => {
    const dataDir = copied()
    const killed = user(dataDir)
    const url = await killed.opened
    const postmaster = pidOf(dataDir)
    await killed.kill()
    await pause(100)
    const cluster = await openCluster({ dataDir })
    expect(cluster.url).toBe(url)
    expect(pidOf(dataDir)).toBe(postmaster)
    await cluster.stop()
    expect(await running(dataDir)).toBe(false)
  })

  it('does not pass Ctrl-C in the terminal on to PostgreSQL', async () => {
    const dataDir = copied()
    const interrupted = user(dataDir, { detached: true })
    await interrupted.opened
    const postmaster = pidOf(dataDir)
    process.kill(-interrupted.child.pid!, 'SIGINT')
    await once(interrupted.child, 'exit')
    await pause(300)
    expect(await residents(data(dataDir))).toContain(postmaster)
  })

  it('starts over when the first start was killed half-way', async () => {
    const dataDir = folder()
    const killed = user(dataDir)
    const unfinished = () => readdirSync(join(dataDir, 'postgres')).find((name) => name.startsWith('data.init-'))
    await until(() => existsSync(join(dataDir, 'postgres')) && unfinished() !== undefined)
    await pause(150)
    await killed.kill()
    expect(existsSync(data(dataDir))).toBe(false)
    const left = unfinished()
    const cluster = await openCluster({ dataDir })
    expect(await query(cluster.url, 'SELECT current_database()')).toEqual(['healthchain'])
    await cluster.stop()
    expect(unfinished()).not.toBe(left)
  })

  const foreign = () => {
    // A process of the cluster's own user: PostgreSQL itself takes it for its predecessor and refuses to start.
    const { uid, gid } = statSync(data(template))
    const child = spawn('sleep', ['60'], root ? { uid, gid } : {})
    processes.push(child)
    return String(child.pid)
  }
  const lockFile = (pid: string) => `${pid}\n/nowhere\n1700000000\n28000\n\n127.0.0.1\n  1234567         5\nready   \n`

  it('starts, whatever a killed predecessor left in postmaster.pid', async () => {
    const dataDir = copied()
    const left = {
      'a process of the same user': lockFile(foreign()),
      'no process': lockFile('4194000'),
      nothing: '',
      'a half-written pid': '12',
      'no pid': 'x\u0000y\n',
    }
    for (const [what, content] of Object.entries(left)) {
      writeFileSync(join(data(dataDir), 'postmaster.pid'), content)
      const cluster = await openCluster({ dataDir })
      expect(await query(cluster.url, 'SELECT n FROM t'), what).toEqual([42])
      await cluster.stop()
    }
  })

  it('comes back when postmaster.pid was damaged under a running server', async () => {
    const dataDir = copied()
    const { url, stop } = await openCluster({ dataDir })
    await query(url, 'INSERT INTO t VALUES (43)')
    writeFileSync(join(data(dataDir), 'postmaster.pid'), '')
    const again = await openCluster({ dataDir })
    expect(await query(again.url, 'SELECT n FROM t ORDER BY n')).toEqual([42, 43])
    await Promise.all([stop(), again.stop()])
    expect(await running(dataDir)).toBe(false)
  })
})

describe('several processes', () => {
  it('share one cluster that one of them makes, though all start at the same moment', async () => {
    const dataDir = folder()
    const users = [user(dataDir), user(dataDir), user(dataDir)]
    const urls = await Promise.all(users.map(({ opened }) => opened))
    expect(new Set(urls).size).toBe(1)
    expect(users.flatMap(({ said }) => said).filter((line) => line.includes('Creating'))).toHaveLength(1)
    expect(readFileSync(join(dataDir, 'postgres', 'postgres.log'), 'utf8').match(/ready to accept/g)).toHaveLength(1)
    await Promise.all(users.map(({ stop }) => stop()))
    expect(await running(dataDir)).toBe(false)
  })

  it('leave it running until the last is gone, and a killed one does not count', async () => {
    const dataDir = copied()
    const [first, second, killed] = [user(dataDir), user(dataDir), user(dataDir)]
    await Promise.all([first.opened, second.opened, killed.opened])
    await first.stop()
    expect(await running(dataDir)).toBe(true)
    await killed.kill()
    expect(await query(await second.opened, 'SELECT n FROM t')).toEqual([42])
    await second.stop()
    expect(await running(dataDir)).toBe(false)
  })

  it('count a process that opened it twice until it has left twice', async () => {
    const dataDir = copied()
    const [one, two] = [await openCluster({ dataDir }), await openCluster({ dataDir })]
    const other = user(dataDir)
    await other.opened
    await other.stop()
    expect(await running(dataDir)).toBe(true)
    await one.stop()
    await one.stop()
    expect(await query(two.url, 'SELECT n FROM t')).toEqual([42])
    await two.stop()
    expect(await running(dataDir)).toBe(false)
  })

  it('come and go in any order', async () => {
    const dataDir = copied()
    const visit = async () => {
      const cluster: Cluster = await openCluster({ dataDir })
      expect(await query(cluster.url, 'SELECT n FROM t')).toEqual([42])
      await cluster.stop()
    }
    await Promise.all(Array.from({ length: 8 }, visit))
    expect(await running(dataDir)).toBe(false)
  })

  it('are not held up by one that was killed inside the lock', async () => {
    const file = join(folder(), 'lock')
    writeFileSync(file, '')
    const lock = fileURLToPath(new URL('../../src/server/embedded/lock.ts', import.meta.url))
    const code = `const { exclusively } = await import(${JSON.stringify(lock)})
      await exclusively(process.argv[1], () => {}, async () => { console.log('in'); setInterval(() => {}, 1e6); await new Promise(() => {}) })`
    const holder = spawn(process.execPath, ['--input-type=module', '--eval', code, file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    processes.push(holder)
    await once(holder.stdout!, 'data')
    const inside: string[] = []
    const mine = exclusively(
      file,
      () => {},
      async () => inside.push('we'),
    )
    await pause(200)
    expect(inside).toEqual([])
    holder.kill('SIGKILL')
    await mine
    expect(inside).toEqual(['we'])
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

  it.runIf(root)('a DATA_DIR of root, to an ordinary user', async () => {
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
