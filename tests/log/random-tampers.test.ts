// Tampers with any row of the log's tables and of the data, at random: the dump and the verifier name what was done, each time.
// More: node --import tsx tests/log/tamper-many.ts COUNT SEED
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { TamperRounds } from './tamper-rounds.ts'

const SEED = 20_261_121

describe.each([
  ['a small log', 20, 1900],
  ['a log with two levels of tiles', 256, 100],
])('%s', (_, more, count) => {
  let db: TestDatabase
  let rounds: TamperRounds
  beforeAll(async () => {
    db = await testDatabase()
    rounds = await TamperRounds.begin(db, more)
  })
  afterAll(async () => {
    rounds.end()
    await db.drop()
  })

  test('has no findings', async () => {
    expect(await rounds.honest()).toEqual([])
  })

  test(`${count} tampers are named (seed ${SEED})`, { timeout: 300_000 }, async () => {
    await rounds.run(count, SEED)
    expect(rounds.missed).toEqual([])
    // One that is never made proves nothing.
    expect(rounds.made.size).toBeGreaterThan(count > 1000 ? 27 : 15)
  })
})
