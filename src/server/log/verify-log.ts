// Verifies a log from what it serves, an export beside it if there is one, and holds it to what was remembered. No database.
import { open } from 'node:fs/promises'
import { elapsed } from '../../kernel/clock.ts'
import { HealthChainError } from '../../kernel/errors.ts'
import { hmacSha256, sha256 } from '../../provenance/native-hash.ts'
import {
  type Finding,
  openCheckpoint,
  type Policy,
  type Read,
  type Remembered,
  readDisclosed,
  readPolicy,
  VersionCheck,
  verifyLog,
} from '../../provenance/verifier/index.ts'
import { makeProgress } from '../progress.ts'
import { type Memory, recall, remember } from './memory.ts'
import { logAt } from './read-log.ts'

export interface Wanted {
  /** Address or folder. */
  readonly place: string
  /** The key to believe. */
  readonly vkey?: string
  /** File that keeps the key and the checkpoint. */
  readonly remember?: string
  /** File of an export. */
  readonly versions?: string
  /** The export has every version. */
  readonly whole?: boolean
}

type Say = (line: string) => void

/** What was found; where that is nothing, what was verified is said and remembered. @throws HealthChainError where nothing could be verified */
export async function verify(wanted: Wanted, say: Say): Promise<readonly Finding[]> {
  const read = logAt(wanted.place)
  const memory = wanted.remember === undefined ? undefined : await recall(wanted.remember)
  const { vkey, policy } = await believed(wanted, memory, read, say)
  const remembered = memory && (await seenBefore(memory, policy))
  const note = await read('checkpoint').catch(() => {
    throw new HealthChainError(
      'not-found',
      'no-log',
      'No log is there, or none that answers: a checkpoint was asked for.',
    )
  })
  const check = new VersionCheck(hmacSha256)
  const question = { read: once(read, note), policy, sha256, ...(remembered && { remembered }) }
  const { believed: seen, findings } = await walk(question, await sizeOf(note, policy), check)
  const lines = wanted.versions === undefined ? undefined : await readVersions(wanted.versions, check)
  // Of a log that is not to be believed the entries say nothing.
  const all = findings.length > 0 ? findings : check.findings({ whole: wanted.whole === true })
  if (all.length > 0 || !seen) return all
  const { origin, size } = seen.checkpoint
  say(`${origin}: entries ${size}, all of them in the tree that the log has signed; every tile is right.`)
  if (remembered) say(`The first ${remembered.size} are those that were remembered.`)
  if (check.erased().length > 0) say(`Entries of which the content was erased: ${check.erased().length}.`)
  if (lines !== undefined) say(`Versions of the export, each as it was logged: ${lines}.`)
  if (wanted.remember !== undefined)
    await remember(wanted.remember, { vkey, checkpoint: Buffer.from(note).toString('utf8') })
  return all
}

async function believed({ vkey: given }: Wanted, memory: Memory | undefined, read: Read, say: Say) {
  if (given !== undefined && memory !== undefined && given !== memory.vkey)
    throw new HealthChainError('incorrect', 'other-key', '--vkey is another key than that in the file of --remember.')
  const known = given ?? memory?.vkey
  const vkey = known ?? (await ownKey(read))
  if (known === undefined)
    say('The key is what the log says itself: ask its owner for it in another way, and give it with --vkey.')
  return { vkey, policy: await readPolicy({ log: [vkey] }) }
}

async function ownKey(read: Read): Promise<string> {
  const bytes = await read('vkey').catch(() => {
    throw new HealthChainError('not-found', 'no-key', 'The log does not say its key, if it is there: give --vkey.')
  })
  return Buffer.from(bytes).toString('utf8').trim()
}

async function seenBefore({ checkpoint }: Memory, policy: Policy): Promise<Remembered> {
  const opened = await openCheckpoint(checkpoint, policy)
  if ('checkpoint' in opened) return opened.checkpoint
  throw new HealthChainError('incorrect', 'bad-memory', 'The file of --remember holds no checkpoint of this log.')
}

async function sizeOf(note: Uint8Array, policy: Policy): Promise<number> {
  const opened = await openCheckpoint(note, policy)
  return 'checkpoint' in opened ? opened.checkpoint.size : 0
}

/** The checkpoint changes by the second: everything is verified against this one. */
const once =
  (read: Read, note: Uint8Array): Read =>
  async (path) =>
    path === 'checkpoint' ? note : read(path)

/** Entries from which on a bar is worth its line. */
const MANY = 20_000

async function walk(question: Parameters<typeof verifyLog>[0], size: number, check: VersionCheck) {
  const progress = size < MANY ? undefined : makeProgress('Verify', size, elapsed)
  try {
    return await verifyLog({
      ...question,
      onEntry(index, entry) {
        check.addEntry(index, entry)
        progress?.update(index + 1, index + 1)
      },
    })
  } finally {
    progress?.stop()
  }
}

/** How many there are. */
async function readVersions(file: string, check: VersionCheck): Promise<number> {
  let line = 0
  const handle = await open(file)
  for await (const text of handle.readLines()) if (text !== '') check.addVersion(readDisclosed(text), ++line)
  return line
}
