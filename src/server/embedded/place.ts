// Where the cluster lies and who runs it. As an ordinary user: in DATA_DIR/postgres/data, as ourselves. PostgreSQL
// refuses to be root, so root needs an account that can reach the cluster and the programs, and where folders on the way
// are closed to every account (a clone inside /root), both go to /var/lib/healthchain.
import { chmod, chown, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { HealthChainError } from '../../kernel/errors.ts'
import { newId } from '../../kernel/random.ts'
import { canEnter, ownerOf, serviceAccount } from './account.ts'
import { exists, type Home, isRoot, keep, ownOrThrow, syncFolder } from './home.ts'
import { copyPrograms, type Programs, runnable } from './programs.ts'
import { type Account, failure } from './run.ts'

export interface Place {
  /** The folder that holds the cluster and what belongs to it; PostgreSQL's account may enter, not write. */
  readonly base: string
  /** PGDATA. Present only when complete. */
  readonly data: string
  /** Whom to run PostgreSQL as; undefined is ourselves. */
  readonly account?: Account
  readonly programs: Programs
}

type Say = (line: string) => void

/** For root, where nothing nearer can be used. */
const SYSTEM = '/var/lib/healthchain'
const BACKLINK = 'belongs-to'

const fault = (code: string, message: string) => new HealthChainError('fault', code, message)

export async function locate(home: Home, programs: Programs, say: Say): Promise<Place> {
  const elsewhere = await readLocation(home)
  if (!isRoot()) return ours(home, elsewhere, programs)
  if (elsewhere === undefined && !(await exists(join(home.path, 'data')))) return settle(home, programs, say)
  const base = elsewhere ?? home.path
  const data = join(base, 'data')
  return asRoot(base, (await exists(data)) ? await ownerOf(data) : await newOwner(home, say), programs)
}

// Root may have been called into an ordinary user's folder; that user shall be able to go on alone.
async function newOwner(home: Home, say: Say): Promise<Account> {
  const { uid, gid } = await stat(home.path)
  return uid === 0 ? serviceAccount(say) : { uid, gid }
}

async function ours(home: Home, elsewhere: string | undefined, programs: Programs): Promise<Place> {
  const base = elsewhere ?? home.path
  const data = join(base, 'data')
  if (await exists(data)) await ownOrThrow(data)
  return { base, data, programs }
}

async function asRoot(base: string, account: Account, programs: Programs): Promise<Place> {
  const data = join(base, 'data')
  if (!(await canEnter(base, account))) {
    throw fault(
      'database-unreachable',
      `PostgreSQL runs as user ${account.uid} here, which may not enter ${base}. ` +
        'Allow others to pass through the folders above it (chmod o+x), or run HealthChain as that user.',
    )
  }
  if (await runnable(programs, account)) return { base, data, account, programs }
  await makeSystemFolder()
  return { base, data, account, programs: await copyPrograms(programs, SYSTEM) }
}

/**
 * The first start as root. A cluster in the system folder is named by DATA_DIR/postgres/location.json alone, and names
 * that folder in turn: a removed DATA_DIR starts with an empty cluster, and a copied one cannot share.
 */
async function settle(home: Home, programs: Programs, say: Say): Promise<Place> {
  const account = await newOwner(home, say)
  if (await admits(dirname(home.path), home.path, account)) return asRoot(home.path, account, programs)
  try {
    await makeSystemFolder()
    await sweep(home, say)
    const base = join(SYSTEM, newId())
    await mkdir(base)
    await chmod(base, 0o711)
    await writeFile(join(base, BACKLINK), home.path)
    const why = 'PostgreSQL does not run as root, and its user may not enter this folder. The cluster is here instead:'
    await keep(home.location, `${JSON.stringify({ why, directory: base }, null, 2)}\n`)
    say(`The cluster goes to ${base}: no user but root may enter ${home.path}.`)
    return await asRoot(base, account, programs)
  } catch (error) {
    throw failure(`Preparing ${SYSTEM} (no user but root may enter ${home.path})`, error)
  }
}

/** Lets the account pass through DATA_DIR, which is ours to open: by group, if no group has rights there yet. */
async function admits(dataDir: string, folder: string, account: Account): Promise<boolean> {
  if (await canEnter(folder, account)) return true
  const { uid, gid, mode } = await stat(dataDir)
  if (uid !== 0 || (mode & 0o070) !== 0) return false
  await chown(dataDir, uid, account.gid)
  await chmod(dataDir, (mode & 0o7777) | 0o010)
  if (await canEnter(folder, account)) return true
  await chown(dataDir, uid, gid)
  await chmod(dataDir, mode & 0o7777)
  return false
}

async function makeSystemFolder() {
  if (await mkdir(SYSTEM, { recursive: true })) await chmod(SYSTEM, 0o755)
}

/** What earlier lives of this DATA_DIR left: an unfinished cluster is removed, a finished one only pointed out. */
async function sweep(home: Home, say: Say) {
  for (const name of await readdir(SYSTEM)) {
    const base = join(SYSTEM, name)
    if ((await readFile(join(base, BACKLINK), 'utf8').catch(() => '')) !== home.path) continue
    if (await exists(join(base, 'data'))) {
      say(`${base} holds the data of an earlier ${home.path}. If nobody needs it: rm -rf ${base}`)
    } else await rm(base, { recursive: true, force: true }).catch(() => {})
  }
}

async function readLocation(home: Home): Promise<string | undefined> {
  if (!(await exists(home.location))) return undefined
  const base = await directoryIn(home.location)
  if (!base || !(await exists(join(base, BACKLINK)))) {
    throw fault(
      'database-lost',
      `${home.location} says that the cluster lies in ${base ?? 'an unreadable place'}, and it is not there. ` +
        `Bring that folder back, or remove ${home.path} to start with an empty database. In a container, ` +
        'set DATA_DIR to a volume that all users may enter, so that the cluster lies inside it.',
    )
  }
  await ownOrThrow(base)
  const owner = await readFile(join(base, BACKLINK), 'utf8')
  if (owner !== home.path) await moveIn(home, base, owner)
  return base
}

/** DATA_DIR bears another name than before: fine if it was moved, fatal if it was copied. */
async function moveIn(home: Home, base: string, owner: string) {
  if ((await directoryIn(join(owner, 'location.json'))) === base) {
    throw fault(
      'database-copied',
      `${home.path} is a copy of ${owner}; both would use the one cluster in ${base}. ` +
        `Remove ${home.path} to start with an empty database there.`,
    )
  }
  await writeFile(join(base, BACKLINK), home.path)
  await syncFolder(base)
}

// Root may be reading another user's file here, so only what root itself would have written counts.
async function directoryIn(location: string): Promise<string | undefined> {
  try {
    const { directory } = JSON.parse(await readFile(location, 'utf8')) as { directory?: unknown }
    return typeof directory === 'string' && dirname(directory) === SYSTEM ? directory : undefined
  } catch {
    return undefined
  }
}
