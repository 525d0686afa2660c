// kill -9 of a process that writes and sequences: no acknowledged write without its leaf, no leaf without its write, and the
// next process goes on with the same tree. More rounds: node --import tsx tests/log/kill-many.ts ROUNDS
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { killProgram, type Program } from './kill-program.ts'
import { killRound } from './kill-rounds.ts'

const ROUNDS = 200

let db: TestDatabase
let program: Program
beforeAll(async () => {
  db = await testDatabase()
  program = await killProgram()
})
afterAll(async () => {
  program.remove()
  await db.drop()
})

test(`${ROUNDS} rounds`, { timeout: 400_000 }, async () => {
  const target = { url: db.url, database: db.database, program: program.file }
  let [acknowledged, waiting] = [0, 0]
  for (let round = 0; round < ROUNDS; round++) {
    const found = await killRound(target, round, 5 + ((round * 37) % 90), round % 8 === 7)
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
