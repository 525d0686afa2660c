// Each version has its leaf, written in the same statement, committing to the very text that is stored.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { commitment } from '../../src/provenance/commitment.ts'
import { readLeaf } from '../../src/provenance/leaf.ts'
import { hmacSha256 } from '../../src/provenance/native-hash.ts'
import { appendLeaf } from '../../src/store/log/append.ts'
import { leafByEntry, leafOf, saltOf } from '../../src/store/log/reader.ts'
import { sequence } from '../../src/store/log/sequencer.ts'
import { RULES_FRAME } from '../../src/store/provenance/frame.ts'
import { keepFrame } from '../../src/store/provenance/frames.ts'
import { provenanceText } from '../../src/store/provenance/text.ts'
import { type Write, write } from '../../src/store/writer.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { audited, counts, observation, sign } from './world.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db.drop())
beforeEach(() => {
  db.statements.length = 0
})

const put = (id: string, n = 1): Write => ({ type: 'Observation', id, resource: observation(n) })
const stored = async (id: string, version: number) => {
  const sql = 'select operation as op, content from resource_version where id = $1 and version = $2'
  const [row] = await db.database.query<{ op: 'create' | 'update' | 'delete'; content: string | null }>({
    sql,
    parameters: [id, version],
  })
  return row!
}

/** The leaf of a version, and what it must commit to. */
async function opened(id: string, version: number, decision = '', provenance = '') {
  const found = (await leafOf(db.database, { type: 'Observation', id, version }))!
  const { op, content } = await stored(id, version)
  const parts = { resourceType: 'Observation', id, versionId: String(version), op, resource: content ?? '', provenance }
  const expected = commitment(hmacSha256, (await saltOf(db.database, found))!, { ...parts, decision })
  return { op, leaf: readLeaf(found.leaf)!, expected, found }
}

describe('a version and its leaf', () => {
  test('create, update, delete and what is stored under the same id again', async () => {
    await write(db.database, [put('o')])
    await write(db.database, [put('o', 2)])
    await write(db.database, [{ type: 'Observation', id: 'o' }])
    await write(db.database, [put('o', 3)])
    const told = [1, 2, 3, 4].map((version) => opened('o', version))
    const leaves = await Promise.all(told)
    expect(leaves.map(({ op, leaf }) => [op, leaf.type])).toEqual([
      ['create', 'fhir.write'],
      ['update', 'fhir.write'],
      ['delete', 'fhir.delete'],
      ['update', 'fhir.write'],
    ])
    for (const { leaf, expected } of leaves) expect(Buffer.from(leaf.commitment)).toEqual(Buffer.from(expected))
    expect(new Set(leaves.map(({ leaf }) => leaf.salt)).size).toBe(4)
  })

  test('one statement, and the entry is told', async () => {
    const [written] = await write(db.database, [{ ...put('one'), fresh: true }])
    expect(db.statements).toHaveLength(1)
    expect(await leafByEntry(db.database, written!.entry!)).toMatchObject({
      about: { type: 'Observation', id: 'one', version: 1 },
    })
  })

  test('the decision and the Provenance are committed to', async () => {
    const frame = await keepFrame(db.database, RULES_FRAME)
    const [written] = await write(db.database, [{ ...put('d'), decision: 'decision-1', frame }])
    const { lastUpdated } = written!.resource!.meta as { lastUpdated: string }
    const about = { type: 'Observation', id: 'd', version: 1, op: 'create', entry: written!.entry! } as const
    const text = provenanceText(frame, { ...about, recorded: lastUpdated })
    const { leaf, expected, found } = await opened('d', 1, 'decision-1', text)
    expect(found.decision).toBe('decision-1')
    expect(Buffer.from(leaf.commitment)).toEqual(Buffer.from(expected))
    const { expected: other } = await opened('d', 1)
    expect(Buffer.from(leaf.commitment)).not.toEqual(Buffer.from(other))
  })

  test('many at once, text of every kind, to the last digit', async () => {
    const odd = ['\u001d\u001e', '\u0001 \\ "', 'ü€🙂', '\ud800', "'; drop table log_leaf"]
    await write(
      db.database,
      odd.map((text, n) => ({
        type: 'Observation',
        id: `odd-${n}`,
        resource: { ...observation(n), note: [{ text }] },
      })),
    )
    for (const n of odd.keys()) {
      const { leaf, expected } = await opened(`odd-${n}`, 1)
      expect(Buffer.from(leaf.commitment)).toEqual(Buffer.from(expected))
    }
  })

  test('what is not changed has no new leaf', async () => {
    await write(db.database, [put('same')])
    const before = await counts(db.database)
    const [written] = await write(db.database, [{ ...put('same'), skipUnchanged: true }])
    expect(written).toMatchObject({ outcome: 'unchanged' })
    expect(written!.entry).toBeUndefined()
    expect(await counts(db.database)).toEqual(before)
  })

  test('writers of one resource at once: who comes too late leaves neither leaf nor salt', async () => {
    await Promise.all(Array.from({ length: 12 }, (_, n) => write(db.database, [put('contended', n)])))
    const { versions, leaves, salts } = await counts(db.database)
    expect([leaves, salts]).toEqual([versions, versions])
  })
})

