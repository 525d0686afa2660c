// Erasing a record, in one transaction: begin says which leaves lose their content, the leaf that names them is appended,
// finish deletes. PostgreSQL refuses all of it where that leaf is missing, or names others: migrations/…_erasure.ts.
import { elapsed, until } from '../../kernel/clock.ts'
import { HealthChainError } from '../../kernel/errors.ts'
import { ERASED_MAX } from '../../provenance/leaf.ts'
import type { Session } from '../database.ts'
import { appendLeaf } from '../log/append.ts'
import type { Counted } from './others.ts'

export interface Erasing {
  readonly patient: string
  /** One of a closed set of codes. */
  readonly reason: string
  /** `Practitioner/123` */
  readonly by: string
  /** Instant. */
  readonly at: string
  /** What names the patient and stays. */
  readonly kept: readonly Counted[]
}

/** Milliseconds: of one of its statements, and of waiting for those who write in the record at this moment. */
const [LONGEST, PATIENCE] = [60_000, 1000]
/** Between two looks at what waits for its place. */
const LOOK = 50

/**
 * Before the first erasure all writers wait for a moment; never again. In a transaction of its own.
 * @throws HealthChainError busy (written-now)
 */
export async function readyErasure(session: Session): Promise<void> {
  await session.query({ sql: 'select ready_erasure()', parameters: [] }).catch(inOurWords)
}

/**
 * Nobody writes in this record from here to the end of the transaction; others and the sequencer go on.
 * @param patience milliseconds to wait, with its writers, until the leaves of the record have their places
 * @returns indices of the leaves that are to be named as erased, in portions that one leaf holds
 * @throws HealthChainError conflict (legal-hold), busy (pending-leaves, written-now)
 */
export async function beginErasure(session: Session, patient: string, patience: number): Promise<number[][]> {
  await session.query({
    sql: "select set_config('statement_timeout', $1, true), set_config('lock_timeout', $2, true)",
    parameters: [String(LONGEST), String(PATIENCE)],
  })
  for (const last = elapsed() + patience; ; await until(elapsed() + LOOK)) {
    const { leaves, pending } = await begin(session, patient)
    if (pending === 0) return portionsOf(leaves.map(Number))
    if (elapsed() >= last) throw pendingLeaves()
  }
}

interface Begun {
  readonly leaves: readonly string[]
  readonly pending: number
}

async function begin(session: Session, patient: string): Promise<Begun> {
  const sql = 'select leaves::text[] as leaves, pending from begin_erasure($1)'
  const [begun] = await session.query<Begun>({ sql, parameters: [patient] }).catch(inOurWords)
  return begun!
}

function portionsOf(leaves: readonly number[]): number[][] {
  const portions: number[][] = []
  for (let at = 0; at < leaves.length; at += ERASED_MAX) portions.push(leaves.slice(at, at + ERASED_MAX))
  return portions
}

// Only this transaction sees its rows before it ends.
const OWN_EVENTS =
  'select id, content from audit_event where id in (select id from audit_entry where patient = $1 and xmin = pg_current_xact_id()::xid) and not id = any($2::text[])'

/**
 * The leaf of one portion: it commits to the AuditEvent that this transaction stored last, and that no leaf tells yet.
 * @returns UUID of the entry, and id of the event
 */
export async function appendErased(
  session: Session,
  patient: string,
  erased: readonly number[],
  told: readonly string[],
): Promise<{ entry: string; event: string }> {
  const events = await session.query<{ id: string; content: string }>({ sql: OWN_EVENTS, parameters: [patient, told] })
  const [event, ...more] = events
  if (!event || more.length > 0)
    throw new HealthChainError('fault', 'no-event', 'Each erase leaf tells one new AuditEvent: store that before it.')
  const { id, content } = event
  const committed = { resourceType: 'AuditEvent', id, versionId: '1', op: 'create', resource: content } as const
  const entry = await appendLeaf(session, 'erase', { ...committed, provenance: '', decision: '', erased })
  return { entry, event: id }
}

/** Deletes it all. @returns versions by type */
export async function finishErasure(
  session: Session,
  erasing: Erasing,
  entries: readonly string[],
): Promise<Counted[]> {
  const { patient, at, reason, by, kept } = erasing
  const others = JSON.stringify(Object.fromEntries(kept.map(({ type, count }) => [type, count])))
  const [row] = await session
    .query<{ counts: Record<string, number> }>({
      sql: 'select finish_erasure($1, $2::uuid[], $3::timestamptz, $4, $5, $6::jsonb) as counts',
      parameters: [patient, entries, at, reason, by, others],
    })
    .catch(inOurWords)
  return Object.entries(row!.counts).map(([type, count]) => ({ type, count }))
}

const pendingLeaves = () =>
  new HealthChainError('busy', 'pending-leaves', 'The log has not placed all of this record yet. Try again.')

const SAID: Readonly<Record<string, () => HealthChainError>> = {
  HC002: () =>
    new HealthChainError('conflict', 'legal-hold', 'A legal hold keeps this record: let it be lifted first.'),
  HC003: pendingLeaves,
  // Somebody else has just erased it.
  P0002: () =>
    new HealthChainError('not-found', 'not-found', 'There is no such patient in the hands of your organisation.'),
  // https://www.postgresql.org/docs/current/errcodes-appendix.html: lock_timeout; deadlock
  '55P03': () => new HealthChainError('busy', 'written-now', 'Others are writing at this moment. Try again.'),
  '40P01': () => new HealthChainError('busy', 'written-now', 'Others are writing at this moment. Try again.'),
}

function inOurWords(error: unknown): never {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  throw SAID[code]?.() ?? error
}
