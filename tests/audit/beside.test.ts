// The events of a write stand beside its version, in the tree of its leaf: stored with it or not at all, each proved by itself.
import { afterAll, beforeAll, beforeEach, expect, it, test } from 'vitest'
import { perform } from '../../src/interactions/pipeline.ts'
import { batchPath, batchRoot, eventBytes } from '../../src/provenance/batch.ts'
import { utf8 } from '../../src/provenance/bytes.ts'
import { eventExtra } from '../../src/provenance/disclosed-event.ts'
import { leafEntry } from '../../src/provenance/leaf.ts'
import { hasher } from '../../src/provenance/merkle.ts'
import { sha256 } from '../../src/provenance/native-hash.ts'
import { eventIn } from '../../src/provenance/verifier/index.ts'
import { operatorInteraction } from '../../src/server/operator.ts'
import { Batches } from '../../src/store/audit/batches.ts'
import { auditEvents } from '../../src/store/audit/event.ts'
import { entryStatement, eventsBeside } from '../../src/store/audit/insert.ts'
import { AuditLog } from '../../src/store/audit/log.ts'
import { leafByEntry } from '../../src/store/log/reader.ts'
import { putNoted } from '../../src/store/write-sql.ts'
import { type Write, write } from '../../src/store/writer.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { CONTEXT, NURSE, OCCURRENCES } from './sample.ts'

let db: TestDatabase
const run = <T = Record<string, unknown>>(sql: string, parameters: unknown[] = []) =>
  db.database.query<T>({ sql, parameters })
const counts = async () =>
  (
    await run<Record<'events' | 'entries' | 'leaves' | 'salts', number>>(
      `select (select count(*)::int from audit_entry) as events, (select count(distinct batch)::int from audit_entry) as entries,
  (select count(*)::int from log_leaf) as leaves, (select count(*)::int from log_salt) as salts`,
    )
  )[0]!

type Json = Record<string, unknown>
interface Stored extends Record<'id' | 'content' | 'batch', string> {}
const stored = (ids: readonly string[]) =>
  run<Stored>(
    'select id, a.content, e.batch from audit_event as a join audit_entry as e using (id) where id = any($1::text[]) order by array_position($1, id)',
    [ids],
  )
const leafAt = async (entry: string) => (await leafByEntry(db.database, entry))!.leaf

const observation = { resourceType: 'Observation', status: 'final', subject: { reference: 'Patient/p1' } }
const put = (id: string, n = 0): Write => ({ type: 'Observation', id, resource: { ...observation, valueInteger: n } })
const log = () => new AuditLog(db.database)
const events = () => auditEvents(CONTEXT, [OCCURRENCES.create])
beforeAll(async () => {
  db = await testDatabase()
  await log().prepare(events())
})
afterAll(() => db.drop())
beforeEach(() => {
  db.statements.length = 0
})

it('is one statement, and the events stand in the leaf of the version', async () => {
  const rows = events()
  const before = await counts()
  const [written] = await write(db.database, [{ ...put('one'), fresh: true }], () => rows)
  expect(db.statements.filter((sql) => sql.includes('insert into'))).toHaveLength(1)
  const after = await counts()
  expect([after.events - before.events, after.leaves - before.leaves, after.salts - before.salts]).toEqual([1, 1, 1])
  const [{ content, batch, id }] = (await stored([rows[0]!.id])) as [Stored]
  expect(batch).toBe(written!.entry)
  const extra = (await new Batches(db.database).extraOf(batch, JSON.parse(content)))!
  expect(JSON.parse(eventIn(extra, await leafAt(batch))!)).toMatchObject({ id })
})

it('each of several is proved by itself, and no other event is', async () => {
  const rows = Array.from({ length: 5 }, events).flat()
  const [written] = await write(db.database, [{ ...put('several'), fresh: true }], () => rows)
  const [batches, leaf] = [new Batches(db.database), await leafAt(written!.entry!)]
  const told = await stored(rows.map(({ id }) => id))
  for (const { content, id } of told) {
    const extra = (await batches.extraOf(written!.entry!, JSON.parse(content)))!
    expect(JSON.parse(eventIn(extra, leaf)!)).toMatchObject({ id })
  }
  expect(told).toHaveLength(5)
  const other = JSON.parse(told[0]!.content)
  expect(await batches.extraOf(written!.entry!, { ...other, id: 'another' })).toBeUndefined()
})

