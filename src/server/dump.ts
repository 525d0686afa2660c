// `npm run -s dump -- DIR`: everything that the log proves, with what opens it, into an empty folder that verify reads. For
// whoever has the data folder or the owner's database login. Exit code 0: written; 1: the tables contradict themselves; 2: not.
import { appendFile, mkdir, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { elapsed } from '../kernel/clock.ts'
import { HealthChainError } from '../kernel/errors.ts'
import type { Database } from '../store/database.ts'
import type { Contradiction } from '../store/log/contradiction.ts'
import { countRecords, dump, inSnapshot } from '../store/log/dump.ts'
import { checkpoint } from '../store/log/reader.ts'
import { type Config, readConfig } from './config.ts'
import { explained, refuse } from './identity-flags.ts'
import { contradictionInWords } from './log/contradiction-in-words.ts'
import { logSigner } from './log/key.ts'
import { open } from './open.ts'
import { makeProgress } from './progress.ts'

const USAGE = `npm run -s dump -- DIR
  DIR  a folder that is empty, or is not there yet. It will hold all data and what opens the log: guard it, then
       npm run -s verify -- DIR --whole`

/** @throws HealthChainError incorrect (bad-arguments) */
export function readArguments(args: readonly string[]): string {
  const [folder, ...rest] = args
  if (folder === undefined || folder.startsWith('-') || rest.length > 0) throw refuse('Name one folder.')
  return folder
}

/** For its owner alone. @throws HealthChainError incorrect, for a folder that holds something */
async function emptyFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  if ((await readdir(folder)).length > 0)
    throw new HealthChainError('incorrect', 'not-empty', 'The folder holds something already: name an empty one.')
}

async function put(folder: string, path: string, bytes: Uint8Array | string): Promise<void> {
  const file = join(folder, path)
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await appendFile(file, bytes, { mode: 0o600 })
}

interface Dumped {
  readonly entries: number
  readonly versions: number
  readonly events: number
  readonly waiting: number
  readonly found: readonly Contradiction[]
}

/** @throws HealthChainError not-found, where nothing was signed yet */
export async function dumpInto(
  folder: string,
  owner: Database,
  names: Pick<Config, 'logOrigin' | 'publicUrl'>,
): Promise<Dumped> {
  await emptyFolder(folder)
  const signed = await checkpoint(owner)
  if (!signed)
    throw new HealthChainError('not-found', 'nothing-signed', 'Nothing was signed yet: start the server once.')
  await put(folder, 'vkey', `${(await logSigner(owner, names)).vkey}\n`)
  return inSnapshot(owner, async (session) => {
    // Read again: what is dumped is of this moment.
    const now = (await checkpoint(session)) ?? signed
    const { versions, events } = await countRecords(session)
    const progress = makeProgress('Dump', now.size + versions + events, elapsed, 'lines')
    const found: Contradiction[] = []
    let waiting = 0
    try {
      for await (const part of dump(session, now))
        if ('path' in part) await put(folder, part.path, part.bytes)
        else if ('found' in part) found.push(part.found)
        else {
          waiting = part.waiting
          progress.update(part.done, part.done)
        }
    } finally {
      progress.stop()
    }
    return { entries: now.size, versions, events, waiting, found }
  })
}

/** Contradictions that are printed; of the rest their number. */
const SHOWN = 50

async function main(folder: string): Promise<number> {
  const config = readConfig()
  const { asOwner, close } = await open(config, (line) => console.error(line))
  try {
    const { entries, versions, events, waiting, found } = await asOwner((owner) => dumpInto(folder, owner, config))
    console.log(`Entries that are signed: ${entries}. Versions: ${versions}. Audit events: ${events}.`)
    if (waiting > 0) console.log(`Left out, as their leaves are not signed yet: ${waiting} versions.`)
    console.log(`Now: npm run -s verify -- ${folder} --whole`)
    for (const one of found.slice(0, SHOWN)) console.error(`${one.code}: ${contradictionInWords(one)}`)
    if (found.length > SHOWN) console.error(`… and ${found.length - SHOWN} more.`)
    return found.length > 0 ? 1 : 0
  } finally {
    await close()
  }
}

if (import.meta.main)
  Promise.try(() => main(readArguments(process.argv.slice(2)))).then(
    (code) => {
      process.exitCode = code
    },
    (error) => {
      console.error(explained(error, 'The dump is not whole', USAGE))
      process.exitCode = 2
    },
  )
