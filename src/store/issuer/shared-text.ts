// A text under a name that all processes on one database share, such as a private key. The first to ask makes it.
import type { Session } from '../database.ts'

/** `make` may run in several processes at once; what was stored first holds for all. */
export async function sharedText(
  session: Session,
  name: string,
  make: () => string | Promise<string>,
): Promise<string> {
  const known = await readText(session, name)
  if (known !== undefined) return known
  await addText(session, name, await make())
  return (await readText(session, name))!
}

/** Adds one more under `NAME-SUFFIX`; nothing happens where it stands. */
export async function addText(session: Session, name: string, value: string): Promise<void> {
  const sql = 'insert into server_secret (name, value) values ($1, $2) on conflict (name) do nothing'
  await session.query({ sql, parameters: [name, value] })
}

/** Name -> text of that name and of all that begin with it and a hyphen. */
export async function textsNamed(session: Session, name: string): Promise<Map<string, string>> {
  const rows = await session.query<{ name: string; value: string }>({
    sql: "select name, value from server_secret where name = $1 or starts_with(name, $1 || '-')",
    parameters: [name],
  })
  return new Map(rows.map((row) => [row.name, row.value]))
}

/** Removes texts; only the owner of the tables may. */
export async function removeTexts(owner: Session, names: readonly string[]): Promise<void> {
  await owner.query({ sql: 'delete from server_secret where name = any($1::text[])', parameters: [names] })
}

/** Undefined where nobody made it, and for a role that may not see it. */
export async function readText(session: Session, name: string): Promise<string | undefined> {
  const [row] = await session.query<{ value: string }>({
    sql: 'select value from server_secret where name = $1',
    parameters: [name],
  })
  return row?.value
}
