// Verifies a log from what it serves, an export beside it if there is one, and holds it to what was remembered. No database.
import { elapsed } from '../../kernel/clock.ts'
import { HealthChainError } from '../../kernel/errors.ts'
import { hasher } from '../../provenance/merkle.ts'
import { hmacSha256, sha256 } from '../../provenance/native-hash.ts'
import type { Believed } from '../../provenance/policy.ts'
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
import { UNLOGGED_EVENTS } from '../../store/log/dump-files.ts'
import { makeProgress } from '../progress.ts'
import { type Memory, recall, remember } from './memory.ts'
import { type Beside, besideOf, countLines, readCheckpoints, readEvents, readVersions } from './read-export.ts'
import { logAt } from './read-log.ts'
import { isAboutFile } from './regular-file.ts'
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
  const note = await read('checkpoint').catch((error) => {
    throw isAboutFile(error) ? error : noLog()
  })
  const beside = besideOf(wanted)
  const checks = { versions: new VersionCheck(hmacSha256, hasher), events: new EventCheck(sha256) }
  const kept = await readCheckpoints(beside.checkpoints, alone)
  const question = {
    ...{ read: once(read, note), policy, sha256, checkpoints: kept.checkpoints },
    ...(remembered && { remembered }),
  }
  const size = await sizeOf(note, policy)
  const { believed: seen, findings } = await walk(question, size, checks, beside.events !== undefined)
  const ofLog = [...(await counted(findings, note, alone, policy)), ...kept.findings]
  // Of a log that is not to be believed the entries say nothing, unless they are what ended the walk.
  if (ofLog.some(({ code }) => code !== 'too-many')) return ofLog
  if (ofLog.length > 0) return [...checks.versions.findings({ whole: false }), ...ofLog]
  const lines = await readVersions(beside.versions, checks.versions)
  await readEvents(beside.events, checks.events)
  const whole = wanted.whole === true
  const all = [checks.versions, checks.events].flatMap((check) => check.findings({ whole }))
  if (all.length > 0 || !seen) return all
  sayLog(seen, policy, remembered, say)
  if (checks.versions.erased().length > 0)
    say(`Entries of which the content was erased: ${checks.versions.erased().length}.`)
  if (lines !== undefined) say(`Versions of the export, each as it was logged: ${lines}.`)
  if (beside.events) say(`Audit events, each as it was logged: ${checks.events.events}.`)
  if (beside.checkpoints) say(`Checkpoints that are kept, each a beginning of this log: ${kept.checkpoints.length}.`)
  await sayUnproved(beside, say)
  if (wanted.remember !== undefined)
    await remember(wanted.remember, { ...keys, checkpoint: Buffer.from(note).toString('utf8') }, memory)
  return all
}

const noLog = () =>
  new HealthChainError('not-found', 'no-log', 'No log is there, or none that answers: a checkpoint was asked for.')

function sayLog({ checkpoint, witnesses }: Believed, policy: Policy, remembered: Remembered | undefined, say: Say) {
  const { origin, size } = checkpoint
  say(`${origin}: entries ${size}, all of them in the tree that the log has signed; every tile is right.`)
  const names = witnesses.map(({ name }) => name)
  if (policy.witnesses.length > 0) say(cosignedBy(names, policy))
  if (remembered) say(`The first ${remembered.size} are those that were remembered.`)
}

async function sayUnproved({ unloggedEvents }: Beside, say: Say): Promise<void> {
  const count = await countLines(unloggedEvents)
  if (count > 0) say(`Audit events of before they were logged, which nothing proves: ${count}, in ${UNLOGGED_EVENTS}.`)
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

interface Checks {
  readonly versions: VersionCheck
  readonly events: EventCheck
}

async function walk(
  question: Parameters<typeof verifyLog>[0],
  size: number,
  { versions, events }: Checks,
  withEvents: boolean,
) {
  const progress = size < MANY ? undefined : makeProgress('Verify', size, elapsed, 'entries')
  try {
    return await verifyLog({
      ...question,
      onEntry(index, entry) {
        versions.addEntry(index, entry)
        if (withEvents) events.addEntry(index, entry)
        progress?.update(index + 1, index + 1)
        return !versions.full
      },
    })
  } finally {
    progress?.stop()
  }
}
