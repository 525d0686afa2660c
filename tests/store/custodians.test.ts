// Whoever holds the record of a patient holds what is written of it, in whatever order it comes.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '../../src/store/database.ts'
import { write } from '../../src/store/writer.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { loggingRelease } from './previous-release.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db.drop())

const patient = (id: string) => ({
  ...{ resourceType: 'Patient', id },
  managingOrganization: { reference: 'Organization/h1' },
})
const about = (type: string, id: string, patient: string) => ({
  ...{ resourceType: type, id, subject: { reference: `Patient/${patient}` }, code: { text: 'x' } },
  ...(type === 'Observation' ? { status: 'final' } : {}),
})

const custodians = async (session: TestDatabase['owner'], ids: readonly string[]) => {
  const rows = await session.query<{ id: string; custodian: string | null; then: string | null }>({
    sql: `select t.id, t.custodian, v.custodian as then from (
  select 'Observation' as type, id, custodian, version from observation union all select 'Condition', id, custodian, version from condition
) as t join resource_version as v using (type, id, version) where t.id = any($1::text[]) order by t.id`,
    parameters: [ids],
  })
  return rows.map(({ id, custodian, then }) => [id, custodian, then])
}

test('what comes in one batch before its patient is held as what comes behind', async () => {
  const put = (resource: { resourceType: string; id: string }) => ({
    type: resource.resourceType,
    id: resource.id,
    fresh: true,
    resource,
  })
  await write(db.database, [
    put(about('Observation', 'o1', 'p1')),
    put(about('Condition', 'c1', 'p1')),
    put(patient('p1')),
  ])
  expect(await custodians(db.owner, ['o1', 'c1'])).toEqual([
    ['c1', 'h1', 'h1'],
    ['o1', 'h1', 'h1'],
  ])
})

test('what a release before left to nobody belongs to who holds the patient', async () => {
  const old = await loggingRelease(
    [],
    [
      ['Observation', 'o1', about('Observation', 'o1', 'p1')],
      ['Patient', 'p1', patient('p1')],
    ],
  )
  try {
    await old.client.query("update observation set custodian = null where id = 'o1'")
    await old.client.query('alter table resource_version disable trigger user')
    await old.client.query("update resource_version set custodian = null where id = 'o1'")
    await old.client.query('alter table resource_version enable trigger user')
    const database = await openDatabase({ url: old.url })
    expect(await custodians(database, ['o1'])).toEqual([['o1', 'h1', 'h1']])
    await database.close()
  } finally {
    await old.drop()
  }
})
