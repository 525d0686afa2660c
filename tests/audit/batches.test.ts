// Audit events in the log: each insert brings one leaf, whose root commits to every column of every row; what stands in the
// tables proves each event to who was told it, and no other.
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest'
import type { Asker } from '../../src/kernel/asker.ts'
import { equalBytes } from '../../src/provenance/bytes.ts'
import { leafEntry, readLeaf } from '../../src/provenance/leaf.ts'
import { eventIn, verifyEvent } from '../../src/provenance/verifier/index.ts'
import { Batches } from '../../src/store/audit/batches.ts'
import { auditEvents } from '../../src/store/audit/event.ts'
import { insertStatement } from '../../src/store/audit/insert.ts'
import { AuditLog } from '../../src/store/audit/log.ts'
import type { AuditContext, Occurrence } from '../../src/store/audit/occurrence.ts'
import type { Session } from '../../src/store/database.ts'
import { leafByEntry } from '../../src/store/log/reader.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { CONTEXT, KINDS, NURSE, OCCURRENCES, PATIENT } from './sample.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db.drop())
beforeEach(() => {
  db.statements.length = 0
})

const run = <T = Record<string, unknown>>(sql: string, parameters: unknown[] = []) =>
  db.database.query<T>({ sql, parameters })
const counts = async () =>
  (
    await run<Record<'events' | 'batches' | 'leaves' | 'salts', number>>(
      `select (select count(*)::int from audit_entry) as events, (select count(distinct batch)::int from audit_entry) as batches,
  (select count(*)::int from log_leaf where type is null) as leaves, (select count(*)::int from log_salt as s join log_leaf as l on l.salt = s.id where l.type is null) as salts`,
    )
  )[0]!

const UUID = '8f14e45f-ceea-4670-8c6b-0d5a3e1b2c3d'
type Json = Record<string, unknown>
/** An AuditEvent as a patient is told it, found in another way than the code has. */
function plain(content: string): Json {
  const event = JSON.parse(content) as { agent: Json[]; entity?: Json[] } & Json
  for (const agent of event.agent) delete agent.network
  for (const entity of event.entity ?? []) {
    delete entity.query
    delete entity.description
  }
  return event
}

interface Stored {
  readonly id: string
  readonly content: string
  readonly batch: string
  readonly place: number
}
const stored = (ids: readonly string[]) =>
  run<Stored>(
    'select id, a.content, e.batch, e.place from audit_event as a join audit_entry as e using (id) where id = any($1::text[]) order by array_position($1, id)',
    [ids],
  )
const entryOf = async (batch: string) => (await leafByEntry(db.database, batch))!.leaf
const rootOf = async (batch: string) => readLeaf(await entryOf(batch))!.commitment
const flipped = (bytes: Uint8Array, at: number) => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte))

/** Inserts the events and has each proved. */
async function proved(context: AuditContext, occurrences: readonly Occurrence[]) {
  const rows = auditEvents(context, occurrences)
  await db.database.query(insertStatement(rows))
  const events = await stored(rows.map(({ id }) => id))
  expect(events.map(({ place }) => place)).toEqual(rows.map((_, i) => i))
  const batches = new Batches(db.database)
  return Promise.all(
    events.map(async ({ id, content, batch }) => {
      expect(await batches.entryOf(id)).toEqual({ entry: batch })
      const entry = await entryOf(batch)
      const told = plain(content)
      // Who is told all of it is given the same proof.
      const extra = (await batches.extraOf(batch, JSON.parse(content)))!
      expect(await batches.extraOf(batch, told)).toEqual(extra)
      return { event: JSON.stringify(told), extra, entry }
    }),
  )
}

