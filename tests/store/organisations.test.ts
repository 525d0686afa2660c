// What an organisation is part of, as sign-in finds it: through all that are in between, and never without an end.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { placing } from '../../src/auth/part-of.ts'
import type { Asker } from '../../src/kernel/asker.ts'
import { bearerSignIn } from '../../src/server/bearer-sign-in.ts'
import { organisationsAbove } from '../../src/store/organisations.ts'
import { write } from '../../src/store/writer.ts'
import { KEYS, tokenOf } from '../auth/tokens.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'

let db: TestDatabase
const put = (id: string, partOf?: string) =>
  write(db.database, [
    {
      ...{ type: 'Organization', id },
      resource: { resourceType: 'Organization', name: id, ...(partOf && { partOf: { reference: partOf } }) },
    },
  ])
beforeAll(async () => {
  db = await testDatabase()
  await put('top')
  await put('hospital', 'Organization/top')
  await put('department', 'Organization/hospital/_history/1')
  await put('ward', 'Organization/department')
  await put('left', 'Organization/right')
  await put('right', 'Organization/left')
  await put('self', 'Organization/self')
  await put('lost', 'Organization/nowhere')
  await put('elsewhere', 'https://other.example/fhir/Organization/hospital')
  await put('gone', 'Organization/top')
  await put('below', 'Organization/gone')
  await write(db.database, [{ type: 'Organization', id: 'gone' }])
})
afterAll(() => db.drop())
afterEach(() => {
  vi.useRealTimers()
})

const asker = (organisation?: string): Asker => ({
  ...{ issuer: 'i', subject: 's', client: 'c', user: 'Practitioner/p', role: 'practitioner', purpose: 'TREAT' },
  ...{ groups: [], scopes: [], ...(organisation !== undefined && { organisation }) },
})

test.for<[string | undefined, string[] | undefined]>([
  ['ward', ['department', 'hospital', 'top']],
  ['hospital', ['top']],
  ['top', undefined],
  ['left', ['right']],
  ['self', undefined],
  ['unknown', undefined],
  ['elsewhere', undefined],
  // A consent may name what does not stand here, and what was deleted.
  ['lost', ['nowhere']],
  ['below', ['gone']],
  ["x' or true --", undefined],
  [undefined, undefined],
])('%s is part of %j', async ([organisation, above]) => {
  expect((await placing(organisationsAbove(db.database))(asker(organisation))).partOf).toEqual(above)
})

test('an asker stays one object while nothing changes, and is another ten seconds after something did', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  const placed = placing(organisationsAbove(db.database))
  const who = asker('ward')
  const first = await placed(who)
  vi.advanceTimersByTime(11_000)
  expect(await placed(who)).toBe(first)
  await put('department', 'Organization/left')
  expect(await placed(who)).toBe(first)
  vi.advanceTimersByTime(11_000)
  const moved = await placed(who)
  expect(moved.partOf).toEqual(['department', 'left', 'right'])
  await put('department', 'Organization/hospital')
})

test('many requests at once ask once', async () => {
  const placed = placing(organisationsAbove(db.database))
  db.statements.length = 0
  await Promise.all(Array.from({ length: 20 }, () => placed(asker('ward'))))
  expect(db.statements.length).toBe(1)
})

test('attack: while the database does not answer, nobody is heard as less than they are', async () => {
  let broken = true
  const session = {
    query: <T>() => (broken ? Promise.reject<T[]>(new Error('away')) : Promise.resolve([{ id: 'hospital' }] as T[])),
  }
  const placed = placing(organisationsAbove(session))
  await expect(placed(asker('ward'))).rejects.toThrow('away')
  broken = false
  expect((await placed(asker('ward'))).partOf).toEqual(['hospital'])
})

test('a bearer token becomes an asker with the house of its organisation', async () => {
  const keys = createServer((_, answer) => answer.end(JSON.stringify(KEYS)))
  await new Promise<void>((resolve) => keys.listen(0, '127.0.0.1', resolve))
  const jwksUri = `http://127.0.0.1:${(keys.address() as AddressInfo).port}/keys`
  const issuer = 'https://issuer.example/oidc'
  const log = { info() {}, fault() {} }
  const config = { trustedIssuers: [{ issuer, jwksUri }], publicUrl: 'https://server.example/fhir/R4' }
  await put('o1', 'Organization/hospital')
  const signIn = await bearerSignIn({ config, database: db.database, accounts: db.accounts, log })('http://127.0.0.1')
  const headersDistinct = { authorization: [`Bearer ${tokenOf()}`] }
  const found = await signIn.asker({ headersDistinct } as never)
  expect([found?.organisation, found?.partOf]).toEqual(['o1', ['hospital', 'top']])
  keys.closeAllConnections()
  keys.close()
})

test('each step up is one look at the key, among however many', async () => {
  db.statements.length = 0
  await organisationsAbove(db.database)('ward')
  const [above] = db.statements
  const run = (sql: string) => db.owner.query<Record<string, string>>({ sql, parameters: [] })
  await run(`insert into organization (id, version, last_updated, deleted, lossless, content)
select 'many-' || n, 1, now(), false, false, '{}' from generate_series(1, 20000) as n`)
  await run('analyze organization')
  await run(`prepare above as ${above}`)
  const plan = (await run("explain execute above('ward')")).map((row) => row['QUERY PLAN']).join('\n')
  expect(plan).toContain('Index Scan using organization_pkey')
  expect(plan).not.toMatch(/Seq Scan on organization|Hash|Merge/)
})