describe('the database holds', () => {
  const VERSION = `insert into resource_version (type, id, version, last_updated, operation, lossless, content)
    values ('Observation', 'bare', 1, now(), 'create', false, '{}')`
  const run = (sql: string) => db.owner.query({ sql, parameters: [] })

  test('no version without a leaf', async () => {
    await expect(run(VERSION)).rejects.toMatchObject({ constraint: 'resource_version_logged' })
  })

  test('no second leaf of a version', async () => {
    const again = `insert into log_leaf (entry, leaf, salt, type, id, version, recorded)
      select gen_random_uuid(), leaf, salt, type, id, version, recorded from log_leaf where id = 'one'`
    await expect(run(again)).rejects.toMatchObject({ constraint: 'log_leaf_about' })
  })
})

describe('leaves of other things', () => {
  const event = (id: string) =>
    ({
      resourceType: 'AuditEvent',
      id,
      versionId: '1',
      op: 'create',
      resource: '{}',
      provenance: '',
      decision: '',
    }) as const

  test('stand or fall with their transaction', async () => {
    const before = await counts(db.database)
    const broken = db.database.transaction(async (session) => {
      await appendLeaf(session, 'btg', event('e1'))
      throw new Error('broken off')
    })
    await expect(broken).rejects.toThrow('broken off')
    expect(await counts(db.database)).toEqual(before)
    const entries = await db.database.transaction(async (session) => [
      await appendLeaf(session, 'btg', event('e1')),
      await appendLeaf(session, 'erase', { ...event('e2'), erased: [0] }),
    ])
    const found = await Promise.all(entries.map((entry) => leafByEntry(db.database, entry)))
    expect(found.map((leaf) => leaf!.about?.id)).toEqual(['e1', 'e2'])
    expect(readLeaf(found[1]!.leaf)).toMatchObject({ type: 'erase', erased: [0] })
  })

  test('a write cannot hide among the events, nor an event among the writes', async () => {
    const before = await counts(db.database)
    const write = { ...event('o'), resourceType: 'Observation' }
    await expect(appendLeaf(db.database, 'btg', write)).rejects.toMatchObject({ code: 'other-leaf' })
    await expect(appendLeaf(db.database, 'consent', write)).rejects.toMatchObject({ code: 'other-leaf' })
    await expect(appendLeaf(db.database, 'audit.batch', event('b1'))).rejects.toMatchObject({ code: 'other-leaf' })
    await expect(appendLeaf(db.database, 'btg', event('e1'))).rejects.toMatchObject({ code: 'logged-already' })
    expect(await counts(db.database)).toEqual(before)
  })
})

test('all of it is verified: each leaf opens, each version is there', async () => {
  await sequence(db.database, sign, 1000)
  const { findings } = await audited(db.database)
  // The erase leaf above points at a version that is still there, and one write named a Provenance that is not stored yet.
  // Nor are the AuditEvents of that leaf and of the broken glass.
  const untold = ['leaf-without-version', 'leaf-without-version']
  expect(findings.map(({ code }) => code).sort()).toEqual(['commitment-differs', 'erased-yet-there', ...untold])
})