describe('every event is proved', () => {
  it.each(KINDS)('%s, whoever asks', async (kind) => {
    for (const asker of [NURSE, PATIENT, undefined])
      for (const address of [CONTEXT.address, 'a "host", {"type":"2"}', undefined]) {
        const { asker: _, address: __, ...rest } = CONTEXT
        const context = { ...rest, ...(asker && { asker }), ...(address !== undefined && { address }) }
        for (const claim of await proved(context, [OCCURRENCES[kind]])) {
          expect(verifyEvent(claim)).toBe(true)
          expect(eventIn(claim.extra, claim.entry)).toBe(claim.event)
        }
      }
  })

  test('in any batch of any events; and nothing that is altered', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 30 })
    const context = fc.record({
      asker: fc.constantFrom<Asker>(NURSE, PATIENT),
      address: text,
      requestId: text,
      query: fc.record({ document: text, rest: fc.dictionary(text, text).map((all) => JSON.stringify(all)) }),
    })
    const occurrence = fc
      .record({
        kind: fc.constantFrom(...KINDS),
        patient: fc.constantFrom('p1', 'p2'),
        outcomeDesc: text,
        operation: text,
      })
      .map(({ kind, ...more }): Occurrence => ({ ...OCCURRENCES[kind], ...more }))
    await fc.assert(
      fc.asyncProperty(
        context,
        fc.array(occurrence, { minLength: 1, maxLength: 20 }),
        fc.nat(),
        async (sent, all, n) => {
          const claims = await proved({ ...CONTEXT, ...sent }, all)
          for (const claim of claims) expect(verifyEvent(claim)).toBe(true)
          const claim = claims[n % claims.length]!
          const { event, extra, entry } = claim
          const at = n % extra.length
          const altered = eventIn(flipped(extra, at), entry)
          expect([undefined, event]).toContain(altered)
          // In its commitment.
          expect(verifyEvent({ ...claim, entry: flipped(entry, 6 + (n % 40)) })).toBe(false)
          expect(verifyEvent({ ...claim, event: event.replace(/\d/, (d) => String((Number(d) + 1) % 10)) })).toBe(false)
          for (const other of claims)
            if (other.event !== event) expect(verifyEvent({ ...claim, event: other.event })).toBe(false)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('and an event that was told in part is not', async () => {
    const [row] = auditEvents(CONTEXT, [OCCURRENCES.read])
    await db.database.query(insertStatement([row!]))
    const [{ content, batch }] = (await stored([row!.id])) as [Stored]
    const { agent, ...less } = JSON.parse(content) as Json
    const batches = new Batches(db.database)
    expect(await batches.extraOf(batch, less)).toBeUndefined()
    expect(await batches.extraOf(batch, { ...less, agent: [] })).toBeUndefined()
    expect(await batches.extraOf(batch, { ...JSON.parse(content), id: 'another' })).toBeUndefined()
    expect(await batches.extraOf(batch, JSON.parse(content))).toBeInstanceOf(Uint8Array)
    expect(agent).toBeDefined()
  })

  it('which tells nothing of its neighbours, nor of what only auditors are told', async () => {
    const rows = auditEvents(CONTEXT, [
      { ...OCCURRENCES.search, patient: 'mine' },
      { ...OCCURRENCES.search, patient: 'neighbour' },
    ])
    await db.database.query(insertStatement(rows))
    const [mine] = (await stored([rows[0]!.id])) as [Stored]
    const extra = await new Batches(db.database).extraOf(mine.batch, JSON.parse(mine.content))
    const text = Buffer.from(extra!).toString('utf8')
    for (const secret of ['neighbour', rows[1]!.id, '2001:db8::17', 'ObservationList', 'query', 'north\u001d'])
      expect(text).not.toContain(secret)
    expect(text).toContain('Patient/mine')
  })
})

test.each([
  '',
  '{',
  'null',
  '[]',
  '{}',
  '"a"',
  '{"index":0}',
  '{"blind":"","index":0,"path":[],"size":1,"template":"","told":""}',
])('malformed proofs are false: %s', (text) => {
  const leaf = { type: 'audit.batch', entry: UUID, salt: UUID, time: '2026-01-02T03:04:05.678Z' } as const
  const entry = leafEntry({ ...leaf, commitment: new Uint8Array(32) })
  const extra = new TextEncoder().encode(text)
  expect(verifyEvent({ event: '', extra, entry })).toBe(false)
  expect(verifyEvent({ event: undefined as never, extra, entry })).toBe(false)
  expect(verifyEvent({ event: '', extra: text as never, entry: text as never })).toBe(false)
  expect(verifyEvent({ event: '', extra, entry: undefined as never })).toBe(false)
})

describe('batches of one request', () => {
  const batches = async (count: number) => {
    const made: Stored[] = []
    for (let n = 0; n < count; n++) {
      const [row] = auditEvents(CONTEXT, [OCCURRENCES.read])
      await db.database.query(insertStatement([row!]))
      made.push(...(await stored([row!.id])))
    }
    return made
  }
  const reads = () => db.statements.filter((sql) => sql.includes('where e.batch = $1')).length

  it('are read one after the other, each once for all who ask, and only the last few are kept', async () => {
    const [first, ...others] = await batches(6)
    let [atOnce, most] = [0, 0]
    const counting: Session = {
      async query(statement) {
        const reads = statement.sql.includes('where e.batch = $1')
        most = Math.max(most, reads ? ++atOnce : atOnce)
        return db.database.query(statement).finally(() => {
          if (reads) atOnce--
        })
      },
    }
    const request = new Batches(counting)
    const extra = ({ batch, content }: Stored) => request.extraOf(batch, JSON.parse(content))
    db.statements.length = 0
    const asked = [first!, ...others, ...others, first!]
    const extras = await Promise.all(asked.map(extra))
    expect(extras.every((proof) => proof instanceof Uint8Array)).toBe(true)
    expect([reads(), most]).toEqual([6, 1])
    await extra(others.at(-1)!)
    expect(reads()).toBe(6)
    expect(await extra(first!)).toEqual(extras[0])
    expect(reads()).toBe(7)
  })

  it('go on where one cannot be read', async () => {
    const [one, other] = (await batches(2)) as [Stored, Stored]
    const request = new Batches(db.database)
    const [lost, found] = await Promise.allSettled([
      request.extraOf('00000000-0000-7000-8000-000000000000', JSON.parse(one.content)),
      request.extraOf(other.batch, JSON.parse(other.content)),
    ])
    expect(lost).toMatchObject({ reason: { code: 'broken-batch' } })
    expect(found.status).toBe('fulfilled')
  })
})

describe('one leaf for each insert', () => {
  it('of 64 that record at once: no event without its batch, no batch without its leaf and salt', async () => {
    const before = await counts()
    const log = new AuditLog(db.database)
    const all = Array.from({ length: 64 }, (_, i) =>
      auditEvents(CONTEXT, [{ ...OCCURRENCES.search, patient: `p${i}` }]),
    )
    await Promise.all(all.map((rows) => log.record(rows)))
    const inserts = db.statements.filter((sql) => sql.includes('insert into audit_entry')).length
    const after = await counts()
    expect(after.events - before.events).toBe(64)
    expect(after.leaves - before.leaves).toBe(inserts)
    expect(inserts).toBeLessThan(10)
    expect([after.leaves, after.salts]).toEqual([after.batches, after.batches])
  })

  it('and none for no events', async () => {
    const before = await counts()
    await run(...(Object.values(insertStatement([])) as [string, unknown[]]))
    expect(await counts()).toEqual(before)
  })

  it('with everything or nothing of it: an event written already leaves no leaf', async () => {
    const rows = auditEvents(CONTEXT, [OCCURRENCES.read])
    await db.database.query(insertStatement(rows))
    const before = await counts()
    await expect(db.database.query(insertStatement(rows))).rejects.toMatchObject({ code: '23505' })
    expect(await counts()).toEqual(before)
  })

  it('which the table demands', async () => {
    const sql = `insert into audit_entry (id, frame, recorded, shared, batch, place) select 'bare', frame, recorded, shared, null, null from audit_entry limit 1`
    await expect(run(sql)).rejects.toMatchObject({ constraint: 'audit_entry_batched' })
  })
})

test('two events of one moment have nothing in common in the log', async () => {
  const rows = auditEvents(CONTEXT, [OCCURRENCES.read])
  await db.database.query(insertStatement(rows))
  const [one] = (await stored([rows[0]!.id])) as [Stored]
  const again = rows.map((row) => ({ ...row, id: `${row.id.slice(0, -1)}x` }))
  await db.database.query(insertStatement(again))
  const [two] = (await stored([again[0]!.id])) as [Stored]
  expect(equalBytes(await rootOf(one.batch), await rootOf(two.batch))).toBe(false)
})
