// What one patient learns of who touched their data.
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest'
import { type Access, accessHistory } from '../../src/store/audit/access-history.ts'
import { auditEvents } from '../../src/store/audit/event.ts'
import { insertStatement } from '../../src/store/audit/insert.ts'
import type { AuditContext, Occurrence } from '../../src/store/audit/occurrence.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { CONTEXT, emptyLog, NURSE, OCCURRENCES, PATIENT } from './sample.ts'

let test_: TestDatabase
beforeAll(async () => {
  test_ = await testDatabase()
})
afterAll(() => test_.drop())
beforeEach(() => emptyLog(test_.owner))

const record = (occurrences: readonly Occurrence[], context: AuditContext = CONTEXT) =>
  test_.database.query(insertStatement(auditEvents(context, occurrences)))
const history = (patient: string, limit = 50, before?: Access) =>
  accessHistory(test_.database, patient, {
    limit,
    ...(before && { before: { instant: before.when, id: before.event } }),
  })

describe('accessHistory', () => {
  it('tells who, when, why and what', async () => {
    await record([{ kind: 'search', patient: 'p1', type: 'Observation' }])
    expect(await history('p1')).toEqual([
      {
        when: CONTEXT.at,
        who: 'Practitioner/nurse-1',
        organisation: 'Organization/north',
        role: 'nurse',
        purpose: 'TREAT',
        what: { interaction: 'search-type', types: ['Observation'] },
        outcome: '0',
        emergency: false,
        event: expect.any(String),
      },
    ])
  })

  it('names types of data, not the consents that decided', async () => {
    await record([OCCURRENCES.update, { kind: 'read', patient: 'p1', references: ['Patient/p1', 'Consent/c9'] }])
    const types = (await history('p1')).map(({ what }) => what.types)
    expect(types.sort()).toEqual([['Observation'], ['Patient', 'Consent']].sort())
  })

  it('marks emergencies', async () => {
    await record([OCCURRENCES['break-glass']])
    await record([OCCURRENCES.read], { ...CONTEXT, asker: { ...NURSE, purpose: 'ERTREAT' } })
    expect((await history('p1')).map(({ emergency }) => emergency)).toEqual([true, true])
  })

  it('tells nothing of other patients, even where this patient is the one who read', async () => {
    await record([{ kind: 'search', patient: 'p2', type: 'Observation' }], { ...CONTEXT, asker: PATIENT })
    expect(await history('p1')).toEqual([])
    expect((await history('p2')).map(({ who }) => who)).toEqual(['Patient/p1'])
  })

  it('leaves out signing in and searches that touched nobody', async () => {
    const own = { ...CONTEXT, asker: PATIENT }
    await record([{ kind: 'sign-in' }, { kind: 'search', type: 'Organization' }], own)
    expect(await history('p1')).toEqual([])
    await record([{ kind: 'search', patient: 'p1', type: 'Observation' }], own)
    expect((await history('p1')).map(({ who, role }) => `${who} ${role}`)).toEqual(['Patient/p1 patient'])
  })

  it('says nothing of a user where nobody was signed in', async () => {
    const { asker: _, ...stranger } = CONTEXT
    await record([{ ...OCCURRENCES.refused, patient: 'p1' }], stranger)
    const [access] = await history('p1')
    expect(access).not.toHaveProperty('who')
    expect(access).toMatchObject({ outcome: '4', emergency: false })
  })

  test('pages of any size, put together, are the whole history, newest first', async () => {
    const minutes = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(minutes, fc.integer({ min: 1, max: 5 }), async (all, limit) => {
        await emptyLog(test_.owner)
        for (const minute of all)
          await record([OCCURRENCES.search], { ...CONTEXT, at: `2026-03-04T05:0${minute}:07.089Z` })
        const whole = await history('p1')
        const pages: Access[] = []
        for (let page = await history('p1', limit); page.length > 0; page = await history('p1', limit, page.at(-1)))
          pages.push(...page)
        expect(pages).toEqual(whole)
        expect(whole).toHaveLength(all.length)
        const keys = whole.map(({ when, event }) => `${when} ${event}`)
        expect(keys).toEqual([...keys].sort().reverse())
      }),
      { numRuns: 15 },
    )
  })

  it('is served by the index of patient and date', async () => {
    await history('p1')
    const sql = test_.statements.at(-1)!
    const rows = await test_.database.transaction(async (session) => {
      await session.query({ sql: 'set local enable_seqscan = off', parameters: [] })
      await session.query({ sql: 'set local enable_bitmapscan = off', parameters: [] })
      return session.query<{ 'QUERY PLAN': string }>({
        sql: `explain ${sql}`,
        parameters: ['p1', 'Patient/p1', '2026-03-04T05:06:07.089Z', 'x', 50, null],
        varied: true,
      })
    })
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
    expect(plan).toMatch(/Index Scan using audit_entry_patient[\s\S]*Index Cond:.*ROW\(.*recorded, .*id\) </)
    expect(plan).not.toMatch(/->\s+(?:Incremental )?Sort/)
  })
})
