// DATA_DIR/postgres, the folder that HealthChain itself keeps: locks, password, port, log, and as a rule the cluster.
// Everything but the cluster belongs to the owner of this folder, also when root works in an ordinary user's folder.
import { constants } from 'node:fs'
import { chmod, lstat, mkdir, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { HealthChainError } from '../../kernel/errors.ts'
import { newId, newSecret } from '../../kernel/random.ts'
import { failure } from './run.ts'

export interface Home {
  /** Free of symbolic links, so that every process gives the folder the same name. */
  readonly path: string
  /** Held while somebody opens or closes the cluster. */
  readonly lock: string
  /** Held shared by each process that uses the cluster. */
  readonly users: string
  readonly password: string
  readonly port: string
  readonly log: string
  /** Names the folder with the cluster where that cannot lie here, see place.ts. */
  readonly location: string
}

export const isRoot = (): boolean => process.getuid?.() === 0

/** Makes the folder if it is missing. @throws HealthChainError when it cannot be made or is somebody else's */
export async function openHome(dataDir: string): Promise<Home> {
  try {
    await mkdir(dataDir, { recursive: true })
    const path = join(await realpath(dataDir), 'postgres')
    await makeFolder(path)
    await ownOrThrow(path)
    const home = {
      path,
      lock: join(path, 'lock'),
      users: join(path, 'users'),
      password: join(path, 'password'),
      port: join(path, 'port'),
      log: join(path, 'postgres.log'),
      location: join(path, 'location.json'),
    }
    for (const file of [home.lock, home.users]) await makeLockFile(file)
    return home
  } catch (error) {
    throw failure(`Opening the data folder ${dataDir}`, error)
  }
}

async function makeFolder(path: string) {
  try {
    await mkdir(path)
    // Others may pass to a folder they own inside, and neither list nor read anything.
    await chmod(path, 0o711)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

/** @throws HealthChainError that says what to do when `path` is another user's and we are not root */
export async function ownOrThrow(path: string): Promise<void> {
  const { uid } = await stat(path)
  const me = process.getuid?.()
  if (isRoot() || uid === me) return
  throw new HealthChainError(
    'fault',
    'database-owner',
    `${path} belongs to ${uid === 0 ? 'root' : `user ${uid}`}, this process runs as user ${me}. ` +
      'Run HealthChain as that user, or set DATA_DIR to another folder, ' +
      `or take it over for good while HealthChain is stopped: sudo chown -R ${me} ${path}`,
  )
}

/** Opens a file of the home, mode 0600, following no symbolic link; it gets the owner of the folder. */
export async function openOwn(file: string, flags: number) {
  const handle = await open(file, flags | constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW, 0o600)
  if (isRoot()) {
    const { uid, gid } = await stat(dirname(file))
    await handle.chown(uid, gid)
  }
  return handle
}

// Only a missing file is opened: closing one that this process holds locked would drop the lock (lock.ts).
async function makeLockFile(file: string) {
  try {
    await (await openOwn(file, constants.O_EXCL)).close()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

/** Replaces a small file, durably and in one step. */
export async function keep(file: string, content: string): Promise<void> {
  const draft = `${file}.${newId()}`
  const handle = await openOwn(draft, constants.O_EXCL)
  try {
    await handle.writeFile(content)
    await handle.sync()
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  } finally {
    await handle.close()
  }
}

/** Makes the names in a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The password of role `healthchain`; hexadecimal, so it needs no escaping in SQL or in a URL. */
export async function readPassword(home: Home, clusterExists: boolean): Promise<string> {
  const known = (await readFile(home.password, 'utf8').catch(() => '')).trim()
  if (/^[0-9a-f]{48}$/.test(known)) return known
  if (clusterExists) {
    throw new HealthChainError(
      'fault',
      'database-password',
      `The database password in ${home.password} is missing or damaged. Restore that file from a backup.`,
    )
  }
  const fresh = newSecret(24).toString('hex')
  await keep(home.password, `${fresh}\n`)
  return fresh
}

export const exists = async (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  )
