// What somebody with the owner's login did to the tables: the sequencer adds nothing to it and signs nothing of it.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { EMPTY_FRONTIER, frontierBytes } from '../../src/provenance/frontier.ts'
import { appendLeaves, frontierRoot, leafHash } from '../../src/provenance/merkle.ts'
import { makeLeaf } from '../../src/store/log/make-leaf.ts'
import { sequence } from '../../src/store/log/sequencer.ts'
import { Sequencing } from '../../src/store/log/sequencing.ts'
import { isBroken } from '../../src/store/log/tree.ts'
import { write } from '../../src/store/writer.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { audited, counts, observation, sign } from './world.ts'

const TABLES = ['log_leaf', 'log_salt', 'log_state', 'log_tile', 'log_checkpoint']
const SIZE = 300

let db: TestDatabase
const run = (sql: string, parameters: unknown[] = []) => db.owner.query<Record<string, Buffer>>({ sql, parameters })
beforeAll(async () => {
  db = await testDatabase()
  const put = (id: string) => ({ type: 'Observation', id, resource: observation(1) })
  await write(
    db.database,
    Array.from({ length: SIZE }, (_, n) => put(`o${n}`)),
  )
  await sequence(db.database, sign, 100)
  await sequence(db.database, sign, 1000)
  // One leaf waits: without it nothing is to be done, and nothing would be looked at.
  await write(db.database, [put('waiting')])
  for (const table of TABLES) {
    await run(`alter table ${table} disable trigger user`)
    await run(`create table kept_${table} as table ${table}`)
  }
  await run('alter table resource_version drop constraint resource_version_logged')
})
afterEach(async () => {
  for (const table of TABLES) {
    await run(`delete from ${table}`)
    await run(`insert into ${table} table kept_${table}`)
  }
})
afterAll(() => db.drop())

const flipped = (from: number) =>
  `set hashes = overlay(hashes placing '\\x00112233' from ${from * 32 + 1}) where octet_length(hashes) >= ${from * 32 + 4} and level`

/** The tree of these leaves instead of what is stored: everything fits, but for what was signed. */
async function rebuild(leaves: readonly Buffer[], keepTiles = false): Promise<void> {
  const { frontier, tiles } = appendLeaves(EMPTY_FRONTIER, leaves.map(leafHash))
  if (!keepTiles) await run('delete from log_tile')
  for (const { level, index, added } of keepTiles ? [] : tiles)
    await run('insert into log_tile values ($1, $2, $3)', [level, index, Buffer.from(added)])
  const state = [frontier.size, Buffer.from(frontierBytes(frontier)), Buffer.from(frontierRoot(frontier))]
  await run('update log_state set size = $1, frontier = $2, root = $3', state)
}
const stored = async () =>
  (await run('select leaf from log_leaf where leaf_index is not null order by leaf_index')).map(({ leaf }) => leaf!)

const forged = () => {
  const content = { resourceType: 'Observation', id: 'x', versionId: '1', op: 'create', resource: '{}' } as const
  return makeLeaf('fhir.write', { ...content, provenance: '', decision: '' }, 0)
}

const ATTACKS: readonly (readonly [attack: string, act: string | (() => Promise<unknown>)])[] = [
  ['a leaf of the last tile rewritten', `update log_leaf set leaf = '{}' where leaf_index = ${SIZE - 1}`],
  ['a leaf of the last tile taken out', `delete from log_leaf where leaf_index = ${SIZE - 2}`],
  [
    'a leaf of the last tile in the place of another',
    `update log_leaf set leaf = (select leaf from kept_log_leaf where leaf_index = ${SIZE - 1}) where leaf_index = ${SIZE - 3}`,
  ],
  ['a leaf put behind the end', `update log_leaf set leaf_index = ${SIZE} where leaf_index is null`],
  ['a leaf put far behind the end', `update log_leaf set leaf_index = ${SIZE + 999} where leaf_index is null`],
  ['a name among what waits', "update log_leaf set leaf = convert_to('Ana Müller', 'UTF8') where leaf_index is null"],
  [
    'a leaf of another entry among what waits',
    () => run('update log_leaf set leaf = $1 where leaf_index is null', [Buffer.from(forged().leaf)]),
  ],
  ['a hash of the last tile changed', `update log_tile ${flipped(3)} = 0 and index = 1`],
  ['a hash of an upper tile changed', `update log_tile ${flipped(0)} = 1`],
  ['a tile cut short', 'update log_tile set hashes = substring(hashes for 64) where level = 0 and index = 1'],
  ['a tile made longer', 'update log_tile set hashes = hashes || sha256(hashes) where level = 0 and index = 1'],
  ['a tile taken out', 'delete from log_tile where level = 1'],
  ['another size', 'update log_state set size = size + 1'],
  ['another size with as many subtrees', 'update log_state set size = 294'],
  ['another right border', "update log_state set frontier = overlay(frontier placing '\\x00112233' from 1)"],
  ['another root', "update log_state set root = sha256('x')"],
  ['no state', 'delete from log_state'],
  [
    'the whole log put back to an earlier day, to leave a leaf out',
    async () => {
      await run('update log_leaf set leaf_index = null where leaf_index >= 280')
      await run('delete from log_leaf where entry = (select entry from kept_log_leaf where leaf_index = 290)')
      await rebuild(await stored())
    },
  ],
  [
    'the log put back to an earlier day, but for the tiles, which only grow',
    async () => {
      await run('delete from log_leaf where leaf_index >= 280 or leaf_index is null')
      await rebuild(await stored(), true)
    },
  ],
  [
    'another root before the tree is signed',
    async () => {
      await sequence(db.database, () => Promise.reject(new Error('no key')), 1000).catch(() => {})
      await run("update log_state set root = sha256('x')")
    },
  ],
  [
    'history written anew, with a tree to fit',
    async () => {
      await run('update log_leaf set leaf = $1 where leaf_index = 5', [Buffer.from(forged().leaf)])
      await rebuild(await stored())
    },
  ],
  [
    'the last checkpoint replaced by an older one',
    `update log_checkpoint set note = (select note from kept_log_checkpoint where size = 100) where size = ${SIZE}`,
  ],
  ['a checkpoint that is none', `update log_checkpoint set note = 'none' where size = ${SIZE}`],
]

test.each(ATTACKS)('attack: %s', async (_, act) => {
  await (typeof act === 'string' ? run(act) : act())
  const before = await counts(db.database)
  const asked: number[] = []
  const watching = (tree: Parameters<typeof sign>[0]) => {
    asked.push(tree.size)
    return sign(tree)
  }
  for (let again = 0; again < 2; again++) {
    const error = await sequence(db.database, watching, 1000).catch((e) => e)
    expect(isBroken(error), String(error)).toBe(true)
  }
  expect(asked).toEqual([])
  expect(await counts(db.database)).toEqual(before)
})

test('and without an attack it goes on', async () => {
  expect(await sequence(db.database, sign, 1000)).toEqual({ added: 1, size: SIZE + 1 })
  expect(await audited(db.database)).toEqual({ size: SIZE + 1, findings: [] })
})

test('a server that finds its log damaged stops for good, and says so', async () => {
  await run("update log_state set root = sha256('x')")
  const faults: boolean[] = []
  const sequencing = new Sequencing(db.database, sign, {
    interval: 5,
    onFault: (_, stopped) => faults.push(stopped),
  })
  sequencing.start()
  await expect.poll(() => sequencing.broken).toBe(true)
  sequencing.wake()
  await sequencing.stop()
  expect(faults).toEqual([true])
})
