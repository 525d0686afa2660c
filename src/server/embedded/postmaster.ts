// Brings the cluster's one postmaster up, adopting a running one, and takes it down. The caller holds the lock.
// It is started directly, not by pg_ctl: that looks ten times a second only, and we want its exit and its log as ours.
// In a session of its own, so that neither Ctrl-C in our terminal nor our death reaches it.
import { spawn } from 'node:child_process'
import { constants } from 'node:fs'
import { readdir, readFile, readlink, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { elapsed } from '../../kernel/clock.ts'
import { HealthChainError } from '../../kernel/errors.ts'
import { newSecret } from '../../kernel/random.ts'
import { answers, urlOf } from './connection.ts'
import { exists, type Home, keep, openOwn } from './home.ts'
import { tryLock } from './lock.ts'
import type { Place } from './place.ts'
import { type PidFile, readPidFile, residents, signal } from './processes.ts'
import { environment, failure } from './run.ts'
import { guarantees } from './settings.ts'

const STEP = 10
const LOG_LIMIT = 10 * 2 ** 20
/** After this long without a postmaster.pid that names one of them, processes of a cluster have lost their postmaster. */
const ORPHANED = 3_000
/** Recovery after a crash of the machine may take minutes. */
const PATIENCE = 600_000
const PORT_TRIES = 10

export interface Bringing {
  readonly home: Home
  readonly place: Place
  readonly password: string
  readonly libraries: () => Promise<string | undefined>
  readonly say: (line: string) => void
}

/** Returns the port at which the cluster answers. */
export async function bringUp(b: Bringing): Promise<number> {
  const { data } = b.place
  const endOrphans = orphanWatch()
  const said = sayer(b, 'Waiting for the running PostgreSQL: it is starting, recovering or shutting down.')
  for (const began = elapsed(); elapsed() - began < PATIENCE; await pause(STEP)) {
    const file = await readPidFile(data)
    const living = await residents(data)
    if (living.size === 0) return start(b)
    if (endOrphans(file, living) && (await ready(b, file))) return file!.port
    said()
  }
  throw new HealthChainError(
    'busy',
    'database-not-ready',
    `PostgreSQL runs but has not become ready. See ${b.home.log}, and start again when it says "ready".`,
  )
}

const ready = async ({ place, password }: Bringing, file: PidFile | undefined): Promise<boolean> =>
  file?.ready === true && (await answers(urlOf(place.data, file.port, password)))

/** Says a line every five seconds. */
function sayer({ say }: Bringing, line: string): () => void {
  let last = elapsed()
  return () => {
    if (elapsed() - last < 5_000) return
    last = elapsed()
    say(line)
  }
}

/**
 * Children of a killed postmaster finish their statement first, which may take long; a postmaster whose postmaster.pid
 * was damaged ends itself within a minute. Both are ended sooner, without a word (quickdie); recovery follows.
 * The function returns whether there is a postmaster.
 */
function orphanWatch(): (file: PidFile | undefined, living: Set<number>) => boolean {
  let since: number | undefined
  return (file, living) => {
    if (file && living.has(file.pid)) {
      since = undefined
      return true
    }
    since ??= elapsed()
    if (elapsed() - since > ORPHANED) for (const pid of living) signal(pid, 'SIGQUIT')
    return false
  }
}

/** Nobody serves the cluster. */
async function start(b: Bringing): Promise<number> {
  const [recorded = '', lastSeen] = (await readFile(b.home.port, 'utf8').catch(() => '')).trim().split(' ')
  const here = await readlink('/proc/self/ns/pid').catch(() => 'only')
  refuseElsewhere(b.home, here, lastSeen)
  await removeStale(b.place.data)
  const libraries = await b.libraries()
  let port = Number(recorded) || randomPort()
  for (let tries = 1; ; tries++) {
    await keep(b.home.port, `${port} ${here}\n`)
    const trouble = await startAt(b, port, libraries)
    if (trouble === undefined) return port
    if (!trouble.includes('could not create any TCP/IP sockets') || tries === PORT_TRIES) {
      throw failure('Starting PostgreSQL', trouble)
    }
    port = randomPort()
  }
}

// Below the range that systems hand out to outgoing connections, so that the port is still free next time.
const randomPort = (): number => 20_000 + (newSecret(2).readUInt16BE() % 12_000)

/**
 * Containers that share DATA_DIR do not see each other's processes, so PostgreSQL's own check would let two of them
 * write to one cluster. They do see each other's locks.
 */
function refuseElsewhere(home: Home, here: string, lastSeen: string | undefined) {
  if (lastSeen === undefined || lastSeen === here) return
  const alone = tryLock(home.users, 'exclusive')
  if (alone) return alone.release()
  throw new HealthChainError(
    'busy',
    'database-elsewhere',
    `${home.path} is in use by HealthChain in another container. Stop that one first, ` +
      'or give both the same DATABASE_URL instead of a shared DATA_DIR.',
  )
}

/**
 * Leftovers of a postmaster that was killed. PostgreSQL copes with most, but refuses to start when the pid belongs to
 * some other process by now, or when the file is empty. Nobody serves the cluster, so removing them is safe.
 */
export async function removeStale(data: string): Promise<void> {
  for (const name of await readdir(data)) {
    if (name === 'postmaster.pid' || name.startsWith('.s.PGSQL.')) await rm(join(data, name), { force: true })
  }
}

/** Undefined when PostgreSQL answers; when it ended instead, what it said. */
async function startAt(b: Bringing, port: number, libraries: string | undefined): Promise<string | undefined> {
  const { place, home } = b
  const size = (await stat(home.log).catch(() => undefined))?.size ?? 0
  if (size > LOG_LIMIT) await rename(home.log, `${home.log}.1`)
  const log = await openOwn(home.log, constants.O_APPEND)
  try {
    const { size: before } = await log.stat()
    const settings = Object.entries(guarantees(place.data, port)).map(([name, value]) => `--${name}=${value}`)
    const child = spawn(place.programs.postgres, ['-D', place.data, ...settings], {
      cwd: '/',
      env: environment(libraries),
      stdio: ['ignore', log.fd, log.fd],
      detached: true,
      ...place.account,
    })
    let ended: string | undefined
    child.on('error', (error) => (ended = error.message))
    child.on('exit', (code, by) => (ended = `PostgreSQL ended (${by ?? `code ${code}`}).`))
    child.unref()
    await untilReady(b, () => ended !== undefined)
    return ended && `${(await readFile(home.log)).subarray(before)}\n${ended}`
  } finally {
    await log.close()
  }
}

async function untilReady(b: Bringing, ended: () => boolean) {
  const said = sayer(b, `PostgreSQL is recovering what was not yet in its data files, see ${b.home.log}`)
  for (const began = elapsed(); !ended(); await pause(STEP)) {
    if (await ready(b, await readPidFile(b.place.data))) return
    if (elapsed() - began > PATIENCE) throw failure('Starting PostgreSQL', 'It has not become ready for ten minutes.')
    said()
  }
}

/** Ends the cluster in order ("fast": transactions are rolled back, a checkpoint is written) and waits for it. */
export async function shutDown(data: string): Promise<void> {
  const endOrphans = orphanWatch()
  const told = new Set<number>()
  for (const began = elapsed(); elapsed() - began < PATIENCE; await pause(STEP)) {
    const living = await residents(data)
    if (living.size === 0) return
    const file = await readPidFile(data)
    // The folder may have been removed under a running server, which then has nothing left to save.
    if (!(await exists(data))) for (const pid of living) signal(pid, 'SIGQUIT')
    else if (endOrphans(file, living) && file && !told.has(file.pid)) {
      signal(file.pid, 'SIGINT')
      told.add(file.pid)
    }
  }
  throw failure('Stopping PostgreSQL', 'It has not ended for ten minutes.')
}
