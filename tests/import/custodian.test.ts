// import --custodian names an Organization that stands: a wrong one would hold the records for good.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { requireCustodian } from '../../src/interactions/import/custodian.ts'
import { operatorInteraction } from '../../src/server/operator.ts'
import { write } from '../../src/store/writer.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db.drop())

const organisation = { type: 'Organization', id: 'north', resource: { resourceType: 'Organization', name: 'North' } }

test('an Organization that stands may hold; one that does not, or not any more, is refused with what to do', async () => {
  const asked = async () => requireCustodian(await operatorInteraction(db.database, 'import', 'north'), 'north')
  const refusal = { code: 'no-organization', message: expect.stringMatching(/Import it first/) }
  await expect(asked()).rejects.toMatchObject(refusal)
  await write(db.database, [organisation])
  await expect(asked()).resolves.toBeUndefined()
  await write(db.database, [{ type: 'Organization', id: 'north' }])
  await expect(asked()).rejects.toMatchObject(refusal)
})
