// Completeness of the audit log: what is in the tables is what the log has, and every way in which it is not is found.
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { batchRoot, eventBytes } from '../../src/provenance/batch.ts'
import { leafEntry } from '../../src/provenance/leaf.ts'
import { hasher } from '../../src/provenance/merkle.ts'
import { sha256 } from '../../src/provenance/native-hash.ts'
import { noteSigner } from '../../src/provenance/note-signer.ts'
import {
  frameHashes,
  leafOfStored,
  ROW,
  readStoredEvent,
  type StoredEvent,
  storedEventLine,
} from '../../src/provenance/stored-event.ts'
import { EventCheck } from '../../src/provenance/verifier/events.ts'
import { ENTRY, FRAME } from '../../src/store/audit/columns.ts'
import { auditEvents } from '../../src/store/audit/event.ts'
import { insertStatement } from '../../src/store/audit/insert.ts'
import { looseEvents, storedEvents } from '../../src/store/audit/stored-events.ts'
import type { Session } from '../../src/store/database.ts'
import { sequence } from '../../src/store/log/sequencer.ts'
import { signWith } from '../../src/store/log/sign-tree.ts'
import { write } from '../../src/store/writer.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { CONTEXT, KINDS, NURSE, OCCURRENCES, PATIENT } from './sample.ts'

const sign = signWith(noteSigner('log.example/hospital', new Uint8Array(32).fill(7)))
/** Events of each leaf: three batches, one for a frame, and a version with two beside it. */
const SIZES = [3, 1, KINDS.length * 2, 1, 2]
const BESIDE = 4

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
  const all = [NURSE, PATIENT].flatMap((asker) =>
    auditEvents(
      { ...CONTEXT, asker },
      KINDS.map((kind) => OCCURRENCES[kind]),
    ),
  )
  const three = auditEvents(
    CONTEXT,
    ['a', 'b', 'c'].map((patient) => ({ ...OCCURRENCES.search, patient })),
  )
  const one = auditEvents({ ...CONTEXT, asker: { ...NURSE, token: 'alone' } }, [OCCURRENCES.search])
  for (const rows of [three, one, all]) await db.database.query(insertStatement(rows))
  await sequence(db.database, sign, 1000)
  const observation = { resourceType: 'Observation', status: 'final', code: { text: 'x' } }
  const written = auditEvents(CONTEXT, [OCCURRENCES.create, { ...OCCURRENCES.create, patient: 'moved' }])
  await db.database.query(insertStatement(auditEvents(CONTEXT, [OCCURRENCES.create]))) // for its frame
  await write(db.database, [{ type: 'Observation', id: 'beside', fresh: true, resource: observation }], () => written)
  await sequence(db.database, sign, 1000)
  // Waits for its place: neither dumped nor missed.
  await db.database.query(insertStatement(auditEvents(CONTEXT, [OCCURRENCES.read])))
})
afterAll(() => db.drop())

/** Pages end within batches. */
async function linesOf(session: Session, size = 2): Promise<string[]> {
  const lines: string[] = []
  for await (const page of storedEvents(session, SIZES.length, size)) lines.push(...page.map(storedEventLine))
  return lines
}
async function check(session: Session, lines?: readonly string[]): Promise<string[]> {
  const checked = new EventCheck()
  const leaves = await session.query<{ index: string; leaf: Buffer }>({
    sql: 'select leaf_index as index, leaf from log_leaf where leaf_index is not null order by leaf_index',
    parameters: [],
  })
  for (const { index, leaf } of leaves) checked.addEntry(Number(index), leaf)
  for (const [i, line] of (lines ?? (await linesOf(session))).entries()) checked.addEvent(readStoredEvent(line), i)
  return checked.findings({ whole: true }).map(({ code, at }) => `${code} ${at}`)
}

/** What is found after the owner did this, which is then taken back. */
async function tampered(...deeds: readonly string[]): Promise<string[]> {
  let found: string[] = []
  const undo = new Error('undo')
  await db.owner
    .transaction(async (session) => {
      for (const sql of [
        ...['audit_entry', 'audit_frame', 'log_salt', 'log_leaf'].map((t) => `alter table ${t} disable trigger user`),
        'alter table audit_entry drop constraint audit_entry_batched',
        ...deeds,
      ])
        await session.query({ sql, parameters: [] })
      found = await check(session)
      throw undo
    })
    .catch((error) => {
      if (error !== undo) throw error
    })
  return found
}

