// Every place at which a write and a run of the sequencer can break: failed, and failed though it happened. Whatever breaks,
// nobody is told of a write without a leaf, and the next run ends as if nothing had been.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { perform } from '../../src/interactions/pipeline.ts'
import { operatorInteraction } from '../../src/server/operator.ts'
import { settleAll } from '../../src/store/consent/settle-all.ts'
import type { Database, Session } from '../../src/store/database.ts'
import { sequence } from '../../src/store/log/sequencer.ts'
import { type Write, write } from '../../src/store/writer.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { DumpFolder } from './dumped.ts'
import { audited, counts, observation, sign } from './world.ts'

class Broken extends Error {}
type Fault = 'fails' | 'fails but persists'
type Reach = <T>(name: string, work: () => Promise<T>) => Promise<T>

/** Breaks where `breaks` says so; a transaction is reached when it commits, under the name `commit`. */
function breaking(database: Database, fault: Fault, breaks: (name: string) => boolean): Database {
  const reach: Reach = async (name, work) => {
    if (!breaks(name)) return work()
    if (fault === 'fails but persists') await work()
    throw new Broken()
  }
  const around = (session: Session): Session => ({
    query: (statement) => reach(statement.sql, () => session.query(statement)),
  })
  return {
    ...around(database),
    // Failed: rolled back at the very end. Failed but persisted: committed, and the answer lost.
    transaction: (work) =>
      fault === 'fails'
        ? database.transaction(async (session) => {
            const result = await work(around(session))
            return reach('commit', async () => result)
          })
        : reach('commit', () => database.transaction((session) => work(around(session)))),
    close: () => database.close(),
  }
}

const nth = (pattern: RegExp, n: number) => {
  let count = 0
  return (name: string) => pattern.test(name) && ++count === n
}

const LEAVES = 60
let db: TestDatabase
let made = 0
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db.drop())

const one = (): Write => ({ type: 'Observation', id: `o${made++}`, resource: observation(made) })
const many = () => Array.from({ length: LEAVES }, one)
const consent = (): Write => ({
  type: 'Consent',
  id: `c${made++}`,
  resource: { resourceType: 'Consent', status: 'active', patient: { reference: 'Patient/p1' } },
})

const COMMIT = /^commit$/

describe('the sequencer, broken off while', () => {
  beforeAll(async () => {
    // So that there is a tile to read.
    await write(db.database, [one()])
    await sequence(db.database, sign, 1000)
  })
  beforeEach(async () => {
    await write(db.database, many())
  })

  //                                                            leaves in the tree: if it failed, if it persisted
  const PLACES = [
    ['looking', / as waiting/, 1, 0, 0],
    ['locking to sequence', /advisory/, 1, 0, 0],
    ['reading the state', /from log_state$/, 1, 0, 0],
    ['reading a tile', /from log_tile/, 1, 0, 0],
    ['reading the last checkpoint', /from log_checkpoint order/, 1, 0, 0],
    ['reading the last leaves', /leaf_index >= /, 1, 0, 0],
    ['numbering', /^with waiting/, 1, 0, 0],
    ['storing tiles and state', /^with given/, 1, 0, 0],
    ['committing the tree', COMMIT, 1, 0, LEAVES],
    ['locking to sign', /advisory/, 2, LEAVES, LEAVES],
    ['reading the tree to sign', /from log_state$/, 2, LEAVES, LEAVES],
    ['reading the checkpoint to sign after', /from log_checkpoint order/, 2, LEAVES, LEAVES],
    ['storing the checkpoint', /^insert into log_checkpoint/, 1, LEAVES, LEAVES],
    ['committing the checkpoint', COMMIT, 2, LEAVES, LEAVES],
  ] as const
  const FAULTS = ['fails', 'fails but persists'] as const
  const CASES = PLACES.flatMap((place) => FAULTS.map((fault) => [...place, fault] as const))

  test.each(CASES)('%s (%s, %i: %i or %i): it %s', async (name, pattern, n, failed, persisted, fault) => {
    const before = await counts(db.database)
    const broken = breaking(db.database, fault, nth(pattern, n))
    await expect(sequence(broken, sign, 1000)).rejects.toThrow(Broken)
    const after = await counts(db.database)
    expect(after.size - before.size).toBe(fault === 'fails' ? failed : persisted)
    // What is signed is on disk, and only what was stored counts as signed.
    const signed = name === 'committing the checkpoint' && fault === 'fails but persists'
    expect(after.signed).toBe(signed ? after.size : before.signed)
    expect(await sequence(db.database, sign, 1000)).toEqual({
      added: before.leaves - after.size,
      size: before.leaves,
    })
    expect(await audited(db.database)).toEqual({ size: before.leaves, findings: [] })
  })

  test('a signer that fails, or signs something else: the tree stays, and is signed by the next run', async () => {
    const { signed } = await counts(db.database)
    const failing = () => Promise.reject(new Broken())
    await expect(sequence(db.database, failing, 1000)).rejects.toThrow(Broken)
    await expect(sequence(db.database, ({ root }) => sign({ size: 1, root }), 1000)).rejects.toMatchObject({
      code: 'bad-signer',
    })
    expect((await counts(db.database)).signed).toBe(signed)
    expect((await sequence(db.database, sign, 1000)).added).toBe(0)
    const { size } = await counts(db.database)
    expect(await audited(db.database)).toEqual({ size, findings: [] })
  })
})

