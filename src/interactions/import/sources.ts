// Which files an import reads: FILE_OR_DIR arguments expanded, unreadable ones refused before anything is written.
import { constants } from 'node:fs'
import { access, readdir, realpath, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { HealthChainError } from '../../kernel/errors.ts'

export interface Source {
  /** As named, or the named folder and the path below it. */
  readonly path: string
  /** Size on disk, compressed as it is: the unit of the progress bar. */
  readonly bytes: number
}

const IMPORTABLE = /\.(ndjson|jsonl|json)(\.(gz|bz2))?$/i

/** Types that others refer to come first, so that most references find their target already there. */
const FIRST = [
  /^(organization|hospital)/i,
  /^location/i,
  /^practitioner(?!role)/i,
  /^practitionerrole/i,
  /^patient/i,
  /^relatedperson/i,
  /^(medication|device|group|coverage)(?=[.\-_])/i,
  /^(careteam|encounter)/i,
]

const rank = (path: string): number => {
  const at = FIRST.findIndex((names) => names.test(basename(path)))
  return at < 0 ? FIRST.length : at
}

const order = (a: Source, b: Source): number => rank(a.path) - rank(b.path) || (a.path < b.path ? -1 : 1)

export const totalBytes = (sources: readonly Source[]): number => sources.reduce((sum, { bytes }) => sum + bytes, 0)

function unreadable(path: string, error: unknown): HealthChainError {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOENT') return new HealthChainError('not-found', 'import-not-found', `${path}: no such file or folder`)
  const hint = code === 'EACCES' || code === 'EPERM' ? 'permission denied; make it readable first' : (code ?? 'failed')
  return new HealthChainError('incorrect', 'import-unreadable', `${path} cannot be read: ${hint}`)
}

/** The importable files below a folder, by name; `seen` holds real paths, so a link back up ends the way. */
async function filesBelow(folder: string, seen: Set<string>): Promise<string[]> {
  const real = await realpath(folder)
  if (seen.has(real)) return []
  seen.add(real)
  const found: string[] = []
  for (const name of (await readdir(folder)).sort()) {
    if (name.startsWith('.')) continue
    const path = join(folder, name)
    const entry = await stat(path).catch(() => undefined) // a dangling link is nobody's input
    if (entry?.isDirectory()) found.push(...(await filesBelow(path, seen)))
    else if (entry?.isFile() && IMPORTABLE.test(name)) found.push(path)
  }
  return found
}

async function expand(path: string): Promise<string[]> {
  const named = await stat(path)
  if (named.isDirectory()) {
    const found = await filesBelow(path, new Set())
    if (found.length > 0) return found
    const wanted = 'no .ndjson, .jsonl or .json file (plain, .gz or .bz2) in this folder'
    throw new HealthChainError('incorrect', 'import-empty', `${path}: ${wanted}`)
  }
  if (!named.isFile()) {
    const wanted = 'neither a file nor a folder; write the data to a file first, it may be read twice'
    throw new HealthChainError('unsupported', 'import-not-a-file', `${path}: ${wanted}`)
  }
  if (named.size === 0) throw new HealthChainError('incorrect', 'import-empty', `${path}: the file is empty`)
  return [path]
}

/**
 * Files to read, each once, in a good order. A named file may have any name: its content tells what it is.
 * @throws HealthChainError `import-not-found`, `import-unreadable`, `import-empty`, `import-not-a-file`, `import-nothing`
 */
export async function findSources(paths: readonly string[]): Promise<Source[]> {
  if (paths.length === 0) {
    throw new HealthChainError('incorrect', 'import-nothing', 'name at least one file or folder to import')
  }
  const sources = new Map<string, Source>()
  for (const path of paths) {
    const files = await expand(path).catch((error) => {
      throw error instanceof HealthChainError ? error : unreadable(path, error)
    })
    for (const file of files) {
      await access(file, constants.R_OK).catch((error) => {
        throw unreadable(file, error)
      })
      const real = await realpath(file)
      if (!sources.has(real)) sources.set(real, { path: file, bytes: (await stat(file)).size })
    }
  }
  return [...sources.values()].sort(order)
}
