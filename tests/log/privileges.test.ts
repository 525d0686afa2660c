// What PostgreSQL refuses of the log's tables: to the role that serves, and to the owner.
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sequence } from '../../src/store/log/sequencer.ts'
import { ISSUER, type Role, SERVING } from '../../src/store/roles.ts'
import { write } from '../../src/store/writer.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { observation, sign } from './world.ts'

let db: TestDatabase
const clients = new Map<Role | 'owner', pg.Client>()
beforeAll(async () => {
  db = await testDatabase()
  await write(db.database, [{ type: 'Observation', id: 'in', resource: observation(1) }])
  await sequence(db.database, sign, 10)
  await write(db.database, [{ type: 'Observation', id: 'waits', resource: observation(1) }])
  for (const role of [SERVING, ISSUER, 'owner'] as const) {
    const client = new pg.Client({ connectionString: db.url, ...(role !== 'owner' && { options: `-c role=${role}` }) })
    await client.connect()
    clients.set(role, client)
  }
})
afterAll(async () => {
  await Promise.all([...clients.values()].map((client) => client.end()))
  await db.drop()
})

/** The code of what it says against it; undefined when it goes through. Nothing stays. */
async function refusal(role: Role | 'owner', sql: string): Promise<string | undefined> {
  const client = clients.get(role)!
  await client.query('begin')
  try {
    await client.query(sql)
    return undefined
  } catch (error) {
    return (error as { code: string }).code
  } finally {
    await client.query('rollback')
  }
}

const [FORBIDDEN, APPEND_ONLY, REFERENCED] = ['42501', '23001', '0A000']
const TABLES = ['log_leaf', 'log_salt', 'log_state', 'log_tile', 'log_checkpoint']
const LATER = "'\\x00' || frontier, sha256('x'))"

/** Changes that are no growth. */
const ATTACKS = [
  ['rewriting a leaf', "update log_leaf set leaf = '{}'"],
  ['moving a leaf', 'update log_leaf set leaf_index = leaf_index + 1 where leaf_index is not null'],
  ['taking a leaf out of the tree', 'update log_leaf set leaf_index = null where leaf_index is not null'],
  ['giving a leaf to another version', "update log_leaf set id = 'other'"],
  [
    'another decision while it is numbered',
    "update log_leaf set leaf_index = 9, decision = 'd' where leaf_index is null",
  ],
  ['another salt', "update log_salt set salt = sha256('x')"],
  ['a smaller tree', `update log_state set (size, frontier, root) = (0, ${LATER}`],
  ['another tree of the same size', `update log_state set (size, frontier, root) = (size, ${LATER}`],
  ['a later beginning', 'update log_state set since = now(), size = size + 1'],
  ['another hash in a tile', "update log_tile set hashes = sha256('x')"],
  ['another hash in a tile that grows', "update log_tile set hashes = sha256('x') || sha256('y')"],
  ['a shorter tile', "update log_tile set hashes = ''"],
  ['a tile moved', 'update log_tile set index = index + 1, hashes = hashes || hashes'],
  ['another note', "update log_checkpoint set note = 'x'"],
] as const

describe('the owner is held by triggers', () => {
  test.each(ATTACKS)('%s', async (_, sql) => {
    expect(await refusal('owner', sql)).toBe(APPEND_ONLY)
  })
  test.each(TABLES)('%s: nothing is deleted or truncated', async (table) => {
    expect(await refusal('owner', `delete from ${table}`)).toBe(APPEND_ONLY)
    expect(await refusal('owner', `truncate ${table}`)).toBe(table === 'log_leaf' ? REFERENCED : APPEND_ONLY)
    expect(await refusal('owner', `truncate ${table} cascade`)).toBe(APPEND_ONLY)
  })
  test.each([
    ['a second state', `insert into log_state values (false, 1, '', sha256('x'), now())`],
    ['a tile that is no row of hashes', "insert into log_tile values (0, 7, 'x')"],
    ['a salt that is too short', "insert into log_salt values (gen_random_uuid(), 'x')"],
    [
      'a leaf of half a version',
      "insert into log_leaf (entry, leaf, salt, type, recorded) values (gen_random_uuid(), 'x', gen_random_uuid(), 'Patient', now())",
    ],
  ])('%s', async (_, sql) => {
    expect(await refusal('owner', sql)).toBe('23514')
  })
})

describe('growth is allowed to who serves', () => {
  test.each([
    ['numbering a leaf', 'update log_leaf set leaf_index = 9 where leaf_index is null'],
    ['a longer tile', "update log_tile set hashes = hashes || sha256('x')"],
    ['a larger state', "update log_state set size = size + 1, frontier = '', root = sha256('x')"],
  ])('%s', async (_, sql) => {
    expect(await refusal(SERVING, sql)).toBeUndefined()
  })
  test.each([
    ...TABLES.flatMap((table) => [`delete from ${table}`, `truncate ${table}`]),
    ...["log_leaf set leaf = '{}'", 'log_leaf set salt = entry', 'log_leaf set recorded = now()'].map(
      (s) => `update ${s}`,
    ),
    ...["log_salt set salt = 'x'", 'log_state set since = now()', 'log_tile set level = 1'].map((s) => `update ${s}`),
    "update log_checkpoint set note = ''",
    'alter table log_leaf disable trigger all',
    'alter table resource_version drop constraint resource_version_logged',
  ])('but not: %s', async (sql) => {
    expect(await refusal(SERVING, sql)).toBe(FORBIDDEN)
  })
})

test.each(TABLES)('the issuer has no business with %s', async (table) => {
  expect(await refusal(ISSUER, `select from ${table}`)).toBe(FORBIDDEN)
})