/** What a write may leave behind: all of it, or nothing. */
async function traces() {
  const [row] = await db.owner.query<Record<'versions' | 'leaves' | 'salts' | 'events' | 'batches', number>>({
    sql: `select (select count(*)::int from resource_version) as versions, (select count(*)::int from log_leaf) as leaves,
  (select count(*)::int from log_salt) as salts, (select count(*)::int from audit_entry) as events, (select count(distinct batch)::int from audit_entry) as batches`,
    parameters: [],
  })
  return Object.values(row!)
}

describe('a write, broken off at each of its steps', () => {
  const standing = async () => {
    const [written] = await write(db.database, [one()])
    return written!.id
  }
  const observed = (id: string): Write => ({ type: 'Observation', id, resource: observation(7) })
  const alone = (writes: readonly Write[]) => (database: Database) => write(database, writes)

  /** Of one attempt; what it changes is there before it. */
  type Attempt = () => Promise<(database: Database) => Promise<unknown>>
  //                                                                                          versions, leaves, events
  const WRITES: readonly (readonly [
    name: string,
    attempt: Attempt,
    versions: number,
    leaves: number,
    events: number,
  ])[] = [
    ['a create', async () => alone([one()]), 1, 1, 0],
    ['an update', async () => alone([observed(await standing())]), 1, 1, 0],
    ['a delete', async () => alone([{ type: 'Observation', id: await standing() }]), 1, 1, 0],
    ['several at once', async () => alone([one(), observed(await standing())]), 2, 2, 0],
    ['a consent', async () => alone([consent()]), 1, 1, 0],
    [
      'a create with its Provenance and its audit event',
      async () => {
        const interaction = await operatorInteraction(db.database, 'test')
        return (database) =>
          perform({ kind: 'create', type: 'Observation', resource: observation(8) }, { ...interaction, database })
      },
      1,
      1,
      1,
    ],
  ]

  /** What is there more after each attempt, broken off at its first step, its second …; the last one went through. */
  async function progress(fault: Fault, attempt: Attempt): Promise<number[][]> {
    for (const added: number[][] = []; ; ) {
      const act = await attempt()
      const before = await traces()
      const error = await act(breaking(db.database, fault, nth(/^/, added.length + 1))).catch((e) => e)
      const after = await traces()
      added.push(after.map((count, i) => count - before[i]!))
      if (!(error instanceof Broken)) return added
    }
  }

  test.each(WRITES)('%s: all of it is there, or nothing', async (_, attempt, versions, leaves, events) => {
    const [nothing, all] = [
      [0, 0, 0, 0, 0],
      [versions, leaves, leaves, events, events],
    ]
    const failed = await progress('fails', attempt)
    const persisted = await progress('fails but persists', attempt)
    expect(failed.length).toBe(persisted.length)
    expect(failed.length).toBeGreaterThan(2)
    const happened = (attempts: readonly number[][]) => attempts.filter(([stand]) => stand !== 0).length
    for (const added of [...failed, ...persisted]) expect([nothing, all]).toContainEqual(added)
    expect([failed.at(-1), persisted.at(-1)]).toEqual([all, all])
    // One step makes it last. Broken off there it has not happened, or it has and nobody was told.
    expect(happened(persisted)).toBe(happened(failed) + 1)
  })

  test('and all of it is in the log', async () => {
    await sequence(db.database, sign, 5000)
    const { size, leaves } = await counts(db.database)
    expect(size).toBe(leaves)
    // As every start does.
    await settleAll(db.database)
    const folder = new DumpFolder()
    expect(await folder.whole(db.owner, ['Consent', 'Observation'])).toEqual([])
    folder.drop()
  })
})
