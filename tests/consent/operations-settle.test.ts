// Policies that an earlier reading left are settled anew: all of them, in batches, from where a run was killed.
import { hash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { policiesOf, READING } from '../../src/consent/policy.ts'
import { ensurePolicies } from '../../src/server/policies.ts'
import { isSettled, settleAll } from '../../src/store/consent/settle-all.ts'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { VECTORS } from './vectors.ts'
import { consent, doctor, openWard, purposes, type Ward } from './ward.ts'

const PATIENTS = 600
let ward: Ward
let owner: Database
beforeAll(async () => {
  ward = await openWard()
  owner = await openDatabase({ url: ward.url, poolSize: 3, migrate: false })
  await ward.put(consent('shut', 'p1', { type: 'deny' }))
  await ward.put(consent('open', 'p2', { type: 'permit', purpose: purposes('TREAT') }))
  // The same consent of many others.
  const copy = `json_populate_record(c, json_build_object('id', 'many' || n, 'patient', 'many' || n,
    'content', replace(replace(c.content, '"id":"shut"', '"id":"many' || n || '"'), 'Patient/p1', 'Patient/many' || n)))`
  await ward.sql(
    `insert into consent select (${copy}).* from consent as c, generate_series(1, ${PATIENTS}) as n where c.id = 'shut'`,
  )
})
afterAll(async () => {
  await owner.close()
  await ward.close()
})

const state = async () => (await ward.sql("select value from server_state where name = 'policies'"))[0]?.value
const settled = async () => (await ward.sql('select count(distinct patient)::int as n from patient_policy'))[0]!.n
const open = (say: (line: string) => void = () => {}) => {
  const opened = { database: ward.database, accounts: ward.database, asOwner: (work: never) => (work as Work)(owner) }
  return ensurePolicies({ ...opened, close: async () => {} } as never, say)
}
type Work = (owner: Database) => Promise<unknown>

beforeEach(async () => {
  // As an earlier reading might have left them: wrong for p1, missing for most.
  await ward.sql("delete from patient_policy where patient <> 'p2'")
  await ward.sql(
    "insert into server_state values ('policies', 'settled 2020.1') on conflict (name) do update set value = excluded.value",
  )
})

test('whoever starts first settles them all, and nobody does it again', async () => {
  expect(await ward.sees(doctor, 'p1')).not.toEqual([])
  const said: string[] = []
  await Promise.all([open((line) => said.push(line)), open((line) => said.push(line))])
  expect(said.length).toBe(1)
  expect(await state()).toBe(`settled ${READING}`)
  expect(await settled()).toBe(PATIENTS + 2)
  expect(await ward.sees(doctor, 'p1')).toEqual([])
  expect(await ward.sees(doctor, 'p2')).not.toEqual([])
  await open((line) => said.push(line))
  expect(said.length).toBe(1)
})

test('a database that a newer release has read is left alone, and says so', async () => {
  await ward.sql("update server_state set value = 'settling 9999.1 p1' where name = 'policies'")
  await expect(open()).rejects.toMatchObject({ code: 'newer-database' })
  expect(await settled()).toBe(1)
})

test('what a reading before `settled` had a version left is settled as well', async () => {
  await ward.sql("update server_state set value = 'settled' where name = 'policies'")
  expect(await isSettled(ward.database)).toBe(false)
})

class Killed extends Error {}

test('a run that was killed goes on behind the last batch', async () => {
  const killed = settleAll(owner, () => {
    throw new Killed()
  })
  await expect(killed).rejects.toThrow(Killed)
  const after = await settled()
  expect(after).toBeGreaterThan(1)
  expect(after).toBeLessThan(PATIENTS)
  expect(await state()).toMatch(`settling ${READING} many`)
  expect(await isSettled(owner)).toBe(false)
  const batches: number[] = []
  await settleAll(owner, (patients) => batches.push(patients))
  expect(batches.at(-1)).toBeLessThan(PATIENTS)
  expect(await settled()).toBe(PATIENTS + 2)
})

test('what another reading had begun is begun anew', async () => {
  await ward.sql("update server_state set value = 'settling 2020.1 zzz' where name = 'policies'")
  await settleAll(owner)
  expect(await settled()).toBe(PATIENTS + 2)
})

test('a batch that fails leaves neither its policies nor its place', async () => {
  await ward.sql("create or replace function fail() returns trigger language plpgsql as $$ begin raise 'no'; end $$")
  await ward.sql(
    "create trigger failing before insert on patient_policy for each row when (new.patient = 'many99') execute function fail()",
  )
  try {
    await expect(settleAll(owner)).rejects.toThrow()
    const [{ last }] = (await ward.sql(
      "select max(patient) as last from patient_policy where patient like 'many%'",
    )) as [{ last: string }]
    expect(await state()).toBe(`settling ${READING} ${last}`)
  } finally {
    await ward.sql('drop trigger failing on patient_policy')
  }
})

test('the reading has the version that is written here: count it up with every change of what consents are read as', () => {
  const read = VECTORS.map(({ question: { consents } }) =>
    policiesOf(consents).map(({ from, until, policies }) => [from, until, policies.map(({ text }) => text)]),
  )
  expect([READING, hash('sha256', JSON.stringify(read), 'hex').slice(0, 16)]).toEqual(['2026.11.6', '0a4e71ddaacf555a'])
})
