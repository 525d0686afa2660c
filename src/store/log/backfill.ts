// Leaves for versions of before there was a log. They tell that the version stood when its leaf was made, not when it was
// written; log_state.since is the moment from which on each version came with its leaf.
import { now } from '../../kernel/clock.ts'
import type { Committed } from '../../provenance/commitment.ts'
import type { Session } from '../database.ts'
import { appendLines } from './append.ts'
import type { About } from './leaf-lines.ts'
import { versionLine } from './version-line.ts'

interface VersionRow extends About {
  readonly op: Committed['op']
  readonly content: string | null
  readonly logged: boolean
}

/** Where a backfill begins. */
export const FIRST: About = { type: '', id: '', version: 0 }

/** Looks at the next `limit` versions behind `after`. @returns the last of them; undefined at the end */
export async function backfill(session: Session, after: About, limit: number): Promise<About | undefined> {
  const rows = await session.query<VersionRow>({
    sql: `select v.type, v.id, v.version, v.operation as op, v.content, l.entry is not null as logged
from resource_version as v left join log_leaf as l using (type, id, version)
where (v.type, v.id, v.version) > ($1, $2, $3::int) order by v.type, v.id, v.version limit $4`,
    parameters: [after.type, after.id, after.version, limit],
  })
  const at = now()
  const bare = Map.groupBy(
    rows.filter(({ logged }) => !logged),
    ({ type }) => type,
  )
  for (const [type, versions] of bare) {
    const lines = versions.map((row) => versionLine(row, row.content ?? '', at))
    await appendLines(session, type, lines, lines[0]!.recorded)
  }
  return rows.at(-1)
}

/** After the backfill, as the owner: from now on the database holds that each version whatsoever has its leaf. */
export async function sealLog(owner: Session): Promise<void> {
  await owner.query({
    sql: 'alter table resource_version validate constraint resource_version_logged',
    parameters: [],
  })
}
