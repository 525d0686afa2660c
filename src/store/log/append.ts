// A leaf for what is no write of a resource by itself: broken glass, an erasure. It stands or falls with the transaction of
// what it tells.
import { now } from '../../kernel/clock.ts'
import { HealthChainError } from '../../kernel/errors.ts'
import type { LeafType } from '../../provenance/leaf.ts'
import type { Session } from '../database.ts'
import { joinedLines, type Line, linesSql } from './leaf-lines.ts'
import { type Logged, makeLeaf } from './make-leaf.ts'

// A salt is kept for a leaf that is: what has one already gets no second.
const APPEND = `with line as materialized (
  ${linesSql(1)}
), logged as (
  insert into log_leaf (entry, leaf, salt, type, id, version, decision, recorded)
  select entry, leaf, salt, $2, id, version, decision, $3 from line
  on conflict (type, id, version) do nothing returning entry
), salted as (
  insert into log_salt (id, salt) select line.salt, line.secret from line join logged using (entry)
)
select entry from logged`

/**
 * @returns the UUID of the entry
 * @throws HealthChainError fault (other-leaf), for a leaf that may not say this: events are told by their AuditEvent;
 * fault (logged-already), for the second leaf of one version
 */
export async function appendLeaf(session: Session, leafType: LeafType, content: Logged): Promise<string> {
  const made = makeLeaf(leafType, content, now())
  const { resourceType, id, versionId, decision } = content
  const line = { ...made, id, version: Number(versionId), decision }
  if ((await appendLines(session, resourceType, [line], made.recorded)) === 1) return made.entry
  throw new HealthChainError('fault', 'logged-already', 'This version has its leaf already: correct the caller.')
}

/**
 * The leaf of an AuditEvent that this transaction has stored.
 * @returns the UUID of the entry
 * @throws HealthChainError fault (no-event) where there is none of that id
 */
export async function appendEvent(session: Session, leafType: 'btg', id: string): Promise<string> {
  const sql = 'select content from audit_event where id = $1'
  const [event] = await session.query<{ content: string }>({ sql, parameters: [id] })
  if (!event) throw new HealthChainError('fault', 'no-event', 'This leaf tells an AuditEvent: store that before it.')
  const about = { resourceType: 'AuditEvent', id, versionId: '1', op: 'create' } as const
  return appendLeaf(session, leafType, { ...about, resource: event.content, provenance: '', decision: '' })
}

/** Leaves of one type for those that have none yet. @returns how many */
export async function appendLines(
  session: Session,
  type: string,
  lines: readonly Line[],
  recorded: string,
): Promise<number> {
  const rows = await session.query({ sql: APPEND, parameters: [joinedLines(lines), type, recorded] })
  return rows.length
}
