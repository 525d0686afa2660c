// One at a time, and those who wait leave the one who works the connections that it needs.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { alone } from '../../src/store/state.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'

const POOL = 2
let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase(POOL)
})
afterAll(() => db.drop())

const look = () => db.database.query<{ one: number }>({ sql: 'select 1 as one', parameters: [] })

test.for<[string, (i: number) => string]>([
  ['one name', () => 'same'],
  ['many names', (i: number) => `name-${i}`],
])('more than there are connections wait for %s, and all have their turn', { timeout: 20_000 }, async ([, nameOf]) => {
  let working = 0
  const done = await Promise.all(
    Array.from({ length: 4 * POOL }, (_, i) =>
      alone(db.database, nameOf(i), async () => {
        expect(++working).toBe(1)
        await look()
        working--
        return i
      }),
    ),
  )
  expect(done).toEqual(Array.from({ length: 4 * POOL }, (_, i) => i))
})

test('one that fails does not keep the next from its turn', async () => {
  const failing = alone(db.database, 'x', () => Promise.reject(new Error('no')))
  const next = alone(db.database, 'x', look)
  await expect(failing).rejects.toThrow('no')
  expect(await next).toEqual([{ one: 1 }])
})

test('processes that share nothing but the database wait for one another', async () => {
  const order: string[] = []
  const begun = Promise.withResolvers<void>()
  const end = Promise.withResolvers<void>()
  const first = alone(db.database, 'shared', async () => {
    begun.resolve()
    await end.promise
    order.push('first')
  })
  await begun.promise
  const second = alone(db.owner, 'shared', async () => void order.push('second'))
  await look()
  end.resolve()
  await Promise.all([first, second])
  expect(order).toEqual(['first', 'second'])
})
