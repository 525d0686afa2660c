// The password and second factor of the demo users are for the issuer's role alone, in a database of an earlier release too.
import { MikroORM } from '@mikro-orm/postgresql'
import pg from 'pg'
import { expect, test } from 'vitest'
import { demoAccess, ensureDemoAccounts } from '../../src/server/issuer/demo-accounts.ts'
import { openDatabase, ormOptions } from '../../src/store/database.ts'
import { ISSUER, SERVING } from '../../src/store/roles.ts'
import { readState } from '../../src/store/state.ts'
import { emptyDatabase, testDatabase } from '../support/database.ts'

const EVERYTHING = "select value from server_state union all select value from server_secret where name <> 'cursor'"

test('attack: the role that serves looks for the demo password and the second factor', async () => {
  const { database, accounts, owner, drop } = await testDatabase()
  const { password, totp } = await ensureDemoAccounts(database, accounts)
  const seen = JSON.stringify(await database.query({ sql: EVERYTHING, parameters: [] }))
  expect(seen).not.toContain(password)
  expect(seen).not.toContain(totp)
  expect(await demoAccess(database)).toBeUndefined()
  // That they stand somewhere at all, or the search above would prove nothing.
  expect(JSON.stringify(await owner.query({ sql: EVERYTHING, parameters: [] }))).toContain(password)
  await drop()
})

test('an earlier release kept them in clear: they move, and what stood there is gone', async () => {
  const { url, drop } = await emptyDatabase()
  const orm = await MikroORM.init(ormOptions(url))
  await orm.migrator.up({ to: 'Migration20261121160000_roles' })
  await orm.close(true)
  const old = { password: 'abcd-efgh', totp: 'ABCDEFGH', accounts: [{ username: 'gp', label: 'general practitioner' }] }
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query("insert into server_state values ('demo-access', $1), ('demo', 'loaded 2026-11-21')", [
    JSON.stringify(old),
  ])
  await client.end()
  const database = await openDatabase({ url, role: SERVING })
  const accounts = await openDatabase({ url, role: ISSUER, migrate: false })
  expect(await demoAccess(accounts)).toEqual(old)
  expect(await ensureDemoAccounts(database, accounts)).toEqual(old)
  expect(await readState(database, 'demo-access')).toBeUndefined()
  expect(await readState(database, 'demo')).toBe('loaded 2026-11-21')
  await Promise.all([database.close(), accounts.close()])
  await drop()
})
