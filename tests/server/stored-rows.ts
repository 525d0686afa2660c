// How many rows every table holds: what a refused write must not change. Of the audit log it says nothing: refusals are
// written down too.
import type { Database } from '../../src/store/database.ts'

export async function storedRows(database: Database): Promise<Record<string, number>> {
  const tables = await database.query<{ name: string }>({
    sql: "select tablename as name from pg_tables where schemaname = 'public' and tablename <> 'audit_event' order by tablename",
    parameters: [],
  })
  const counts = tables.map(({ name }) => `select '${name}' as name, count(*)::int as rows from "${name}"`)
  const rows = await database.query<{ name: string; rows: number }>({ sql: counts.join(' union all '), parameters: [] })
  return Object.fromEntries(rows.map((row) => [row.name, row.rows]))
}
