// Every checkpoint that was ever signed and is still kept, a note a line: verify holds the tree to each of them.
import type { Session } from '../database.ts'

const PAGE = 1000

/** Lines, oldest first. */
export async function* dumpedCheckpoints(session: Session): AsyncGenerator<string> {
  for (let after = -1, more = true; more; ) {
    const rows = await session.query<{ size: string; note: string }>({
      sql: 'select size, note from log_checkpoint where size > $1 order by size limit $2',
      parameters: [after, PAGE],
    })
    yield rows.map(({ size, note }) => `${JSON.stringify({ size: Number(size), note })}\n`).join('')
    after = Number(rows.at(-1)?.size)
    more = rows.length === PAGE
  }
}
