// A witness for the logs of others, https://c2sp.org/tlog-witness: cosigns each checkpoint that grows from the one before.
// What it saw is kept before it answers; of two that grow from the same, in whichever processes, only one can be kept.
import type { IncomingMessage } from 'node:http'
import { now } from '../../kernel/clock.ts'
import { HealthChainError } from '../../kernel/errors.ts'
import { hex, utf8 } from '../../provenance/bytes.ts'
import { sha256 } from '../../provenance/native-hash.ts'
import { type NoteVerifier, signatureLine } from '../../provenance/note.ts'
import { type Cosigner, cosigner } from '../../provenance/note-signer.ts'
import { type AddCheckpoint, claimedOrigin, considered, parseAddCheckpoint } from '../../provenance/witness.ts'
import type { Database, Session } from '../../store/database.ts'
import { keepSeen, seenOf } from '../../store/log/witnessed.ts'
import { sharedSecret } from '../../store/secrets.ts'
import type { Gate } from './gate.ts'
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

interface Serving extends Witness {
  readonly database: Database
  readonly gate: Gate
}

/** Paths below `/log/witness/`. @throws HealthChainError not-found, unsupported, too-costly, busy */
export function witnessRoutes(database: Database, witness: Witness, gate: Gate): LogRoutes {
  return async (req, res, path) => {
    const { status, body, type = TEXT } = await replyTo({ database, gate, ...witness }, req, path)
    const more = { 'content-length': Buffer.byteLength(body), 'x-content-type-options': 'nosniff' }
    res.writeHead(status, { 'content-type': type, ...more })
    res.end(body)
  }
}

async function replyTo(serving: Serving, req: IncomingMessage, path: string): Promise<Reply> {
  const { database, gate, cosigner, logs } = serving
  if (path === 'add-checkpoint' && req.method === 'POST') return addCheckpoint(serving, await bodyOf(req))
  if (req.method !== 'GET' && req.method !== 'HEAD')
    throw new HealthChainError('unsupported', 'read-only', 'Only add-checkpoint takes a POST.')
  if (path === 'vkey') return { status: 200, body: `${cosigner.vkey}\n` }
  const log = logs.find(({ name }) => path === `${hex(sha256(utf8(name)))}/checkpoint`)
  const seen = log && (await gate.run(() => seenOf(database, log.name)))
  if (seen) return { status: 200, body: seen.note }
  throw new HealthChainError('not-found', 'not-witnessed', 'This witness has seen nothing of the kind.')
}

async function addCheckpoint(serving: Serving, body: string): Promise<Reply> {
  const asked = parseAddCheckpoint(body)
  const origin = asked && claimedOrigin(asked.note)
  if (asked === undefined || origin === undefined) return { status: 400, body: '' }
  const keys = serving.logs.filter(({ name }) => name === origin)
  // No statement for names that strangers make up.
  if (keys.length === 0) return { status: 404, body: '' }
  return serving.gate.run(() => consider(serving, asked, origin, keys))
}

/** Times that somebody else may be faster before the asker is told to come again. */
const TRIES = 3

async function consider(
  { database, cosigner }: Serving,
  asked: AddCheckpoint,
  origin: string,
  keys: readonly NoteVerifier[],
): Promise<Reply> {
  for (let i = 0; i < TRIES; i++) {
    const seen = await seenOf(database, origin)
    const verdict = await considered(asked, keys, seen)
    if (verdict.status === 409) return { status: 409, body: `${verdict.size}\n`, type: SIZE }
    if (verdict.status !== 200) return { status: verdict.status, body: '' }
    const { size, root } = verdict.checkpoint
    if (!(await keepSeen(database, origin, seen, { size, root, note: asked.note }))) continue
    return { status: 200, body: signatureLine(await cosigner.cosign(verdict.text, Math.floor(now() / 1000))) }
  }
  throw new HealthChainError('busy', 'log-busy', 'This log is being witnessed at this moment. Ask again in a second.')
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
