// Old checkpoints become fewer, and only those that the table lets go; what a witness has seen moves into a table that grows.
import { MikroORM } from '@mikro-orm/postgresql'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { openDatabase, ormOptions } from '../../src/store/database.ts'
import { thinCheckpoints } from '../../src/store/log/retention.ts'
import { keepSeen, seenOf } from '../../src/store/log/witnessed.ts'
import { SERVING } from '../../src/store/roles.ts'
import { Log } from '../provenance/log.ts'
import { emptyDatabase, type TestDatabase, testDatabase } from '../support/database.ts'

const NEWEST = 200_000
const BLOCK = 65_536
const APPEND_ONLY = '23001'

let db: TestDatabase
const run = (sql: string) => db.owner.query<{ size: string }>({ sql, parameters: [] })
beforeAll(async () => {
  db = await testDatabase()
  await run(`insert into log_checkpoint select size, 'x' from generate_series(1, ${NEWEST}) as size`)
})
afterAll(() => db.drop())

describe('checkpoints', () => {
  it.for([
    ['the newest', `size = ${NEWEST}`],
    ['one of the last 65,536 entries', `size = ${NEWEST - BLOCK}`],
    ['the last of its 65,536', `size = ${BLOCK - 1}`],
    ['all of them', 'true'],
  ])('attack: the owner deletes %s', async ([, which]) => {
    await expect(run(`delete from log_checkpoint where ${which}`)).rejects.toMatchObject({ code: APPEND_ONLY })
  })

  it('attack: whoever serves deletes one that may go, or slips in a table of the same name', async () => {
    const one = { sql: 'delete from log_checkpoint where size = 1', parameters: [] }
    await expect(db.database.query(one)).rejects.toMatchObject({ code: '42501' })
    const client = new pg.Client({ connectionString: db.url, options: `-c role=${SERVING}` })
    await client.connect()
    await client.query('create temp table log_checkpoint (size bigint, note text)')
    await client.query(`insert into log_checkpoint values (1, 'x'), (2, 'x'), (${NEWEST}, 'x')`)
    const { rows } = await client.query('select thin_log_checkpoints(10) as gone')
    expect(rows).toEqual([{ gone: '10' }])
    expect((await client.query('select from pg_temp.log_checkpoint')).rowCount).toBe(3)
    await client.end()
  })

  it('become fewer: the last of each 65,536 stays, and all near the end', async () => {
    let gone = 10
    for (let some = 1; some > 0; gone += some) some = await thinCheckpoints(db.database, 50_000)
    const left = (await run('select size from log_checkpoint order by size')).map(({ size }) => Number(size))
    const recent = Array.from({ length: BLOCK + 1 }, (_, i) => NEWEST - BLOCK + i)
    expect(left).toEqual([BLOCK - 1, 2 * BLOCK - 1, ...recent])
    expect(gone).toBe(NEWEST - left.length)
  }, 60_000)
})

describe('what a witness has seen', () => {
  const log = new Log('c.example/log')
  const seen = async (size: number) => {
    while (log.frontier.size < size) log.append([new Uint8Array([log.frontier.size])])
    return { size, root: log.frontier.hashes[0]!, note: await log.checkpoint() }
  }

  it('is kept if it is still what it was, and otherwise not', async () => {
    const [one, two, four] = [await seen(1), await seen(2), await seen(4)]
    const keep = (...[before, next]: [typeof one | undefined, typeof one]) => keepSeen(db.database, 'c', before, next)
    expect([await keep(undefined, one), await keep(undefined, two)]).toEqual([true, false])
    expect([await keep(one, two), await keep(one, four)]).toEqual([true, false])
    expect(await keep({ ...two, root: one.root }, four)).toBe(false)
    expect(await seenOf(db.database, 'c')).toMatchObject({ size: 2, note: two.note })
  })

  test.for([
    ['fewer entries', 'update log_witnessed set size = 1'],
    ['another history of the same size', "update log_witnessed set root = sha256('x')"],
    ['that of another log', "update log_witnessed set origin = 'd', size = 9"],
    ['nothing', 'delete from log_witnessed'],
    ['nothing at all', 'truncate log_witnessed'],
  ] as const)('attack: the owner makes it %s', async ([, sql]) => {
    await expect(run(sql)).rejects.toMatchObject({ code: APPEND_ONLY })
  })

  it('of an earlier release moves to where it only grows', async () => {
    const old = await emptyDatabase()
    const orm = await MikroORM.init(ormOptions(old.url))
    await orm.migrator.up({ to: 'Migration20261121200000_log' })
    await orm.close(true)
    const { size, root, note } = await seen(8)
    const client = new pg.Client({ connectionString: old.url })
    await client.connect()
    const state = "insert into server_state values ('witnessed c.example/log', $1), ('demo', 'loaded 2026-11-21')"
    await client.query(state, [note])
    const database = await openDatabase({ url: old.url, role: SERVING })
    const found = (await seenOf(database, 'c.example/log'))!
    expect({ ...found, root: new Uint8Array(found.root) }).toEqual({ size, root: new Uint8Array(root), note })
    expect((await client.query('select name from server_state')).rows).toEqual([{ name: 'demo' }])
    await client.end()
    await database.close()
    await old.drop()
  }, 60_000)
})
