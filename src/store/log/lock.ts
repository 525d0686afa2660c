// Who may do what only one process may do to the log, until the transaction ends.
import type { Session } from '../database.ts'

/** ASCII of "hc", as the migrations have it; they use one number, the log uses two. */
const SPACE = 0x6863
export const LOCKS = { sequence: 1, sign: 2 } as const

// What is signed must not be gone after a crash, whatever the server's own setting. And rows are found by their indexes: what
// PostgreSQL remembers of how many wait is of another moment.
const SETTINGS = `case when current_setting('synchronous_commit') = 'off' then set_config('synchronous_commit', 'on', true) end,
  set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)`

/** Waits for its turn. */
export async function lock(session: Session, which: (typeof LOCKS)[keyof typeof LOCKS]): Promise<void> {
  await session.query({ sql: `select pg_advisory_xact_lock($1, $2), ${SETTINGS}`, parameters: [SPACE, which] })
}
