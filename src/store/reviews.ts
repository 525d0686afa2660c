// Reviews of break-glass that nobody has finished in time. Reads Task for the platform itself, not for an asker.
import { REVIEW } from '../consent/read-scope.ts'
import { readStored } from '../kernel/json.ts'
import { indexToken } from '../search/types/token.ts'
import type { Session } from './database.ts'

const OPEN = ['draft', 'requested', 'received', 'accepted', 'ready', 'in-progress', 'on-hold']

export interface OpenReview {
  readonly version: number
  readonly task: Record<string, unknown> & { readonly id: string }
}

/** Open reviews that were asked for before an instant and are not urgent yet, oldest first. */
export async function openReviews(session: Session, before: string, limit: number): Promise<OpenReview[]> {
  const hashes = new Set<string>()
  indexToken('Coding', REVIEW, hashes)
  const rows = await session.query<{ version: number; content: string; lossless: boolean }>({
    sql: 'select version, content, lossless from task where not deleted and code @> $1::bigint[] and status = any($2::text[]) and priority is distinct from $3 and authored_on_low < $4::timestamptz order by authored_on_low, id limit $5',
    parameters: [[...hashes], OPEN, 'urgent', before, limit],
  })
  return rows.map(({ version, content, lossless }) => ({
    version,
    task: readStored(content, lossless) as OpenReview['task'],
  }))
}
