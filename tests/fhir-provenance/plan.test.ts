// Provenances of one agent in a log of 50,000 writes: whoever wrote nothing costs nothing, and a page of who wrote half of it
// costs a page. What the plans read is counted, for times lie.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Interaction } from '../../src/interactions/context.ts'
import { now } from '../../src/kernel/clock.ts'
import { parseSearch } from '../../src/search/parse.ts'
import { countProvenance, searchProvenance } from '../../src/search/provenance.ts'
import { operatorInteraction } from '../../src/server/operator.ts'
import { askerFrame } from '../../src/store/provenance/frame.ts'
import { keepFrame } from '../../src/store/provenance/frames.ts'
import { person } from '../store/people.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'

const LEAVES = 50_000
let db: TestDatabase
let operator: Interaction
beforeAll(async () => {
  db = await testDatabase()
  operator = await operatorInteraction(db.database, 'test')
  const frames: string[] = []
  for (const user of ['Practitioner/busy', 'Practitioner/other', 'Practitioner/idle'])
    frames.push((await keepFrame(db.owner, askerFrame(person(user, 'practitioner', 'TREAT'), false))).hash)
  const run = (sql: string, ...parameters: unknown[]) => db.owner.query({ sql, parameters })
  await db.owner.transaction(async (session) => {
    const both = `generate_series(1, ${LEAVES}) as n, lateral (select 'o-' || n as id, '2026-01-01'::timestamptz + n * interval '1 second' as at) as x`
    await session.query({
      sql: `insert into log_leaf (entry, leaf, salt, type, id, version, recorded, agent, leaf_index)
select ('019aa700-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'x', gen_random_uuid(), 'Observation', x.id, 1, x.at, ($1::uuid[])[1 + n % 2], n from ${both}`,
      parameters: [frames],
    })
    await session.query({
      sql: `insert into resource_version (type, id, version, last_updated, operation, patient, shared, confidentiality, sensitivity, lossless, content)
select 'Observation', x.id, 1, x.at, 'create', 'p1', false, 3, 1, false, '{}' from ${both}`,
      parameters: [],
    })
  })
  await run('analyze')
}, 60_000)
afterAll(() => db.drop())

interface Plan {
  readonly 'Relation Name'?: string
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly 'Rows Removed by Filter'?: number
  readonly Plans?: readonly Plan[]
}

const readOf = (plan: Plan): number =>
  (plan['Relation Name'] === 'log_leaf' || plan['Relation Name'] === 'resource_version'
    ? (plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0)) * plan['Actual Loops']
    : 0) + (plan.Plans ?? []).reduce((sum, inner) => sum + readOf(inner), 0)

/** Rows of the log and of versions that the statement reads. */
async function reads(agent: string, what: 'page' | 'count', sort = '-recorded'): Promise<number> {
  const search = parseSearch('Provenance', { agent: [agent], _sort: [sort] }, now())
  const { scope } = operator.view
  const statement = what === 'page' ? searchProvenance(search, scope, 21, true) : countProvenance(search, scope)
  const [row] = await db.database.query<{ 'QUERY PLAN': { Plan: Plan }[] }>({
    sql: `explain (analyze, format json) ${statement.sql}`,
    parameters: statement.parameters,
  })
  return readOf(row!['QUERY PLAN'][0]!.Plan)
}

describe('an agent', () => {
  test.each(['Practitioner/idle', 'Practitioner/nobody', 'nobody'])('who wrote nothing: %s', async (agent) => {
    for (const sort of ['-recorded', 'recorded', '_lastUpdated', 'target'])
      expect([sort, await reads(agent, 'page', sort)]).toEqual([sort, 0])
    expect(await reads(agent, 'count')).toBe(0)
  })

  test.each(['-recorded', 'recorded', '-_id'])('who wrote half of it costs a page: %s', async (sort) => {
    expect(await reads('Practitioner/busy', 'page', sort)).toBeLessThan(200)
  })

  test('is counted whole', async () => {
    const search = parseSearch('Provenance', { agent: ['Practitioner/busy'] }, now())
    const [row] = await db.database.query(countProvenance(search, operator.view.scope))
    expect(row!.count).toBe(LEAVES / 2)
  })
})
