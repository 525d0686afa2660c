// What a witness has seen of the logs of others: the newest checkpoint of each, changed by compare-and-swap alone, whichever
// process of however many is asked. https://c2sp.org/tlog-witness
import type { Checkpoint } from '../../provenance/checkpoint.ts'
import type { Database, Session } from '../database.ts'

export interface Seen extends Pick<Checkpoint, 'size' | 'root'> {
  /** The signed note, as it came. */
  readonly note: string
}

export async function seenOf(session: Session, origin: string): Promise<Seen | undefined> {
  const [row] = await session.query<{ size: string; root: Buffer; note: string }>({
    sql: 'select size, root, note from log_witnessed where origin = $1',
    parameters: [origin],
  })
  return row && { size: Number(row.size), root: row.root, note: row.note }
}

const FIRST =
  'insert into log_witnessed (origin, size, root, note) values ($1, $2, $3, $4) on conflict (origin) do nothing returning 1'
const NEXT =
  'update log_witnessed set size = $2, root = $3, note = $4 where origin = $1 and size = $5 and root = $6 returning 1'
// What was cosigned must not be forgotten in a crash, whatever the server's own setting.
const DURABLE = `select case when current_setting('synchronous_commit') = 'off' then set_config('synchronous_commit', 'on', true) end`

/** Keeps `next` in place of `before`, on disk when it resolves. False: somebody else was faster, and nothing was kept. */
export function keepSeen(
  database: Database,
  origin: string,
  before: Seen | undefined,
  { size, root, note }: Seen,
): Promise<boolean> {
  return database.transaction(async (session) => {
    await session.query({ sql: DURABLE, parameters: [] })
    const row = [origin, size, Buffer.from(root), note]
    const statement =
      before === undefined
        ? { sql: FIRST, parameters: row }
        : { sql: NEXT, parameters: [...row, before.size, Buffer.from(before.root)] }
    return (await session.query(statement)).length === 1
  })
}
