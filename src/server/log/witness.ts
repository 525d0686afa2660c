// A witness for the logs of others, https://c2sp.org/tlog-witness: cosigns each checkpoint that grows from the one before.
// What it saw last is kept before it answers, one request at a time for each log, whichever process it comes to.
import type { IncomingMessage } from 'node:http'
import { now } from '../../kernel/clock.ts'
import { HealthChainError } from '../../kernel/errors.ts'
import { hex, utf8 } from '../../provenance/bytes.ts'
import { parseCheckpoint } from '../../provenance/checkpoint.ts'
import { sha256 } from '../../provenance/native-hash.ts'
import { type NoteVerifier, parseNote, signatureLine } from '../../provenance/note.ts'
import { type Cosigner, cosigner } from '../../provenance/note-signer.ts'
import { claimedOrigin, considered, parseAddCheckpoint } from '../../provenance/witness.ts'
import type { Database, Session } from '../../store/database.ts'
import { sharedSecret } from '../../store/secrets.ts'
import { alone, readState, writeState } from '../../store/state.ts'
import type { LogRoutes } from './http.ts'

export interface Witness {
  readonly cosigner: Cosigner
  /** Keys of the logs that are watched; several of one name while it changes its key. */
  readonly logs: readonly NoteVerifier[]
}

const SEED = 'log-witness-key'

/** As the owner of the tables. Another key than that of the log, and a name of its own. */
export const witnessKey = async (owner: Session, origin: string): Promise<Cosigner> =>
  cosigner(`${origin}/witness`, await sharedSecret(owner, SEED))

/** 63 hashes and a note with a few dozen signatures. */
const BODY_MAX = 64 * 1024
const TEXT = 'text/plain; charset=utf-8'
const SIZE = 'text/x.tlog.size'

interface Reply {
  readonly status: number
  readonly body: string
  readonly type?: string
}

/** Paths below `/log/witness/`. @throws HealthChainError not-found, unsupported, too-costly */
export function witnessRoutes(database: Database, witness: Witness): LogRoutes {
  // One after the other: each holds a connection while it waits for its turn and needs another one then.
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn: InTurn = (work) => {
    const done = turn.then(work)
    turn = done.catch(() => {})
    return done
  }
  return async (req, res, path) => {
    const { status, body, type = TEXT } = await replyTo({ database, inTurn, ...witness }, req, path)
    const more = { 'content-length': Buffer.byteLength(body), 'x-content-type-options': 'nosniff' }
    res.writeHead(status, { 'content-type': type, ...more })
    res.end(body)
  }
}

type InTurn = <T>(work: () => Promise<T>) => Promise<T>

interface Serving extends Witness {
  readonly database: Database
  readonly inTurn: InTurn
}

async function replyTo(serving: Serving, req: IncomingMessage, path: string): Promise<Reply> {
  const { database, cosigner, logs } = serving
  if (path === 'add-checkpoint' && req.method === 'POST') return addCheckpoint(serving, await bodyOf(req))
  if (req.method !== 'GET') throw new HealthChainError('unsupported', 'read-only', 'Only add-checkpoint takes a POST.')
  if (path === 'vkey') return { status: 200, body: `${cosigner.vkey}\n` }
  const seen = logs.find(({ name }) => path === `${hex(sha256(utf8(name)))}/checkpoint`)
  const body = seen && (await readState(database, stateOf(seen.name)))
  if (body !== undefined) return { status: 200, body }
  throw new HealthChainError('not-found', 'not-witnessed', 'This witness has seen nothing of the kind.')
}

const stateOf = (origin: string) => `witnessed ${origin}`

async function addCheckpoint({ database, inTurn, cosigner, logs }: Serving, body: string): Promise<Reply> {
  const asked = parseAddCheckpoint(body)
  const origin = asked && claimedOrigin(asked.note)
  if (asked === undefined || origin === undefined) return { status: 400, body: '' }
  const keys = logs.filter(({ name }) => name === origin)
  // No lock for names that strangers make up.
  if (keys.length === 0) return { status: 404, body: '' }
  const name = stateOf(origin)
  const consider = async (): Promise<Reply> => {
    const seen = await readState(database, name)
    const verdict = await considered(asked, keys, seen === undefined ? undefined : parsed(seen))
    if (verdict.status === 409) return { status: 409, body: `${verdict.size}\n`, type: SIZE }
    if (verdict.status !== 200) return { status: verdict.status, body: '' }
    await writeState(database, name, asked.note)
    return { status: 200, body: signatureLine(await cosigner.cosign(verdict.text, Math.floor(now() / 1000))) }
  }
  return inTurn(() => alone(database, name, consider))
}

function parsed(note: string) {
  const known = parseCheckpoint(parseNote(note)?.text ?? '')
  if (known) return known
  throw new HealthChainError('fault', 'broken-memory', 'What this witness saw is damaged: restore server_state first.')
}

async function bodyOf(req: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let size = 0
  // Read on without keeping: a caller that is cut off while sending never reads why.
  for await (const part of req) {
    size += part.length
    if (size <= BODY_MAX) parts.push(part)
  }
  if (size > BODY_MAX) throw new HealthChainError('too-costly', 'body-too-large', 'No checkpoint is as long as this.')
  return Buffer.concat(parts).toString('utf8')
}
