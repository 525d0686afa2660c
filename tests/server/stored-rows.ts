// How many rows every table holds: what a refused write must not change. Of the audit log and its leaves it says nothing:
// refusals are written down too. Asked by the owner of the tables, since nobody who serves may look into all of them.
import pg from 'pg'

const BATCH = `convert_from(l.leaf, 'UTF8') like '%"t":"audit.batch"%'`
/** Table -> those of its rows that count. */
const COUNTED: Readonly<Record<string, string>> = {
  log_leaf: `log_leaf as l where not (${BATCH})`,
  log_salt: `log_salt as s where not exists (select from log_leaf as l where l.salt = s.id and ${BATCH})`,
}

export async function storedRows({ url }: { url: string }): Promise<Record<string, number>> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const tables = await client.query<{ name: string }>(
      "select tablename as name from pg_tables where schemaname = 'public' and tablename not like 'audit\\_%' order by tablename",
    )
    const counts = tables.rows.map(
      ({ name }) => `select '${name}' as name, count(*)::int as rows from ${COUNTED[name] ?? `"${name}"`}`,
    )
    const { rows } = await client.query<{ name: string; rows: number }>(counts.join(' union all '))
    return Object.fromEntries(rows.map((row) => [row.name, row.rows]))
  } finally {
    await client.end()
  }
}
