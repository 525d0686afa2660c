// Two ways to the same columns: the fast one, printed with the event, and indexRow, which reads the finished JSON.
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest'
import { validate } from '../../src/fhir/validate.ts'
import type { Asker } from '../../src/kernel/asker.ts'
import { indexRow } from '../../src/search/index-row.ts'
import { auditEvents } from '../../src/store/audit/event.ts'
import { insertStatement } from '../../src/store/audit/insert.ts'
import type { AuditContext, Occurrence } from '../../src/store/audit/occurrence.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { CONTEXT, contentOf, emptyLog, KINDS, NURSE, OCCURRENCES, PATIENT } from './sample.ts'

let test_: TestDatabase
beforeAll(async () => {
  test_ = await testDatabase()
})
afterAll(() => test_.drop())

type Row = Record<string, unknown>
const run = <T = Row>(sql: string, parameters: unknown[] = []) => test_.database.query<T>({ sql, parameters })
beforeEach(() => emptyLog(test_.owner))

/** Set by the log itself; indexRow knows nothing of them. */
const OWN = { version: 1, deleted: false, lossless: false, facts: null }

async function stored(context: AuditContext, occurrences: readonly Occurrence[]): Promise<Row[]> {
  const rows = auditEvents(context, occurrences)
  await test_.database.query(insertStatement(rows))
  const found = await run<{ row: Row }>('select to_jsonb(a) as row from audit_event a where id = any($1::text[])', [
    rows.map(({ id }) => id),
  ])
  const byId = new Map(found.map(({ row }) => [row.id, row]))
  const inOrder = rows.map(({ id }) => byId.get(id)!)
  expect(inOrder.map(({ content }) => content)).toEqual(rows.map(contentOf))
  return inOrder
}

/** What the ordinary writer would have stored for the content. */
async function expected({ content, id, custodian, last_updated }: Row): Promise<Row> {
  const columns = { ...indexRow(JSON.parse(content as string)), ...OWN, id, content, custodian, last_updated }
  const sql = 'select to_jsonb(r) as row from json_populate_record(null::audit_event, $1::json) r'
  const [found] = await run<{ row: Row }>(sql, [JSON.stringify(columns)])
  return found!.row
}

describe('the fast columns equal those of indexRow', () => {
  it.each(KINDS)('%s', async (kind) => {
    for (const asker of [NURSE, PATIENT, undefined]) {
      const { asker: _, ...rest } = CONTEXT
      for (const row of await stored(asker ? { ...rest, asker } : rest, [OCCURRENCES[kind]])) {
        expect(row).toEqual(await expected(row))
        expect(row).toMatchObject({ confidentiality: 3, sensitivity: 1, custodian: asker?.organisation ?? null })
      }
    }
  })

  it('where one patient reads what is of another: the row is the other one’s, and found by both', async () => {
    const [row] = await stored({ ...CONTEXT, asker: PATIENT }, [{ kind: 'search', type: 'Observation', patient: 'p2' }])
    expect(row).toMatchObject({ patient: 'p2', shared: false, patient_refs: ['Patient/p1', 'Patient/p2'] })
    expect(row).toEqual(await expected(row!))
  })

  test('whatever is sent', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 })
    const id = fc.constantFrom('p1', 'p2', undefined)
    const sent = fc.record({
      asker: fc.constantFrom<Asker>(NURSE, PATIENT),
      address: text,
      requestId: text,
      query: fc.record({ document: text, rest: fc.dictionary(text, text).map((all) => JSON.stringify(all)) }),
    })
    const occurrence = fc
      .tuple(
        fc.constantFrom(...KINDS),
        id,
        fc.uniqueArray(fc.constantFrom('Patient/p1', 'Observation/o', 'Group/g/_history/2')),
      )
      .map(([kind, patient, references]): Occurrence => ({ ...OCCURRENCES[kind], patient: patient!, references }))
      .map(({ patient, ...rest }): Occurrence => (patient === undefined ? rest : { patient, ...rest }))
    await fc.assert(
      fc.asyncProperty(sent, fc.array(occurrence, { minLength: 1, maxLength: 4 }), async (context, occurrences) => {
        for (const row of await stored({ ...CONTEXT, ...context }, occurrences)) {
          const made = await expected(row)
          // Above: whose row it is where two are named.
          expect(row).toEqual(row.shared ? { ...made, patient: row.patient } : made)
        }
      }),
      { numRuns: 60 },
    )
  })
})

