// The loop: on its own, when woken, after a fault, until it is stopped.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Sequencing, type SequencingOptions } from '../../src/store/log/sequencing.ts'
import { write } from '../../src/store/writer.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { counts, observation, sign } from './world.ts'

let db: TestDatabase
let sequencing: Sequencing | undefined
beforeEach(async () => {
  db = await testDatabase()
})
afterEach(async () => {
  await sequencing?.stop()
  await db.drop()
})

const start = (options: SequencingOptions, by = sign) => {
  sequencing = new Sequencing(db.database, by, options)
  sequencing.start()
}
let made = 0
const put = (count = 1) =>
  write(
    db.database,
    Array.from({ length: count }, () => ({ type: 'Observation', id: `o${made++}`, resource: observation(made) })),
  )
const signed = () => expect.poll(async () => (await counts(db.database)).signed, { timeout: 5000, interval: 5 })

test('signs what comes within the interval, more than one run takes too', async () => {
  start({ interval: 20, limit: 7 })
  await put(40)
  await signed().toBe(40)
})

test('woken, it does not wait for the interval', async () => {
  start({ interval: 60_000 })
  await signed().toBe(0)
  await put()
  sequencing!.wake()
  await signed().toBe(1)
})

test('a signer that fails is asked again; the log is not held broken for it', async () => {
  let failures = 0
  const stopped: boolean[] = []
  start({ interval: 5, onFault: (_, stop) => stopped.push(stop) }, (tree) => {
    if (failures++ < 3) return Promise.reject(new Error('no key'))
    return sign(tree)
  })
  await signed().toBe(0)
  expect(stopped).toEqual([false, false, false])
  expect(sequencing!.broken).toBe(false)
})

test('stopped, it ends the run under way and begins none', async () => {
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  start({ interval: 1 }, async (tree) => {
    await held
    return sign(tree)
  })
  await put()
  const stopping = sequencing!.stop()
  release()
  await stopping
  const before = await counts(db.database)
  await put()
  sequencing!.wake()
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(await counts(db.database)).toMatchObject({ size: before.size, signed: before.signed })
})
