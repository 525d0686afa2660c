// Old checkpoints: every growth of the log is signed, up to some millions a year. All of the last 65,536 entries stay, and
// before them the last of each 65,536; the table itself refuses to lose others, see migrations/*_witness.ts.
import type { Session } from '../database.ts'

/** Removes at most `max`. How many it were. */
export async function thinCheckpoints(session: Session, max: number): Promise<number> {
  const sql = 'select thin_log_checkpoints($1) as gone'
  const [row] = await session.query<{ gone: string }>({ sql, parameters: [max] })
  return Number(row!.gone)
}
