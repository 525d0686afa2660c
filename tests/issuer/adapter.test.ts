// What must happen once happens once, however many ask at the same time: the races of oidc-provider's find-then-write.
import type { Adapter } from 'oidc-provider'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { adapterFor } from '../../src/server/issuer/adapter.ts'
import { revokedTokens } from '../../src/store/issuer/records.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { statement } from './statement.ts'

let db: TestDatabase
let model: (name: string) => Adapter
beforeAll(async () => {
  db = await testDatabase()
  const make = adapterFor({ database: db.accounts, checked: 'checked.', onRevoked: () => {} })
  model = (name) => (make as (name: string) => Adapter)(name)
})
afterAll(() => db.drop())

const grant = (id: string) => model('Grant').upsert(id, { accountId: 'a' }, 60)
const settled = async (all: Promise<unknown>[]) =>
  (await Promise.allSettled(all)).filter(({ status }) => status === 'fulfilled').length

test.for(['RefreshToken', 'AuthorizationCode'])('race: one %s consumed by ten at once goes to one', async (name) => {
  await grant(`g-${name}`)
  await model(name).upsert('once', { grantId: `g-${name}` }, 60)
  expect(await settled(Array.from({ length: 10 }, async () => model(name).consume('once')))).toBe(1)
  expect(await model(name).find('once')).toBeUndefined()
})

test('race: one assertion that comes ten times at once is taken once', async () => {
  const replay = model('ReplayDetection')
  expect(await settled(Array.from({ length: 10 }, async () => replay.upsert('jti', {}, 60)))).toBe(1)
})

test('what has expired is not found', async () => {
  await model('Session').upsert('s', { uid: 'u' }, 60)
  expect(await model('Session').findByUid('u')).toEqual({ uid: 'u' })
  await statement(db.url, "update issuer_record set expires = now() - interval '1 second' where id = 's'")
  expect(await model('Session').find('s')).toBeUndefined()
  expect(await model('Session').findByUid('u')).toBeUndefined()
})

test('nothing is issued under a grant that is gone', async () => {
  await grant('gone')
  await model('RefreshToken').revokeByGrantId('gone')
  await expect(model('RefreshToken').upsert('late', { grantId: 'gone' }, 60)).rejects.toThrow('invalid_grant')
})

test('race: whatever is issued while the grant is taken away goes with it', async () => {
  for (let round = 0; round < 20; round++) {
    const grantId = `race-${round}`
    await grant(grantId)
    await Promise.allSettled([
      ...[1, 2, 3].map((i) => model('RefreshToken').upsert(`${grantId}-r${i}`, { grantId }, 60)),
      ...[1, 2, 3].map((i) => model('AccessToken').upsert(`${grantId}-a${i}`, { grantId }, 60)),
      ...[1, 2, 3].map(() => model('AccessToken').revokeByGrantId(grantId)),
    ])
    expect(await statement(db.url, 'select id from issuer_record where grant_id = $1', [grantId])).toEqual([])
  }
})

test('access tokens of a grant that is taken away are refused, refresh tokens are just gone', async () => {
  await grant('g')
  await model('AccessToken').upsert('at', { grantId: 'g' }, 60)
  await model('RefreshToken').upsert('rt', { grantId: 'g' }, 60)
  await model('Grant').destroy('g')
  expect(await revokedTokens(db.accounts)).toContain('at')
  expect(await revokedTokens(db.accounts)).not.toContain('rt')
})