const BATCH = (index: number) => `(select entry from log_leaf where leaf_index = ${index})`
const EVENT = (index: number, place: number) => `batch = ${BATCH(index)} and place = ${place}`

describe('events beside a version', () => {
  const zeros = (bytes: number) => `decode(repeat('00', ${bytes}), 'hex')`
  test.each([
    ['a column', `update audit_entry set patient = 'x' where ${EVENT(BESIDE, 1)}`],
    ['its salts', `update audit_entry set salts = ${zeros(64)} where ${EVENT(BESIDE, 2)}`],
    ['no salts', `update audit_entry set salts = null where ${EVENT(BESIDE, 1)}`],
    ['one gone', `delete from audit_entry where ${EVENT(BESIDE, 2)}`],
    ['the first gone', `delete from audit_entry where ${EVENT(BESIDE, 1)}`],
    ['at the place of the version', `update audit_entry set place = 0 where ${EVENT(BESIDE, 1)}`],
    ['places swapped', `update audit_entry set place = 3 - place where batch = ${BATCH(BESIDE)}`],
    ['the tree forged', `update log_leaf set tree = ${zeros(96)} where leaf_index = ${BESIDE}`],
    ['the tree gone', `update log_leaf set tree = null where leaf_index = ${BESIDE}`],
  ])('%s', async (_, deed) => {
    expect(await tampered(deed)).toEqual([`events-differ ${BESIDE}`])
  })

  it('all gone', async () => {
    expect(await tampered(`delete from audit_entry where batch = ${BATCH(BESIDE)}`)).toEqual([
      `batch-without-events ${BESIDE}`,
    ])
  })

  it('a batch that takes itself for a version', async () => {
    expect(await tampered(`update log_leaf set tree = ${zeros(96)} where leaf_index = 0`)).toEqual(['events-differ 0'])
  })

  it('salts of its own for an event of a batch', async () => {
    expect(await tampered(`update audit_entry set salts = ${zeros(64)} where ${EVENT(0, 1)}`)).toEqual([
      'events-differ 0',
    ])
  })

  it('stay proved when the version is erased', async () => {
    const gone = `update log_leaf set type = null, id = null, version = null, decision = null, agent = null where leaf_index = ${BESIDE}`
    const deeds = [`delete from resource_version where id = 'beside'`, gone]
    const salts = `delete from log_salt where id = (select salt from log_leaf where leaf_index = ${BESIDE})`
    expect(await tampered('alter table resource_version disable trigger user', ...deeds, salts)).toEqual([])
  })
})

it('has no findings where nothing was done', async () => {
  expect(await tampered()).toEqual([])
  const lines = await linesOf(db.database)
  expect(lines).toHaveLength(SIZES.reduce((a, b) => a + b))
  const events = lines.map((line) => readStoredEvent(line)!)
  // A frame comes once.
  const frames = events.flatMap(({ frame }) => (frame ? [frame[0]] : []))
  expect(new Set(events.map(({ row }) => row[1])).size).toBe(frames.length)
  expect(ROW).toEqual(Object.keys(ENTRY))
  expect(events.find(({ frame }) => frame)!.frame).toHaveLength(Object.keys(FRAME).length)
})

