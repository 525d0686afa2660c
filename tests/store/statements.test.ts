// Statements that are planned once per connection: those in use stay planned, however many others come.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../support/database.ts'

let db: TestDatabase
beforeEach(async () => {
  db = await testDatabase(1)
})
afterEach(() => db.drop())

const ask = (sql: string) => db.database.query<{ one: number }>({ sql, parameters: [] })
const planned = async (sql: string) => {
  const rows = await db.database.query<{ count: number }>({
    sql: 'select count(*)::int as count from pg_prepared_statements where statement = $1',
    parameters: [sql],
  })
  return rows[0]!.count
}

test('what is asked again and again keeps its plan among three hundred others', async () => {
  const often = 'select 0 as one'
  for (let i = 1; i <= 300; i++) {
    await ask(`select ${i} as one`)
    if (i % 50 === 0) await ask(often)
  }
  expect(await planned(often)).toBe(1)
})

test('however many texts come, a connection keeps few plans', async () => {
  for (let i = 1; i <= 3000; i++) await ask(`select ${i} as three`)
  const sql = 'select count(*)::int as count from pg_prepared_statements'
  const [row] = await db.database.query<{ count: number }>({ sql, parameters: [], varied: true })
  expect(row!.count).toBeLessThan(900)
})
