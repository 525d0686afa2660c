// The log is found by whom it names: audit_naming leaves out no event that the search parameter `patient` finds, and the
// statement reads no more of a long log than that.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { operatorScope } from '../../src/consent/read-scope.ts'
import type { Asker } from '../../src/kernel/asker.ts'
import { compileSearch } from '../../src/search/compile.ts'
import { parseSearch } from '../../src/search/parse.ts'
import { auditEvents } from '../../src/store/audit/event.ts'
import { insertStatement } from '../../src/store/audit/insert.ts'
import type { Occurrence } from '../../src/store/audit/occurrence.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { CONTEXT, emptyLog, KINDS, NURSE, PATIENT } from './sample.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db.drop())

const ask = <T>(sql: string, parameters: unknown[] = []) => db.owner.query<T>({ sql, parameters })
const record = (occurrences: readonly Occurrence[], asker: Asker | undefined, at = CONTEXT.at) => {
  const { asker: _, ...context } = CONTEXT
  return db.database.query(insertStatement(auditEvents({ ...context, at, ...(asker && { asker }) }, occurrences)))
}

const PEOPLE = ['p1', 'p2', 'p3', 'P-4.5']
/** Nobody's, and what a caller may send as one. */
const ids = fc.constantFrom(...PEOPLE, 'p1 ', 'a/b', '', 'x'.repeat(65), 'p1\n', 'Patient/p2')
const references = fc.constantFrom(
  ...[...PEOPLE.map((id) => `Patient/${id}`), 'Patient/p1/_history/3', 'Observation/o1', 'Patient/a b', '#p1'],
)
const occurrence: fc.Arbitrary<Occurrence> = fc.record(
  { kind: fc.constantFrom(...KINDS), patient: ids, references: fc.array(references, { maxLength: 4 }) },
  { requiredKeys: ['kind'] },
)
const asker = fc.option(
  fc.oneof(
    fc.constant(NURSE),
    fc.constantFrom(...PEOPLE).map((id): Asker => ({ ...PATIENT, role: 'proxy', user: `Patient/${id}` })),
  ),
  { nil: undefined },
)

test('law: audit_naming leaves out no event that names the patient', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(occurrence, asker), { minLength: 1, maxLength: 12 }), async (events) => {
      await emptyLog(db.owner)
      for (const [one, who] of events) await record([one], who)
      for (const id of PEOPLE) {
        const named = [[`Patient/${id}`]]
        const wanted = await ask<{ id: string }>('select id from audit_event where patient_refs && $1::text[]', named)
        const found = await ask<{ id: string }>('select audit_naming($1::text[]) as id', named)
        expect(found.map((row) => row.id)).toEqual(expect.arrayContaining(wanted.map((row) => row.id)))
      }
    }),
    { numRuns: 60 },
  )
})

test('who is named as the user, as data beside others, or under an odd id is found', async () => {
  await emptyLog(db.owner)
  await record([{ kind: 'search', type: 'Observation', patient: 'p2' }], { ...PATIENT, role: 'proxy' })
  await record([{ kind: 'wall', patient: 'p2', references: ['Patient/p1'] }], NURSE)
  await record([{ kind: 'wall', patient: 'a/b', references: ['Patient/p1'] }], NURSE)
  await record([{ kind: 'search', type: 'Observation', patient: 'p3' }], NURSE)
  const rows = await ask<{ n: number }>("select count(*)::int as n from audit_naming(array['Patient/p1'])")
  expect(rows).toEqual([{ n: 3 }])
})

test('a search by patient reads what names the patient, not the whole log', async () => {
  await emptyLog(db.owner)
  const day = (i: number) => new Date(Date.UTC(2026, 0, 1) + i * 60_000).toISOString()
  for (let batch = 0; batch < 20; batch++) {
    const rows = Array.from({ length: 500 }, (_, i) => {
      const n = batch * 500 + i
      const event = { kind: 'search', type: 'Observation', patient: `q${n % 1000}` } as const
      return auditEvents({ ...CONTEXT, at: day(n) }, [event])
    })
    await db.database.query(insertStatement(rows.flat()))
  }
  await ask('analyze audit_entry, audit_frame')
  const explained = async (sql: string, parameters: readonly unknown[]) => {
    const plan = await ask<{ 'QUERY PLAN': string }>(`explain (analyze, timing off) ${sql}`, [...parameters])
    return plan.map((row) => row['QUERY PLAN']).join('\n')
  }
  // The function is taken into the statement here, so its own plan is seen.
  const naming = await explained('select * from audit_naming($1::text[])', [['Patient/q7']])
  for (const index of ['patient', 'several', 'frame']) expect(naming).toContain(`audit_entry_${index}`)
  expect(naming).not.toContain('Seq Scan on audit_entry')
  const search = parseSearch('AuditEvent', { patient: ['Patient/q7'], _sort: '-date' }, Date.parse(CONTEXT.at))
  const { sql, parameters } = compileSearch(search, operatorScope(), 50)
  const text = await explained(sql, parameters)
  const removed = [...text.matchAll(/Rows Removed by (?:Filter|Index Recheck): (\d+)/g)].map(([, n]) => Number(n))
  expect(Math.max(0, ...removed), text).toBeLessThan(100)
  expect((await ask(sql, [...parameters])).length).toBe(10)
})
