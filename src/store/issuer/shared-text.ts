// A text under a name that all processes on one database share, such as a private key. The first to ask makes it.
import type { Session } from '../database.ts'

/** `make` may run in several processes at once; what was stored first holds for all. */
export async function sharedText(
  session: Session,
  name: string,
  make: () => string | Promise<string>,
): Promise<string> {
  const known = await read(session, name)
  if (known !== undefined) return known
  await session.query({
    sql: 'insert into server_secret (name, value) values ($1, $2) on conflict (name) do nothing',
    parameters: [name, await make()],
  })
  return (await read(session, name))!
}

async function read(session: Session, name: string): Promise<string | undefined> {
  const [row] = await session.query<{ value: string }>({
    sql: 'select value from server_secret where name = $1',
    parameters: [name],
  })
  return row?.value
}
