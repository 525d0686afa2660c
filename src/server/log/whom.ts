// Whom `npm run verify` believes: the key of the log, and witnesses of whom some must have cosigned. What was believed the
// last time is believed again, and nobody else behind the caller's back.
import { HealthChainError } from '../../kernel/errors.ts'
import { type Finding, openCheckpoint, type Policy, type Read, readPolicy } from '../../provenance/verifier/index.ts'
import type { Memory } from './memory.ts'
import { isAboutFile } from './regular-file.ts'

export interface Whom {
  /** The key of the log. */
  readonly vkey?: string
  /** Keys of witnesses. */
  readonly witnesses?: readonly string[]
  /** How many of them must have cosigned; absent: all. */
  readonly quorum?: number
}

export interface Belief {
  readonly policy: Policy
  /** What was cosigned later or by others before does not ask for witnesses. */
  readonly alone: Policy
  /** To be remembered. */
  readonly keys: Omit<Memory, 'checkpoint'>
}

/** @throws HealthChainError incorrect, for keys that are none, or others than those that were remembered */
export async function believed(
  wanted: Whom,
  memory: Memory | undefined,
  read: Read,
  say: (line: string) => void,
): Promise<Belief> {
  if (wanted.vkey !== undefined && memory !== undefined && wanted.vkey !== memory.vkey)
    throw new HealthChainError('incorrect', 'other-key', '--vkey is another key than that in the file of --remember.')
  const known = wanted.vkey ?? memory?.vkey
  const vkey = known ?? (await ownKey(read))
  if (known === undefined)
    say('The key is what the log says itself: ask its owner for it in another way, and give it with --vkey.')
  const { witnesses, quorum } = witnessesOf(wanted, memory)
  const policy = await readPolicy({ log: [vkey], witnesses, quorum })
  return { policy, alone: { ...policy, quorum: 0 }, keys: { vkey, ...(witnesses.length > 0 && { witnesses, quorum }) } }
}

async function ownKey(read: Read): Promise<string> {
  const bytes = await read('vkey').catch((error) => {
    if (isAboutFile(error)) throw error
    throw new HealthChainError('not-found', 'no-key', 'The log does not say its key, if it is there: give --vkey.')
  })
  return Buffer.from(bytes).toString('utf8').trim()
}

function witnessesOf(wanted: Whom, { witnesses: before, quorum: last }: Partial<Memory> = {}) {
  const witnesses = wanted.witnesses ?? before ?? []
  const quorum = wanted.quorum ?? last ?? witnesses.length
  const same = before === undefined || (witnesses.toSorted().join() === before.toSorted().join() && quorum === last)
  if (same) return { witnesses, quorum }
  throw new HealthChainError(
    'incorrect',
    'other-witnesses',
    '--witness or --quorum is another than in the file of --remember: leave them out, or begin a new file.',
  )
}

/** `2 of 3 witnesses have cosigned, as 2 must: b.example/log/witness, c.example/log/witness.` */
export const cosignedBy = (names: readonly string[], { witnesses, quorum }: Policy): string =>
  `${names.length} of ${witnesses.length} witnesses have cosigned, and ${quorum} must: ${names.join(', ')}.`

/** The findings, and in them how many witnesses it were where they were too few. */
export async function counted(findings: readonly Finding[], note: Uint8Array, alone: Policy, { quorum }: Policy) {
  const opened = await openCheckpoint(note, alone)
  if (!('checkpoint' in opened)) return findings
  const how = `${opened.witnesses.length} of ${alone.witnesses.length}, and ${quorum} must`
  return findings.map((finding) =>
    finding.at === 'too-few-witnesses' ? { ...finding, at: `${finding.at}: ${how}` } : finding,
  )
}