describe('altered in the table', () => {
  const other: Readonly<Record<string, string>> = {
    text: `coalesce(COL, '') || 'x'`,
    uuid: `(select hash from audit_frame where hash <> COL limit 1)`,
    timestamptz: `COL - interval '1 millisecond'`,
    boolean: 'not COL',
    'text[]': `coalesce(COL, '{}') || 'Patient/x'::text`,
    'bigint[]': `coalesce(COL, '{}') || 7::bigint`,
  }
  const set = (column: string, type: string) => `${column} = ${other[type]!.replaceAll('COL', column)}`

  test.each(Object.entries(ENTRY))('column %s of an event', async (column, type) => {
    expect(await tampered(`update audit_entry set ${set(column, type)} where ${EVENT(0, 1)}`)).toEqual([
      'events-differ 0',
    ])
  })

  test.each(Object.entries(FRAME).filter(([column]) => column !== 'hash'))(
    'column %s of a frame',
    async (column, type) => {
      const alone = `(select frame from audit_entry where ${EVENT(1, 0)})`
      expect(await tampered(`update audit_frame set ${set(column, type)} where hash = ${alone}`)).toEqual([
        'events-differ 1',
      ])
    },
  )

  const texts = [...Object.entries(ENTRY).filter(([, type]) => type.startsWith('text'))].map(([column]) => column)
  test.each(texts)('nothing into something empty: %s', async (column) => {
    const empty = ENTRY[column as keyof typeof ENTRY] === 'text' ? "''" : "'{}'"
    const found = await tampered(`update audit_entry set ${column} = ${empty} where ${EVENT(1, 0)}`)
    expect(found).toEqual(['events-differ 1'])
  })

  test('one column’s end into the next one’s beginning', async () => {
    const sql = `update audit_entry set request = left(request, 2), address = U&'\\001D' || address where ${EVENT(0, 0)}`
    expect(await tampered(sql)).toEqual(['events-differ 0'])
  })
})

const ROWS = (columns: string) =>
  `insert into audit_entry (id, frame, recorded, patient, shared, batch, place) select 'forged', frame, recorded, 'p9', false, ${columns} from audit_entry where ${EVENT(0, 0)}`
test.each<[string, string[], string[]]>([
  ['the first event of a batch deleted', ['events-differ 0'], [`delete from audit_entry where ${EVENT(0, 0)}`]],
  ['the last one', ['events-differ 0'], [`delete from audit_entry where ${EVENT(0, 2)}`]],
  [
    'the last one, and another in its place',
    ['events-differ 0'],
    [`delete from audit_entry where ${EVENT(0, 2)}`, ROWS('batch, 2')],
  ],
  ['all of a batch', ['batch-without-events 1'], [`delete from audit_entry where batch = ${BATCH(1)}`]],
  ['an event added', ['events-differ 0'], [ROWS('batch, 3')]],
  ['… in a place that is taken', ['events-differ 0'], [ROWS('batch, 1')]],
  ['… in no place', ['events-differ 0'], [ROWS('batch, null')]],
  ['… in a place beyond all', ['events-differ 0'], [ROWS('batch, 2147483647')]],
  [
    '… under an entry that is none',
    ['event-without-batch 00000000-0000-4000-8000-000000000000'],
    [ROWS("'00000000-0000-4000-8000-000000000000', 0")],
  ],
  [
    'two events that changed places',
    ['events-differ 0'],
    [`update audit_entry set place = 1 - place where batch = ${BATCH(0)} and place < 2`],
  ],
  [
    'an event moved to another batch',
    ['events-differ 0', 'events-differ 1'],
    [`update audit_entry set batch = ${BATCH(1)}, place = 1 where ${EVENT(0, 2)}`],
  ],
  [
    'two batches that changed their events',
    ['events-differ 0', 'events-differ 1'],
    [
      `update audit_entry set batch = case batch when ${BATCH(0)} then ${BATCH(1)} else ${BATCH(0)} end where batch in (${BATCH(0)}, ${BATCH(1)})`,
    ],
  ],
  [
    'an event taken out of its batch',
    ['events-differ 0'],
    [`update audit_entry set batch = null, place = null where ${EVENT(0, 2)}`],
  ],
  [
    'a frame deleted',
    ['events-differ 1'],
    [`delete from audit_frame where hash = (select frame from audit_entry where ${EVENT(1, 0)})`],
  ],
  [
    'the salt altered',
    ['events-differ 1'],
    [`update log_salt set salt = sha256(salt) where id = (select salt from log_leaf where leaf_index = 1)`],
  ],
  [
    'the salt deleted',
    ['events-differ 1'],
    [`delete from log_salt where id = (select salt from log_leaf where leaf_index = 1)`],
  ],
])('%s', async (_, found, deeds) => {
  expect((await tampered(...deeds)).sort()).toEqual(found)
})

