// What the server remembers of itself between starts, and a lock for what only one process may do.
import type { Database, Session } from './database.ts'

export async function readState(session: Session, name: string): Promise<string | undefined> {
  const [row] = await session.query<{ value: string }>({
    sql: 'select value from server_state where name = $1',
    parameters: [name],
  })
  return row?.value
}

export async function writeState(session: Session, name: string, value: string): Promise<void> {
  await session.query({
    sql: 'insert into server_state (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value',
    parameters: [name, value],
  })
}

/** True if nothing was ever written. */
export async function isEmpty(session: Session): Promise<boolean> {
  const rows = await session.query({ sql: 'select from resource_version limit 1', parameters: [] })
  return rows.length === 0
}

const turns = new WeakMap<Database, Promise<unknown>>()

/**
 * Runs `work` while holding a lock of that name; others with the same name wait, whichever process they are in. Held on a
 * connection of its own: one of each pool waits at a time, or those who wait would leave none for the one who works. So
 * `work` must not ask for another lock of the same pool.
 */
export function alone<T>(database: Database, name: string, work: () => Promise<T>): Promise<T> {
  const mine = (turns.get(database) ?? Promise.resolve()).then(() => locked(database, name, work))
  turns.set(
    database,
    mine.catch(() => {}),
  )
  return mine
}

function locked<T>(database: Database, name: string, work: () => Promise<T>): Promise<T> {
  return database.transaction(async (session) => {
    // It waits for as long as the work takes.
    await session.query({ sql: 'set local idle_in_transaction_session_timeout = 0', parameters: [] })
    await session.query({ sql: 'select pg_advisory_xact_lock(hashtext($1))', parameters: [name] })
    return work()
  })
}