describe('the view', () => {
  const plan = async (sql: string, parameters: unknown[]) =>
    test_.owner.transaction(async (session) => {
      for (const scan of ['seqscan', 'bitmapscan'])
        await session.query({ sql: `set local enable_${scan} = off`, parameters: [] })
      const rows = await session.query<{ 'QUERY PLAN': string }>({ sql: `explain ${sql}`, parameters, varied: true })
      return rows.map((row) => row['QUERY PLAN']).join('\n')
    })

  it.each([
    ['order by date_low desc nulls last, id desc limit 5', [], 'audit_entry_recorded'],
    ['order by date_low asc nulls first, id asc limit 5', [], 'audit_entry_recorded'],
    ['where patient = $1 order by date_low desc nulls last, id desc limit 5', ['p1'], 'audit_entry_patient'],
    ['where id = $1', ['e1'], 'audit_entry_pkey'],
  ])('%s is served by an index, without a sort', async (asked, parameters, index) => {
    const said = await plan(`select content from audit_event ${asked}`, parameters)
    expect(said).toContain(index)
    expect(said).not.toMatch(/->\s+(?:Incremental )?Sort/)
  })

  it('puts nothing together that is not asked for', async () => {
    expect(await plan('select id, patient, custodian from audit_event limit 5', [])).not.toContain('audit_frame')
  })

  it('tells events of an earlier release beside those of the log, in one order', async () => {
    const at = (ms: number) => `2026-03-04T05:06:07.00${ms}Z`
    const own = [1, 3].flatMap((ms) => auditEvents({ ...CONTEXT, at: at(ms) }, [OCCURRENCES.search]))
    await test_.database.query(insertStatement(own))
    await test_.owner.query({
      sql: `insert into audit_event_foreign (id, version, last_updated, deleted, lossless, content, date_low) values ('old', 1, $1, false, false, '{}', $1)`,
      parameters: [at(2)],
    })
    const rows = await run<Row>(
      'select id, confidentiality, shared from audit_event order by date_low desc nulls last, id desc',
    )
    expect(rows.map(({ id }) => id)).toEqual([own[1]!.id, 'old', own[0]!.id])
    expect(rows[1]).toMatchObject({ confidentiality: 5, shared: true })
  })
})

describe('attacks', () => {
  it('separators, NUL and quotes in what callers send neither shift a column nor stop the log', async () => {
    const evil = '\u001e"\\{},\u0000\u001fNULL'
    const asker: Asker = { ...NURSE, user: `Practitioner/${evil}`, organisation: evil, client: evil, subject: evil }
    const context = {
      ...CONTEXT,
      asker,
      address: evil,
      requestId: evil,
      query: { document: evil, rest: JSON.stringify({ [evil]: evil }) },
    }
    for (const kind of KINDS) {
      const asked = { type: evil, references: [`Observation/${evil}`, `"}],${evil}/1`, evil], operation: evil }
      const [row] = await stored(context, [{ ...OCCURRENCES[kind], ...asked }, OCCURRENCES.search])
      expect(validate('AuditEvent', JSON.parse(row!.content as string)).map(({ code }) => code)).not.toContain(
        'structure',
      )
      expect(row).toEqual(await expected(row!))
    }
  })

  test.for(['\u001e', '\u001d'])(
    'a row whose text held the separator %j after all is refused with its batch',
    async (evil) => {
      const rows = auditEvents(CONTEXT, [OCCURRENCES.vread])
      const torn = rows.map((row) => ({ ...row, data: `Observation/o1${evil}Observation/o2` }))
      await expect(test_.database.query(insertStatement(torn))).rejects.toMatchObject({
        code: expect.stringMatching(/^(?:23502|22P02)$/),
      })
      expect(await run('select 1 from audit_event')).toEqual([])
    },
  )
})
