// Frames in the database: each is there before a write that names it. What this process knows to be there it does not store
// again; a leaf whose frame is missing all the same is refused with its version (src/store/write-sql.ts).
import type { Asker } from '../../kernel/asker.ts'
import { isObject } from '../../kernel/json.ts'
import type { Session } from '../database.ts'
import { askerFrame, type ProvenanceFrame } from './frame.ts'

const STORE = `insert into provenance_frame (hash, template, agent, agent_role, agent_type)
values ($1, $2, nullif($3, '')::text[], nullif($4, '')::bigint[], nullif($5, '')::bigint[]) on conflict (hash) do nothing`

// A transaction is a session of its own: what it stored may yet be taken back, and is forgotten with it.
const stored = new WeakMap<Session, Set<string>>()
/** Beyond them all are forgotten, and stored again to no effect. */
const STORED_MAX = 100_000

export async function keepFrame(session: Session, frame: ProvenanceFrame): Promise<ProvenanceFrame> {
  const known = stored.get(session) ?? new Set<string>()
  stored.set(session, known)
  if (known.has(frame.hash)) return frame
  const { hash, template, agent, agent_role, agent_type } = frame
  await session.query({ sql: STORE, parameters: [hash, template, agent, agent_role, agent_type] })
  if (known.size >= STORED_MAX) known.clear()
  known.add(hash)
  return frame
}

// https://www.postgresql.org/docs/current/errcodes-appendix.html: of a Provenance the key, of an audit event the column.
const [NO_KEY, NULL] = ['23503', '23502']

/** An erasure has deleted it; or whoever put an older state of the database back, and frames of audit events with it. */
export const isFrameGone = (error: unknown): boolean =>
  isObject(error) && (error.code === NO_KEY || (error.code === NULL && error.column === 'frame'))

/** What this process knew to be there may be gone: it is stored again. */
export const forgetFrames = (session: Session): boolean => stored.delete(session)

// An asker is the same object in each of their requests.
const made = new WeakMap<Asker, Map<boolean, ProvenanceFrame>>()

/** The frame of this asker's writes, stored. */
export function keepFrameOf(session: Session, asker: Asker, enters: boolean): Promise<ProvenanceFrame> {
  const mine = made.get(asker) ?? new Map<boolean, ProvenanceFrame>()
  made.set(asker, mine)
  const frame = mine.get(enters) ?? askerFrame(asker, enters)
  mine.set(enters, frame)
  return keepFrame(session, frame)
}
