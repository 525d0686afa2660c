// Makes a cluster with role and database `healthchain`: in a folder of its own, renamed to its final name when all is
// on disk. Whatever bears the final name is therefore complete, and whatever does not may be removed.
import { constants } from 'node:fs'
import { chown, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { HealthChainError } from '../../kernel/errors.ts'
import { newId } from '../../kernel/random.ts'
import { keep, syncFolder } from './home.ts'
import type { Place } from './place.ts'
import { failure, must } from './run.ts'
import { HBA, TUNING } from './settings.ts'

const UNFINISHED = 'data.init-'

/** @throws HealthChainError; what was made until then is removed by the next call */
export async function initialise(place: Place, libraries: string | undefined, password: string): Promise<void> {
  const { base, account, programs } = place
  try {
    await removeUnfinished(base)
    const folder = join(base, UNFINISHED + newId())
    await mkdir(folder, { mode: 0o700 })
    if (account) await chown(folder, account.uid, account.gid)
    const initdb = (...args: string[]) =>
      must('Creating the database cluster', programs.initdb, [`--pgdata=${folder}`, ...args], { account, libraries })
    await initdb(
      '--username=postgres',
      '--auth-local=reject',
      '--auth-host=scram-sha-256',
      // The same order and case rules on every machine and in every later version.
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-sync',
      '--no-instructions',
      ...Object.entries(TUNING).map(([name, value]) => `--set=${name}=${value}`),
    )
    await overwrite(join(folder, 'pg_hba.conf'), HBA)
    await asSuperuser('Creating the database', { place, folder, libraries }, [
      `CREATE ROLE healthchain LOGIN CREATEDB CREATEROLE PASSWORD '${password}'`,
      'CREATE DATABASE healthchain OWNER healthchain',
    ])
    // One syncfs() for all that initdb wrote unsynced; fsync of each of 1,300 files elsewhere.
    await initdb('--sync-only', ...(process.platform === 'linux' ? ['--sync-method=syncfs'] : []))
    await rename(folder, place.data)
    await syncFolder(dirname(place.data))
    await keep(rightsFile(place), RIGHTS)
  } catch (error) {
    throw failure('Creating the database cluster', error)
  }
}

interface Single {
  readonly place: Place
  /** The cluster, whatever its name. */
  readonly folder: string
  readonly libraries: string | undefined
}

/** The superuser has no password and no door: it exists while no postmaster runs. */
async function asSuperuser(task: string, { place, folder, libraries }: Single, statements: readonly string[]) {
  // The second setting keeps the password out of what a failure prints.
  const settings = ['exit_on_error=on', 'log_min_error_statement=panic'].flatMap((setting) => ['-c', setting])
  const input = statements.map((statement) => `${statement};\n`).join('')
  const { account, programs } = place
  await must(task, programs.postgres, ['--single', '-D', folder, ...settings, 'postgres'], {
    account,
    libraries,
    input,
  })
}

/** Says that the owner may do what this release needs: its absence means a cluster of before, or an unfinished step. */
const rightsFile = ({ base }: Place) => join(base, 'owner-rights')
const RIGHTS = 'createdb createrole\n'

export const hasRights = async (place: Place): Promise<boolean> =>
  (await readFile(rightsFile(place), 'utf8').catch(() => '')) === RIGHTS

/** Lets the owner of a cluster of before make the roles that serve. While no postmaster runs; again does no harm. */
export async function grantRights(place: Place, libraries: string | undefined): Promise<void> {
  const single = { place, folder: place.data, libraries }
  await asSuperuser('Upgrading the database cluster', single, ['ALTER ROLE healthchain CREATEROLE'])
  await keep(rightsFile(place), RIGHTS)
}

async function removeUnfinished(base: string) {
  // An initdb whose parent was killed may still be writing: hence the retries, and what remains is the next start's.
  const patiently = { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }
  for (const name of await readdir(base)) {
    if (name.startsWith(UNFINISHED)) await rm(join(base, name), patiently).catch(() => {})
  }
}

// We may be root here and the folder another user's, so no symbolic link is followed.
async function overwrite(file: string, content: string) {
  const handle = await open(file, constants.O_WRONLY | constants.O_TRUNC | constants.O_NOFOLLOW)
  try {
    await handle.writeFile(content)
  } finally {
    await handle.close()
  }
}

/** @throws HealthChainError when the cluster is of another major version than the programs */
export async function checkVersion({ data, programs }: Place): Promise<void> {
  const text = await readFile(join(data, 'PG_VERSION'), 'utf8').catch(() => '')
  const found = /^\d+/.exec(text)?.[0] ?? '(unreadable version)'
  if (found === programs.major) return
  throw new HealthChainError(
    'unsupported',
    'database-version',
    `The cluster in ${data} was made by PostgreSQL ${found}, and this HealthChain brings ${programs.major}. ` +
      'Upgrade it with pg_upgrade, or run the HealthChain that made it and export the data, ' +
      'or set DATA_DIR to another folder to start with an empty database.',
  )
}
