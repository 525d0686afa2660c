// A transaction within another: what fails in it is taken back alone, and a deadlock ends as one that can be tried again.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Session } from '../../src/store/database.ts'
import { joined } from '../../src/store/joined.ts'
import { type Write, write } from '../../src/store/writer.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db.drop())

const patient = (id: string, family: string): Write => ({
  ...{ type: 'Patient', id },
  resource: { resourceType: 'Patient', name: [{ family }] },
})
const run = (session: Session, sql: string) => session.query({ sql, parameters: [] })
const versions = async () =>
  Object.fromEntries(
    (
      await db.owner.query<{ id: string; version: number }>({
        sql: 'select id, version from patient where not deleted',
        parameters: [],
      })
    ).map(({ id, version }) => [id, version]),
  )

/** Two transactions that each hold what the other writes next: each `mine`, and then in a joined one `theirs`. */
async function crossed(theirs: (id: string) => Write[], [a, b]: readonly [string, string]) {
  await write(db.database, [patient(a, 'before'), patient(b, 'before')])
  const both = Promise.withResolvers<void>()
  let holding = 0
  const one = (mine: string, other: string) =>
    db.owner.transaction(async (session) => {
      await run(session, `select from patient where id = '${mine}' for update`)
      if (++holding === 2) both.resolve()
      await both.promise
      await write(joined(session), theirs(other))
      return mine
    })
  return Promise.allSettled([one(a, b), one(b, a)])
}

test.for<[string, (id: string) => Write[], readonly [string, string]]>([
  ['a write in one statement', (id) => [patient(id, 'after')], ['a', 'b']],
  ['writes under a lock', (id) => [patient(id, 'after'), patient(`${id}-new`, 'after')], ['c', 'd']],
])(
  'deadlock: of two transactions with %s one is kept whole, the other is told to try again',
  async ([, theirs, ids]) => {
    const outcomes = await crossed(theirs, ids)
    const failed = outcomes.filter((outcome) => outcome.status === 'rejected')
    expect(failed.map(({ reason }) => reason)).toEqual([
      expect.objectContaining({ category: 'busy', code: 'contention' }),
    ])
    // What the one who was kept wrote stands, of the other nothing.
    const kept = outcomes.findIndex(({ status }) => status === 'fulfilled')
    const [mine, other] = kept === 0 ? ids : [ids[1], ids[0]]
    const now = await versions()
    expect([now[mine], now[other], now[`${mine}-new`]]).toEqual([1, 2, undefined])
    expect(now[`${other}-new`]).toBe(theirs(other).length === 2 ? 1 : undefined)
  },
)

test('what fails within is taken back alone, and the transaction goes on', async () => {
  await db.database.transaction(async (session) => {
    await write(joined(session), [patient('e', 'first'), patient('f', 'first')])
    const stale = [{ ...patient('e', 'second'), expected: 7 }, patient('f', 'second')]
    await expect(write(joined(session), stale)).rejects.toMatchObject({ code: 'version-conflict' })
    await write(joined(session), [patient('g', 'third'), patient('f', 'third')])
  })
  expect(await versions()).toMatchObject({ e: 1, f: 2, g: 1 })
})

test('what was joined ends with the transaction', async () => {
  const failing = db.database.transaction(async (session) => {
    await write(joined(session), [patient('h', 'first'), patient('i', 'first')])
    await joined(session).close()
    throw new Error('changed my mind')
  })
  await expect(failing).rejects.toThrow('changed my mind')
  expect(Object.keys(await versions())).not.toContain('h')
})
