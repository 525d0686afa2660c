// Whom a verifier believes: the keys of one log, and k of n witnesses who must have cosigned, so that a log cannot show
// each of us another history (https://c2sp.org/tlog-policy, one group). Pure; runs in browsers.
import { HealthChainError } from '../kernel/errors.ts'
import { hex } from './bytes.ts'
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts'
import { COSIGNATURE, cosignatureTime } from './cosignature.ts'
import { type NoteFault, type NoteVerifier, openNote } from './note.ts'
import { ED25519, noteVerifier } from './note-key.ts'

export interface Policy {
  /** The log's name: origin of its checkpoints and name of its keys. */
  readonly origin: string
  readonly log: readonly NoteVerifier[]
  readonly witnesses: readonly NoteVerifier[]
  readonly quorum: number
}

export interface PolicyText {
  /** Verifier keys of one log; several while it changes its key. */
  readonly log: readonly string[]
  readonly witnesses?: readonly string[]
  /** How many witnesses must have cosigned; all, unless said otherwise. */
  readonly quorum?: number
}

const refuse = (what: string) => new HealthChainError('incorrect', 'bad-policy', `Correct the trust policy: ${what}.`)

/** @throws HealthChainError incorrect, saying what is wrong */
export async function readPolicy({ log, witnesses = [], quorum = witnesses.length }: PolicyText): Promise<Policy> {
  const logKeys = await Promise.all(log.map(noteVerifier))
  const witnessKeys = await Promise.all(witnesses.map(noteVerifier))
  const origin = logKeys[0]?.name
  if (origin === undefined) throw refuse('name a key of the log')
  if (logKeys.some(({ name, type }) => name !== origin || type !== ED25519))
    throw refuse('the keys of the log have one name and sign notes (type 1)')
  if (witnessKeys.some(({ type }) => type !== COSIGNATURE)) throw refuse('the keys of witnesses cosign (type 4)')
  // One key under two names would be one witness counted twice; the log's own key would be no witness at all.
  const distinct = new Set([...logKeys, ...witnessKeys].map(({ publicKey }) => hex(publicKey)))
  if (distinct.size !== logKeys.length + witnessKeys.length) throw refuse('no key may stand there twice')
  if (!Number.isSafeInteger(quorum) || quorum < 0 || quorum > witnessKeys.length)
    throw refuse('the quorum is between 0 and the number of witnesses')
  return { origin, log: logKeys, witnesses: witnessKeys, quorum }
}

export interface Witnessed {
  readonly name: string
  /** Seconds since the epoch. */
  readonly time: number
}

export interface Believed {
  readonly checkpoint: Checkpoint
  readonly witnesses: readonly Witnessed[]
}

export type Disbelief = NoteFault | 'malformed-checkpoint' | 'other-log' | 'not-signed-by-log' | 'too-few-witnesses'

/**
 * The checkpoint of a note, if the policy believes it.
 * @param before a cosignature later than this, in seconds since the epoch, does not count
 */
export async function openCheckpoint(
  note: string | Uint8Array,
  policy: Policy,
  before: number = Number.MAX_SAFE_INTEGER,
): Promise<Believed | { fault: Disbelief }> {
  const opened = await openNote(note, [...policy.log, ...policy.witnesses])
  if ('fault' in opened) return opened
  if (!opened.signed.some(({ key }) => policy.log.includes(key))) return { fault: 'not-signed-by-log' }
  const checkpoint = parseCheckpoint(opened.text)
  if (!checkpoint) return { fault: 'malformed-checkpoint' }
  if (checkpoint.origin !== policy.origin) return { fault: 'other-log' }
  const witnesses = opened.signed
    .filter(({ key }) => policy.witnesses.includes(key))
    .map(({ key, signature }) => ({ name: key.name, time: cosignatureTime(signature.bytes)! }))
    .filter(({ time }) => time <= before)
  return witnesses.length >= policy.quorum ? { checkpoint, witnesses } : { fault: 'too-few-witnesses' }
}
