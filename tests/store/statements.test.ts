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

test('what is asked again and again keeps its plan among a thousand others', async () => {
  const often = 'select 0 as one'
  for (let i = 1; i <= 1000; i++) {
    await ask(`select ${i} as one`)
    if (i % 50 === 0) await ask(often)
  }
  expect(await planned(often)).toBe(1)
})

test('what was forgotten is planned again, under a name of its own', async () => {
  for (let i = 1; i <= 500; i++) await ask(`select ${i} as one`)
  expect(await ask('select 1 as one')).toEqual([{ one: 1 }])
  expect(await planned('select 1 as one')).toBe(2)
})
