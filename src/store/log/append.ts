// A leaf for what is no write of a resource by itself: broken glass, an erasure, a batch of audit events. It stands or falls
// with the transaction of what it tells.
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
  select entry, leaf, salt, $2::text, case when $2::text is not null then id end, case when $2::text is not null then version end, decision, $3 from line
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
  const { id, versionId, decision } = content
  // A batch is about many: it has no version of its own to be found by.
  const type = leafType === 'audit.batch' ? null : content.resourceType
  const added = await appendLines(session, type, [{ ...made, id, version: Number(versionId), decision }], made.recorded)
  if (added === 1) return made.entry
  throw new HealthChainError('fault', 'logged-already', 'This version has its leaf already: correct the caller.')
}

/** Leaves of one type for those that have none yet. @returns how many */
export async function appendLines(
  session: Session,
  type: string | null,
  lines: readonly Line[],
  recorded: string,
): Promise<number> {
  const rows = await session.query({ sql: APPEND, parameters: [joinedLines(lines), type, recorded] })
  return rows.length
}
