// The events of a write stand beside its version, in the tree of its leaf: stored with it or not at all, each proved by itself.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { readLeaf } from '../../src/provenance/leaf.ts'
import { eventIn } from '../../src/provenance/verifier/index.ts'
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
const rootOf = async (entry: string) => readLeaf((await leafByEntry(db.database, entry))!.leaf)!.commitment

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
  expect(JSON.parse(eventIn(extra, await rootOf(batch))!)).toMatchObject({ id })
})

it('each of several is proved by itself, and no other event is', async () => {
  const rows = Array.from({ length: 5 }, events).flat()
  const [written] = await write(db.database, [{ ...put('several'), fresh: true }], () => rows)
  const [batches, root] = [new Batches(db.database), await rootOf(written!.entry!)]
  const told = await stored(rows.map(({ id }) => id))
  for (const { content, id } of told) {
    const extra = (await batches.extraOf(written!.entry!, JSON.parse(content)))!
    expect(JSON.parse(eventIn(extra, root)!)).toMatchObject({ id })
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
