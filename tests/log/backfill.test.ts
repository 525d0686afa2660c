// A database of before the log: its versions are let be, what is written from now on has leaves, and the rest gets them before
// anybody is served, whoever kills and starts in between.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ensureLeaves } from '../../src/server/leaves.ts'
import type { Opened } from '../../src/server/open.ts'
import { type Database, migrateDatabase, openDatabase } from '../../src/store/database.ts'
import { fillLog, isSealed, sealLog } from '../../src/store/log/backfill.ts'
import { leafOf } from '../../src/store/log/reader.ts'
import { sequence } from '../../src/store/log/sequencer.ts'
import { SERVING } from '../../src/store/roles.ts'
import { write } from '../../src/store/writer.ts'
import { type Previous, previousRelease } from '../store/previous-release.ts'
import { testDatabase } from '../support/database.ts'
import { audited, counts, observation, sign } from './world.ts'

let previous: Previous
let database: Database
let owner: Database
const statements: string[] = []
beforeEach(async () => {
  previous = await previousRelease([
    ['Patient', 'p1', {}, { active: true }, null],
    ['Observation', 'o1', observation(1)],
    ['Consent', 'c1', { status: 'active', patient: { reference: 'Patient/p1' } }],
  ])
  await migrateDatabase(previous.url)
  const onStatement = (sql: string) => statements.push(sql)
  database = await openDatabase({ url: previous.url, role: SERVING, poolSize: 3, migrate: false, onStatement })
  owner = await openDatabase({ url: previous.url, poolSize: 3, migrate: false, onStatement })
  statements.length = 0
})
afterEach(async () => {
  await Promise.all([database.close(), owner.close()])
  await previous.drop()
})

const openedOn = (of: Database, as: Database): Opened => ({
  ...{ database: of, accounts: of, asOwner: (work) => work(as), close: async () => {} },
})
const said: string[] = []
const say = (line: string) => void said.push(line)
const start = () => ensureLeaves(openedOn(database, owner), say)
/** Versions of an earlier release, as many as fill several pages. */
const many = (n: number) =>
  previous.client.query(
    `alter table resource_version drop constraint resource_version_logged;
insert into resource_version (type, id, version, last_updated, operation, lossless, content)
select 'Observation', 'many-' || n, 1, '2026-01-01', 'create', false, '{}' from generate_series(1, ${n}) as n;
alter table resource_version add constraint resource_version_logged
  foreign key (type, id, version) references log_leaf (type, id, version) deferrable initially deferred not valid`,
  )
const update = () => write(database, [{ type: 'Observation', id: 'o1', resource: observation(2) }])

test('versions of before stay without leaves, those that follow have theirs', async () => {
  await update()
  expect(await counts(database)).toMatchObject({ versions: 6, leaves: 1, salts: 1 })
  expect(await leafOf(database, { type: 'Observation', id: 'o1', version: 1 })).toBeUndefined()
  const [{ since }] = (await previous.client.query('select since <= now() as since from log_state')).rows
  expect(since).toBe(true)
})

test('each gets one, whoever fills and writes at the same time; then the database holds it of all', async () => {
  expect([await sealLog(owner), await isSealed(database)]).toEqual([false, false])
  await Promise.all([fillLog(owner), update(), fillLog(owner)])
  expect(await isSealed(database)).toBe(true)
  await sequence(database, sign, 100)
  expect(await counts(database)).toEqual({ versions: 6, leaves: 6, salts: 6, size: 6, signed: 6 })
  expect(await audited(database)).toEqual({ size: 6, findings: [] })
  const sealed = "select convalidated as sealed from pg_constraint where conname = 'resource_version_logged'"
  expect((await previous.client.query(sealed)).rows).toEqual([{ sealed: true }])
})

describe('a start', () => {
  test('fills and seals; the next one looks once and borrows nothing', async () => {
    await start()
    expect(await counts(database)).toMatchObject({ versions: 5, leaves: 5, salts: 5 })
    expect(said).toHaveLength(1)
    statements.length = 0
    await ensureLeaves({ ...openedOn(database, owner), asOwner: () => expect.unreachable() }, say)
    expect(statements).toEqual(['select value from server_state where name = $1'])
  })

  test('of a new database seals it without a word', async () => {
    const db = await testDatabase()
    try {
      said.length = 0
      await ensureLeaves(openedOn(db.database, db.owner), say)
      expect([said, await isSealed(db.database)]).toEqual([[], true])
    } finally {
      await db.drop()
    }
  })

  test('two at once: one fills, the other waits and finds nothing to do', async () => {
    await many(700)
    await Promise.all([start(), start()])
    expect(await counts(database)).toMatchObject({ versions: 705, leaves: 705, salts: 705 })
    expect(statements.filter((sql) => sql.includes('as logged from'))).toHaveLength(3)
  })

  test.each([1, 2, 3])('killed in page %i goes on with that page, and nothing has two leaves', async (page) => {
    await many(1200)
    let pages = 0
    const dying: Database = {
      query: (statement) => owner.query(statement),
      close: () => owner.close(),
      transaction: (work) =>
        owner.transaction((session) =>
          work({
            async query(statement) {
              const rows = await session.query(statement)
              if (statement.sql.includes('insert into server_state') && ++pages === page) throw new Error('killed')
              return rows
            },
          }),
        ),
    }
    await expect(ensureLeaves(openedOn(database, dying), say)).rejects.toThrow('killed')
    expect(await counts(database)).toMatchObject({ leaves: (page - 1) * 500 })
    statements.length = 0
    await start()
    expect(await counts(database)).toMatchObject({ versions: 1205, leaves: 1205, salts: 1205 })
    // The last page is empty.
    expect(statements.filter((sql) => sql.includes('as logged from'))).toHaveLength(3 - (page - 1) + 1)
    expect(await isSealed(database)).toBe(true)
  })

  test('whose seal breaks begins anew the next time', async () => {
    await previous.client.query("insert into server_state values ('leaves', 'Patient p1 3')")
    await expect(start()).rejects.toMatchObject({ code: 'unlogged-versions' })
    await start()
    expect(await counts(database)).toMatchObject({ versions: 5, leaves: 5, salts: 5 })
  })
})

test('a page costs the same wherever it is: keys behind the last, and one look each for a leaf', async () => {
  await many(3000)
  await fillLog(owner)
  await previous.client.query('analyze resource_version, log_leaf')
  const sql = statements.find((text) => text.includes('as logged from'))!
  const values = ['Observation', 'many-500', 1, 500]
  // Whatever the planner believes of either table.
  await previous.client.query('set enable_nestloop = off')
  const { rows } = await previous.client.query(`explain (analyze, costs off, timing off, summary off) ${sql}`, values)
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
  expect(plan).toMatch(/Index Scan using resource_version_pkey/)
  expect(plan).toMatch(/Index (Only )?Scan using log_leaf_about on log_leaf l.*rows=1.00 loops=500/)
  expect(plan).not.toMatch(/Merge|Seq Scan|Hash/)
})
