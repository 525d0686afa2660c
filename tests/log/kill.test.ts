// kill -9 of a process that writes and sequences: no acknowledged write without its leaf, no leaf without its write, and the
// next process goes on with the same tree. More rounds: node --import tsx tests/log/kill-many.ts ROUNDS
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { killRound } from './kill-rounds.ts'

const ROUNDS = 20

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db.drop())

test(`${ROUNDS} rounds`, { timeout: 400_000 }, async () => {
  let [acknowledged, waiting] = [0, 0]
  for (let round = 0; round < ROUNDS; round++) {
    const found = await killRound(db.url, db.database, round, 20 + ((round * 37) % 300))
    expect({ ...found, acknowledged: 0, untold: 0, waiting: 0 }, `round ${round}`).toEqual({
      ...{ acknowledged: 0, untold: 0, waiting: 0 },
      ...{ lost: 0, alone: 0, findings: [] },
    })
    acknowledged += found.acknowledged
    waiting += found.waiting
  }
  // Otherwise it was killed before it did anything, or never in the middle.
  expect(acknowledged).toBeGreaterThan(ROUNDS)
  expect(waiting).toBeGreaterThan(0)
})
