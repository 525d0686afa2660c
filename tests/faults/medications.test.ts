// A Medication that comes to say more, broken off at any statement: it stands with everything labelled that names it, or
// nothing of it stands.
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Database, Session } from '../../src/store/database.ts'
import { write } from '../../src/store/writer.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'

const HIV = { coding: [{ system: 'http://www.nlm.nih.gov/research/umls/rxnorm', code: '1999667' }] }
const naming = (resourceType: string) => ({
  resourceType,
  status: 'active',
  subject: { reference: 'Patient/p1' },
  medicationReference: { reference: 'Medication/m' },
})

let db: TestDatabase
beforeEach(async () => {
  db = await testDatabase()
  for (const type of ['MedicationRequest', 'MedicationStatement'])
    await write(db.database, [{ type, id: 'r', resource: naming(type) }])
})
afterEach(() => db.drop())

class Broken extends Error {}

/** Breaks at the nth statement of a transaction, or just before or after it commits. */
function breaking(database: Database, nth: number, after: boolean): Database {
  let count = 0
  const reach = async <T>(work: () => Promise<T>): Promise<T> => {
    const mine = ++count === nth
    if (mine && !after) throw new Broken()
    const result = await work()
    if (mine) throw new Broken()
    return result
  }
  const around = (session: Session): Session => ({ query: (statement) => reach(() => session.query(statement)) })
  return {
    query: (statement) => reach(() => database.query(statement)),
    transaction: (work) => reach(() => database.transaction((session) => work(around(session)))),
    close: () => database.close(),
  }
}

const state = async () => {
  const [row] = await db.database.query<{ drugs: number; levels: number[]; versions: number }>({
    sql: `select (select count(*)::int from medication) as drugs,
      array(select confidentiality from medication_request union all select confidentiality from medication_statement) as levels,
      (select count(*)::int from resource_version) as versions`,
    parameters: [],
  })
  return row!
}
const BEFORE = { drugs: 0, levels: [3, 3], versions: 2 }
const AFTER = { drugs: 1, levels: [4, 4], versions: 5 }

const medication = { type: 'Medication', id: 'm', resource: { resourceType: 'Medication', code: HIV } }

// The first is the transaction itself.
test.each([
  ['before', false, 1],
  ['after', true, 2],
] as const)('%s each statement: nothing of it', async (_, after, first) => {
  let nth = first as number
  for (; ; nth++) {
    const error = await write(breaking(db.database, nth, after), [medication]).catch((e) => e)
    if (!(error instanceof Broken)) break
    expect(await state()).toEqual(BEFORE)
  }
  expect(nth - first).toBeGreaterThan(8)
  expect(await state()).toEqual(AFTER)
})

test('after the commit, so that only the answer is lost: all of it', async () => {
  await expect(write(breaking(db.database, 1, true), [medication])).rejects.toThrow(Broken)
  expect(await state()).toEqual(AFTER)
})
