// Verifies a log from what it serves, an export beside it if there is one, and holds it to what was remembered. No database.
import { elapsed } from '../../kernel/clock.ts'
import { HealthChainError } from '../../kernel/errors.ts'
import { hmacSha256, sha256 } from '../../provenance/native-hash.ts'
import { EventCheck } from '../../provenance/verifier/events.ts'
import {
  type Finding,
  openCheckpoint,
  type Policy,
  type Read,
  type Remembered,
  VersionCheck,
  verifyLog,
} from '../../provenance/verifier/index.ts'
import { makeProgress } from '../progress.ts'
import { type Memory, recall, remember } from './memory.ts'
import {
  type Beside,
  besideOf,
  countLines,
  readCheckpoints,
  readEvents,
  readVersions,
  UNLOGGED,
  UNLOGGED_EVENTS,
} from './read-export.ts'
import { logAt } from './read-log.ts'
import { believed, cosignedBy, counted, type Whom } from './whom.ts'

export interface Wanted extends Whom {
  /** Address or folder. */
  readonly place: string
  /** File that keeps the keys and the checkpoint. */
  readonly remember?: string
  /** File of an export. */
  readonly versions?: string
  /** The export has every version. Without `versions`, the place is a dump, which holds it. */
  readonly whole?: boolean
}

type Say = (line: string) => void

/** What was found; where that is nothing, what was verified is said and remembered. @throws HealthChainError where nothing could be verified */
export async function verify(wanted: Wanted, say: Say): Promise<readonly Finding[]> {
  const read = logAt(wanted.place)
  const memory = wanted.remember === undefined ? undefined : await recall(wanted.remember)
  const { policy, alone, keys } = await believed(wanted, memory, read, say)
  const remembered = memory && (await seenBefore(memory, alone))
  const note = await read('checkpoint').catch(() => {
    throw new HealthChainError(
      'not-found',
      'no-log',
      'No log is there, or none that answers: a checkpoint was asked for.',
    )
  })
  const beside = besideOf(wanted)
  const check = new VersionCheck(hmacSha256)
  const events = new EventCheck(sha256)
  const kept = await readCheckpoints(beside.checkpoints, alone)
  const question = {
    ...{ read: once(read, note), policy, sha256, checkpoints: kept.checkpoints },
    ...(remembered && { remembered }),
  }
  const { believed: seen, findings } = await walk(
    question,
    await sizeOf(note, policy),
    beside.events ? [check, events] : [check],
  )
  const lines = await readVersions(beside.versions, check)
  await readEvents(beside.events, events)
  const whole = wanted.whole === true
  // Of a log that is not to be believed the entries say nothing.
  const ofLog = [...(await counted(findings, note, alone, policy)), ...kept.findings]
  const all = ofLog.length > 0 ? ofLog : [...check.findings({ whole }), ...events.findings({ whole })]
  if (all.length > 0 || !seen) return all
  const { origin, size } = seen.checkpoint
  say(`${origin}: entries ${size}, all of them in the tree that the log has signed; every tile is right.`)
  if (policy.witnesses.length > 0)
    say(
      cosignedBy(
        seen.witnesses.map(({ name }) => name),
        policy,
      ),
    )
  if (remembered) say(`The first ${remembered.size} are those that were remembered.`)
  if (check.erased().length > 0) say(`Entries of which the content was erased: ${check.erased().length}.`)
  if (lines !== undefined) say(`Versions of the export, each as it was logged: ${lines}.`)
  if (beside.checkpoints)
    say(`Checkpoints that are kept, each of them a beginning of this log: ${kept.checkpoints.length}.`)
  if (beside.events) say(`Audit events, each as it was logged: ${events.events}.`)
  await sayUnproved(beside, say)
  if (wanted.remember !== undefined)
    await remember(wanted.remember, { ...keys, checkpoint: Buffer.from(note).toString('utf8') })
  return all
}

/** What was written before there was a log. */
async function sayUnproved({ unlogged, unloggedEvents }: Beside, say: Say): Promise<void> {
  const files = [
    ['Versions', unlogged, UNLOGGED],
    ['Audit events', unloggedEvents, UNLOGGED_EVENTS],
  ] as const
  for (const [what, file, name] of files) {
    const count = await countLines(file)
    if (count > 0) say(`${what} of before there was a log, which nothing proves: ${count}, in ${name}.`)
  }
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

async function walk(
  question: Parameters<typeof verifyLog>[0],
  size: number,
  checks: readonly Pick<VersionCheck, 'addEntry'>[],
) {
  const progress = size < MANY ? undefined : makeProgress('Verify', size, elapsed, 'entries')
  try {
    return await verifyLog({
      ...question,
      onEntry(index, entry) {
        for (const check of checks) check.addEntry(index, entry)
        progress?.update(index + 1, index + 1)
      },
    })
  } finally {
    progress?.stop()
  }
}