test('an event without a batch is told apart: nothing proves it', async () => {
  const loose: string[] = []
  await db.owner
    .transaction(async (session) => {
      const sql = 'alter table audit_entry drop constraint audit_entry_batched'
      for (const deed of [sql, ROWS('null, null')]) await session.query({ sql: deed, parameters: [] })
      const twin = `insert into audit_event_foreign (id, version, last_updated, deleted, lossless, shared, content)
  values ('forged', 1, now(), false, false, false, '{}')`
      await session.query({ sql: twin, parameters: [] })
      for await (const page of looseEvents(session, 1)) loose.push(...page.map(({ id }) => id))
      throw new Error('undo')
    })
    .catch(() => {})
  // Twins too, wherever a page ends.
  expect(loose).toEqual(['forged', 'forged'])
})

describe('the lines of a dump', () => {
  test('are the same whatever the pages', async () => {
    const lines = await linesOf(db.database)
    for (const size of [1, 5, 1000]) expect(await linesOf(db.database, size)).toEqual(lines)
  })

  test('a writer of the log that lies cannot have one leaf for two events', async () => {
    const lines = await linesOf(db.database)
    const events = lines.map((line) => readStoredEvent(line)!)
    const [event] = events.filter(({ frame }) => frame) as [StoredEvent & { frame: string[] }]
    const hashes = frameHashes(sha256, event.frame)
    for (const column of ['\u001d', '\u001e', '\ud800'])
      expect(leafOfStored(sha256, { ...event, row: event.row.with(3, column) }, hashes)).toBeUndefined()
    expect(leafOfStored(sha256, { ...event, salts: event.salts.slice(1) }, hashes)).toBeUndefined()
    const lying = event.frame.with(3, '\u001e')
    const made = frameHashes(sha256, lying)
    const row = event.row.with(1, made.name)
    const root = batchRoot(hasher, [hasher.leaf(eventBytes(leafOfStored(sha256, { ...event, row }, made)!))])
    const time = '2026-01-02T03:04:05.678Z'
    const leaf = leafEntry({ type: 'audit.batch', entry: event.batch, salt: event.batch, time, commitment: root })
    const checked = new EventCheck(sha256)
    checked.addEntry(0, leaf)
    checked.addEvent({ ...event, place: 0, row, frame: lying.with(0, made.name) }, 1)
    expect(checked.findings({ whole: true })).toEqual([{ code: 'events-differ', at: '0' }])
  })

  test('are read back as they were written, and nothing else is', async () => {
    const lines = await linesOf(db.database)
    for (const line of lines) expect(storedEventLine(readStoredEvent(line)!)).toBe(line)
    const [first] = lines as [string]
    const event = JSON.parse(first) as StoredEvent
    for (const bad of ['', '{', 'null', '[]', '7', JSON.stringify({ ...event, row: event.row.slice(1) })])
      expect(readStoredEvent(bad)).toBeUndefined()
    for (const bad of [{ place: '0' }, { batch: null }, { salts: '*' }, { row: event.row.map(() => 7) }, { frame: [] }])
      expect(readStoredEvent(JSON.stringify({ ...event, ...bad }))).toBeUndefined()
  })

  test('a line lost, doubled, out of order or unreadable', async () => {
    const lines = await linesOf(db.database)
    const batches = Object.values(Object.groupBy(lines, (line) => readStoredEvent(line)!.batch)) as string[][]
    const three = batches.find(({ length }) => length === 3)!
    const rest = batches.filter((batch) => batch !== three).flat()
    expect(await check(db.database, [...three, ...rest])).toEqual([])
    expect(await check(db.database, [...three.slice(0, 2), ...rest])).toEqual(['events-differ 0'])
    expect(await check(db.database, [...three, three[2]!, ...rest])).toEqual(['events-differ 0'])
    expect(await check(db.database, [...three, ...rest, three[2]!])).toEqual(['events-differ 0'])
    expect(await check(db.database, [three[0]!, three[2]!, three[1]!, ...rest])).toEqual(['events-differ 0'])
    expect(await check(db.database, [...three, ...rest, '{}'])).toEqual([`event-unreadable ${lines.length}`])
    expect(await check(db.database, [...three, ...rest, ...three])).toEqual(['events-differ 0'])
    const moved = storedEventLine({ ...readStoredEvent(three[2]!)!, place: 7 })
    expect(await check(db.database, [...three.slice(0, 2), moved, ...rest])).toEqual(['events-differ 0'])
    // A frame comes with the first event that has it.
    expect(await check(db.database, rest)).toContain('batch-without-events 0')
  })
})
