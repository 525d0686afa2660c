// A database of before the log: its versions are let be, what is written from now on has leaves, and the rest gets them.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Database, migrateDatabase, openDatabase } from '../../src/store/database.ts'
import { backfill, FIRST, sealLog } from '../../src/store/log/backfill.ts'
import type { About } from '../../src/store/log/leaf-lines.ts'
import { leafOf } from '../../src/store/log/reader.ts'
import { sequence } from '../../src/store/log/sequencer.ts'
import { SERVING } from '../../src/store/roles.ts'
import { write } from '../../src/store/writer.ts'
import { type Previous, previousRelease } from '../store/previous-release.ts'
import { audited, counts, observation, sign } from './world.ts'

let previous: Previous
let database: Database
beforeEach(async () => {
  previous = await previousRelease([
    ['Patient', 'p1', {}, { active: true }, null],
    ['Observation', 'o1', observation(1)],
    ['Consent', 'c1', { status: 'active', patient: { reference: 'Patient/p1' } }],
  ])
  await migrateDatabase(previous.url)
  database = await openDatabase({ url: previous.url, role: SERVING, poolSize: 3, migrate: false })
})
afterEach(async () => {
  await database.close()
  await previous.drop()
})

const fill = async () => {
  let at: About | undefined = FIRST
  while (at) at = await backfill(database, at, 2)
}

test('versions of before stay without leaves, those that follow have theirs', async () => {
  await write(database, [{ type: 'Observation', id: 'o1', resource: observation(2) }])
  expect(await counts(database)).toMatchObject({ versions: 6, leaves: 1, salts: 1 })
  expect(await leafOf(database, { type: 'Observation', id: 'o1', version: 1 })).toBeUndefined()
  const [{ since }] = (await previous.client.query('select since <= now() as since from log_state')).rows
  expect(since).toBe(true)
})

test('each gets one, whoever fills and writes at the same time; then the database holds it of all', async () => {
  await expect(sealLog(openAsOwner())).rejects.toMatchObject({ constraint: 'resource_version_logged' })
  await Promise.all([fill(), write(database, [{ type: 'Observation', id: 'o1', resource: observation(2) }]), fill()])
  await sealLog(openAsOwner())
  await sequence(database, sign, 100)
  expect(await counts(database)).toEqual({ versions: 6, leaves: 6, salts: 6, size: 6, signed: 6 })
  expect(await audited(database)).toEqual({ size: 6, findings: [] })
})

const openAsOwner = () => ({
  query: async <T>({ sql }: { sql: string }) => (await previous.client.query(sql)).rows as T[],
})