it('that came too late leaves no event, no leaf and no salt', async () => {
  await write(db.database, [put('late')])
  const before = await counts()
  const { parameters } = eventsBeside(events())
  const [row] = await run<{ row: Json }>(`select to_jsonb(o) as row from observation as o where id = 'late'`)
  // Of the version that stands already: the put finds that another came between.
  const leaf = (await run<Json>('select entry, leaf, salt from log_leaf limit 1'))[0]!
  const lines = [leaf.entry, leaf.leaf, leaf.salt, Buffer.alloc(32), null, null, null]
  expect(await run(putNoted('Observation'), [JSON.stringify(row!.row), ...lines, ...parameters])).toEqual([])
  expect(await counts()).toEqual(before)
})

it('without its frames nothing is written', async () => {
  const other = { ...CONTEXT, asker: { ...NURSE, token: 'never stored' } }
  const before = await counts()
  const late = write(db.database, [put('frameless')], () => auditEvents(other, [OCCURRENCES.create]))
  await expect(late).rejects.toMatchObject({ code: '23502' })
  expect(await counts()).toEqual(before)
  expect(await run(`select from resource_version where id = 'frameless'`)).toEqual([])
})

it('many writers of one resource at once: as many events as versions, each beside its own', async () => {
  const before = await counts()
  const written = await Promise.all(
    Array.from({ length: 12 }, (_, n) =>
      write(db.database, [put('contended', n)], events).then(
        () => 1,
        () => 0,
      ),
    ),
  )
  const kept = written.reduce<number>((sum, one) => sum + one, 0)
  const after = await counts()
  const [{ versions }] = (await run<{ versions: number }>(
    `select count(*)::int as versions from resource_version where id = 'contended'`,
  )) as [{ versions: number }]
  expect([versions, after.events - before.events, after.entries - before.entries]).toEqual([kept, kept, kept])
})

it('that is taken back takes them with it', async () => {
  const before = await counts()
  const failing = db.database.transaction(async (session) => {
    await session.query(entryStatement(events()))
    throw new Error('the write failed')
  })
  await expect(failing).rejects.toThrow('the write failed')
  expect(await counts()).toEqual(before)
})

test.each([
  ['the leaf of a version alone commits to an event', undefined, 1, 0],
  ['an event stands in the place of the version', 1, 2, 0],
  ['a leaf says fewer events than its tree has', 1, 3, 2],
  ['a leaf says more', 3, 3, 1],
])('attack, by whoever writes the log: %s', async (_, events, size, index) => {
  const told = ['id', 'at', '"Patient/p"', 'null', '', '', 'null'].join('\u001d')
  const [salt, whole, template] = [new Uint8Array(32), new Uint8Array(32), '{"resourceType":"AuditEvent"}']
  const own = hasher.leaf(eventBytes({ salt, whole, template: sha256(utf8(template)), told }))
  const leaves = Array.from({ length: size }, (_, i) => (i === index ? own : new Uint8Array(32).fill(i)))
  const path = await batchPath(hasher, leaves, index)
  const extra = eventExtra({ index, size, path, salt, whole, template, told })
  const uuid = '8f14e45f-ceea-4670-8c6b-0d5a3e1b2c3d'
  const leaf = { entry: uuid, salt: uuid, time: '2026-01-02T03:04:05.678Z', commitment: batchRoot(hasher, leaves) }
  expect(eventIn(extra, leafEntry({ ...leaf, type: 'audit.batch' }))).toBe(template)
  expect(eventIn(extra, leafEntry({ ...leaf, type: 'fhir.write', ...(events && { events }) }))).toBeUndefined()
})

test('frames that somebody took away under the process are stored again with the next write', async () => {
  const interaction = await operatorInteraction(db.database, 'test')
  const create = () =>
    perform({ kind: 'create', type: 'Observation', resource: { ...observation, code: { text: 'x' } } }, interaction)
  await create()
  for (const sql of [
    'alter table audit_frame disable trigger user',
    'delete from audit_frame',
    'alter table audit_frame enable trigger user',
  ])
    await db.owner.query({ sql, parameters: [] })
  const before = await counts()
  await expect(create()).resolves.toMatchObject({ resourceType: 'Observation' })
  expect((await counts()).events - before.events).toBe(1)
})
