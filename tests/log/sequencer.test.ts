// Leaves get their places: one by one, whoever sequences and whoever writes meanwhile, and what is signed is the tree that
// the RFC builds of them.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkpoint, leafByEntry, leafOf } from '../../src/store/log/reader.ts'
import { sequence } from '../../src/store/log/sequencer.ts'
import { write } from '../../src/store/writer.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { audited, counts, observation, sign } from './world.ts'

let db: TestDatabase
beforeEach(async () => {
  db = await testDatabase(16)
})
afterEach(() => db.drop())

test('an empty log is signed, then grows', async () => {
  expect(await sequence(db.database, sign, 100)).toEqual({ added: 0, size: 0 })
  expect((await checkpoint(db.database))!.size).toBe(0)
  const [written] = await write(db.database, [{ type: 'Observation', id: 'o', resource: observation(1) }])
  expect(await leafOf(db.database, { type: 'Observation', id: 'o', version: 1 })).toMatchObject({
    entry: written!.entry,
  })
  expect(await sequence(db.database, sign, 100)).toEqual({ added: 1, size: 1 })
  expect(await leafByEntry(db.database, written!.entry!)).toMatchObject({ index: 0 })
  expect(await audited(db.database)).toEqual({ size: 1, findings: [] })
})

test('four sequencers and eight writers at once: each leaf stands once, in one row without a gap', async () => {
  let writing = true
  const writers = Array.from({ length: 8 }, async (_, w) => {
    for (let n = 0; n < 40; n++) {
      const one = (id: string) => ({ type: 'Observation', id, resource: observation(n) })
      if (n % 4 === 0)
        await write(db.database, [one(`w${w}-a${n}`), one(`w${w}-b${n}`), one(`shared-${n}`)].slice(0, 2))
      else await write(db.database, [one(n % 4 === 1 ? 'contended' : `w${w}-${n}`)])
    }
  })
  const sequencers = Array.from({ length: 4 }, async (_, s) => {
    const sizes: number[] = []
    while (writing) {
      const { size } = await sequence(db.database, sign, 7 + s)
      sizes.push(size)
    }
    return sizes
  })
  await Promise.all(writers)
  writing = false
  for (const sizes of await Promise.all(sequencers)) expect(sizes).toEqual(sizes.toSorted((a, b) => a - b))
  while ((await sequence(db.database, sign, 100)).added > 0);
  const all = 8 * (10 * 2 + 30)
  expect(await counts(db.database)).toEqual({ versions: all, leaves: all, salts: all, size: all, signed: all })
  expect(await audited(db.database)).toEqual({ size: all, findings: [] })
})

test('a slow signer is not overtaken: nobody signs a larger tree before it, nor it a smaller one after', async () => {
  const asked: number[] = []
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const put = (id: string) => write(db.database, [{ type: 'Observation', id, resource: observation(1) }])
  await put('o1')
  const slow = sequence(
    db.database,
    async (tree) => {
      asked.push(tree.size)
      await held
      return sign(tree)
    },
    10,
  )
  await expect.poll(() => asked).toEqual([1])
  await put('o2')
  const next = sequence(
    db.database,
    (tree) => {
      asked.push(tree.size)
      return sign(tree)
    },
    10,
  )
  // The tree grows meanwhile: only signing waits.
  await expect.poll(async () => (await counts(db.database)).size).toBe(2)
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(asked).toEqual([1])
  release()
  await Promise.all([slow, next])
  expect(asked).toEqual([1, 2])
  expect(await audited(db.database)).toEqual({ size: 2, findings: [] })
})
