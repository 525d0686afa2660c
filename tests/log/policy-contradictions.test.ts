// What decides who is told follows from the Consents, which stand in the log: whoever changes it beside them is found.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { settlePolicies } from '../../src/store/consent/policies.ts'
import { isSettled, settleAll } from '../../src/store/consent/settle-all.ts'
import type { Contradiction } from '../../src/store/log/contradiction.ts'
import { policyContradictions } from '../../src/store/log/policy-contradictions.ts'
import { write } from '../../src/store/writer.ts'
import { consent, purposes } from '../consent/ward.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'

const TABLES = ['policy', 'policy_rule', 'patient_policy']
let db: TestDatabase
const run = (sql: string) => db.owner.query({ sql, parameters: [] })

beforeAll(async () => {
  db = await testDatabase()
  const put = (resource: object & { resourceType: string; id: string }) => ({
    ...{
      type: resource.resourceType,
      id: resource.id,
      resource: resource as Record<string, unknown> & typeof resource,
    },
  })
  for (const id of ['p1', 'p2']) await write(db.database, [put({ resourceType: 'Patient', id })])
  const given = (id: string, patient: string, provision: Record<string, unknown>) =>
    put(consent(id, patient, provision) as never)
  await write(db.database, [given('c1', 'p1', { type: 'permit', purpose: purposes('TREAT') })])
  const period = { start: '2027-01-01', end: '2028-01-01' }
  await write(db.database, [
    given('c2', 'p2', { type: 'deny', period }),
    given('c3', 'p2', { type: 'permit', purpose: purposes('HRESCH') }),
  ])
  if (!(await isSettled(db.database))) await settleAll(db.database)
  for (const table of TABLES) {
    await run(`alter table ${table} disable trigger user`)
    await run(`create table kept_${table} as table ${table}`)
  }
})
afterAll(() => db.drop())
afterEach(async () => {
  for (const table of [...TABLES].reverse()) await run(`delete from ${table}`)
  for (const table of TABLES) await run(`insert into ${table} table kept_${table}`)
})

async function found(): Promise<Contradiction[]> {
  const all: Contradiction[] = []
  await db.owner.transaction(async (session) => {
    for await (const one of policyContradictions(session)) all.push(one)
    // Whatever was found, the dump goes on.
    await session.query({ sql: 'select 1', parameters: [] })
  })
  return all
}

test('what the Consents say contradicts nothing, however often it is settled', async () => {
  expect(await found()).toEqual([])
  await db.database.transaction((session) => settlePolicies(session, ['p1', 'p2']))
  expect(await found()).toEqual([])
})

describe('attack: who may be told is changed beside the Consents', () => {
  const attacks: readonly (readonly [attack: string, sql: string, code: Contradiction['code']])[] = [
    ['the policies of a patient are taken away', "delete from patient_policy where patient = 'p1'", 'policies-differ'],
    [
      'a deny is taken out',
      "delete from patient_policy where patient = 'p2' and cardinality(policies) = 2",
      'policies-differ',
    ],
    [
      'a patient is given the policies of another',
      "update patient_policy set policies = (select policies from patient_policy where patient = 'p2' limit 1) where patient = 'p1'",
      'policies-differ',
    ],
    [
      'a permit is made for whom nobody asked',
      "insert into patient_policy select 'p9', valid_from, valid_until, policies, newest, on_file, on_file_research, particular from patient_policy where patient = 'p1'",
      'policies-differ',
    ],
    [
      'a deny ends a day early',
      "update patient_policy set valid_until = valid_until - interval '1 day' where valid_until < 'infinity'",
      'policies-differ',
    ],
    ['silence is made to mean yes', 'update patient_policy set on_file = not on_file', 'policies-differ'],
    [
      'the text of a policy says otherwise',
      `update policy set rules = replace(rules, '"deny":true', '"deny":false')`,
      'policy-differs',
    ],
    ['a policy is emptied', "update policy set rules = '[]' where id = 1", 'policy-differs'],
    [
      'a policy is emptied, and its rules',
      "with gone as (delete from policy_rule where policy = 1) update policy set rules = '[]' where id = 1",
      'policy-differs',
    ],
    ['a policy is made no text', "update policy set rules = '' where id = 1", 'policy-differs'],
    ['a policy is loaded no more', 'update policy set particular = not particular where id = 1', 'policy-differs'],
    [
      'a policy is given no number',
      'insert into policy (id, hash, particular, rules) select -5, gen_random_uuid(), particular, rules from policy where id = 1',
      'policy-differs',
    ],
    ['a policy has another name', 'update policy set hash = gen_random_uuid() where id = 1', 'policy-differs'],
    ['a rule is turned round', 'update policy_rule set deny = not deny where policy = 1', 'policy-differs'],
    ['a rule is taken out', 'delete from policy_rule where policy = 1', 'policy-differs'],
    ['a rule opens more', 'update policy_rule set n = -1, r = -1 where not deny', 'policy-differs'],
    [
      'a rule is put beside',
      'insert into policy_rule select (json_populate_record(one, \'{"position": 99}\')).* from policy_rule as one where policy = 1 limit 1',
      'policy-differs',
    ],
  ]
  test.each(attacks)('%s', async (_, sql, code) => {
    await run(sql)
    expect((await found()).map((one) => one.code)).toContain(code)
  })
})

test('attack: an old version of a Consent is cut in two, so that nothing of it can be read any more', async () => {
  const [{ content }] = (await run("select content from consent where id = 'c1'")) as [{ content: string }]
  await write(db.database, [{ type: 'Consent', id: 'c1', resource: { ...JSON.parse(content), language: 'en' } }])
  expect(await found()).toEqual([])
  await run('alter table resource_version disable trigger user')
  await run("update resource_version set content = left(content, 99) where (type, id, version) = ('Consent', 'c1', 1)")
  expect(await found()).toEqual([{ code: 'policies-differ', at: '-' }])
  // Nor does it hide what was done to others.
  await run("delete from patient_policy where patient = 'p2'")
  expect(await found()).toEqual([
    { code: 'policies-differ', at: '-' },
    { code: 'policies-differ', at: '-' },
  ])
})
