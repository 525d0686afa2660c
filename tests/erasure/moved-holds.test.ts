// A legal hold on the record from which a resource came, while the record in which it stands now is erased with all its
// versions: the hold is seen, or it comes when nothing is left to hold. Each on a connection of its own.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { erasePatient } from '../../src/interactions/erasure/erase.ts'
import { placeHold } from '../../src/interactions/erasure/legal-hold.ts'
import type { Session } from '../../src/store/database.ts'
import { beginErasure, finishErasure, readyErasure } from '../../src/store/erasure/erase.ts'
import { aloneWithRecord, placeHold as storeHold } from '../../src/store/erasure/legal-holds.ts'
import { write } from '../../src/store/writer.ts'
import { admin } from './hospital.ts'
import { left, observation, REQUEST, saidSo, type World, world } from './world.ts'

let db: World
beforeEach(async () => {
  db = await world()
  // It was p2's, and its first two versions still are.
  await write(db.database, [{ type: 'Observation', id: 'o-p2', resource: observation('p1') }])
  await db.settle()
  await readyErasure(db.database)
})
afterEach(() => db.drop())

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error) => error.code as string,
  )
const HOLD = {
  ...{ id: '5d000000-0000-4000-8000-000000000001', patient: 'p2', organisation: 'h1' },
  ...{ reason: 'A suit about it.', by: admin.user, placed: '2026-01-01T00:00:00.000Z' },
}

const eraseIn = async (session: Session) => {
  const [leaves] = await beginErasure(session, 'p1', 0)
  const about = { patient: 'p1', reason: 'objection', by: admin.user, at: '2026-01-01T00:00:00.000Z', kept: [] }
  return finishErasure(session, about, [await saidSo(session, leaves!)])
}

test('attack: a hold that is being placed is not there yet, and the versions go: the erasure waits and is refused', async () => {
  const whole = await left(db)
  let erasing = Promise.resolve('')
  await db.database.transaction(async (session) => {
    await aloneWithRecord(session, 'p2')
    erasing = codeOf(db.database.transaction(eraseIn))
    await pause(200)
    await storeHold(session, HOLD)
  })
  expect(await erasing).toBe('legal-hold')
  expect(await left(db)).toBe(whole)
})

test('a hold that comes in the midst of an erasure waits for its end', async () => {
  let placed = false
  let placing = Promise.resolve('')
  await db.database.transaction(async (session) => {
    await eraseIn(session)
    const interaction = await db.interaction()
    placing = codeOf(placeHold(interaction, 'p2', 'A suit about the treatment.')).finally(() => {
      placed = true
    })
    await pause(300)
    expect(placed).toBe(false)
  })
  expect(await placing).toBe('done')
  expect(await left(db)).toBe(0)
})

test('two erasures that each take versions of the other record come to an end', async () => {
  await write(db.database, [{ type: 'Observation', id: 'o-p1', resource: observation('p2') }])
  await db.settle()
  const both = ['p1', 'p2'].map(async (patient) => erasePatient(await db.interaction(), { ...REQUEST, patient }))
  expect(await codeOf(Promise.all(both))).toBe('done')
  expect([await left(db), await left(db, 'p2')]).toEqual([0, 0])
})
