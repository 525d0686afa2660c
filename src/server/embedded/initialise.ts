// Makes a cluster with role and database `healthchain`: in a folder of its own, renamed to its final name when all is
// on disk. Whatever bears the final name is therefore complete, and whatever does not may be removed.
import { constants } from 'node:fs'
import { chown, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { HealthChainError } from '../../kernel/errors.ts'
import { newId } from '../../kernel/random.ts'
import { syncFolder } from './home.ts'
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
    // The second setting keeps the password out of what a failure prints.
    const single = [
      '--single',
      '-D',
      folder,
      '-c',
      'exit_on_error=on',
      '-c',
      'log_min_error_statement=panic',
      'postgres',
    ]
    const input =
      `CREATE ROLE healthchain LOGIN CREATEDB PASSWORD '${password}';\n` +
      'CREATE DATABASE healthchain OWNER healthchain;\n'
    await must('Creating the database', programs.postgres, single, { account, libraries, input })
    // One syncfs() for all that initdb wrote unsynced; fsync of each of 1,300 files elsewhere.
    await initdb('--sync-only', ...(process.platform === 'linux' ? ['--sync-method=syncfs'] : []))
    await rename(folder, place.data)
    await syncFolder(dirname(place.data))
  } catch (error) {
    throw failure('Creating the database cluster', error)
  }
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
