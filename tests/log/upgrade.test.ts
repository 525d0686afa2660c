// A database of the release that brought the log, on one of the first release: brought up to date and started, it takes writes,
// erases a record whatever release wrote it, and all of it is dumped and verified.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { erasePatient } from '../../src/interactions/erasure/erase.ts'
import { perform } from '../../src/interactions/pipeline.ts'
import { dumpInto } from '../../src/server/dump.ts'
import { ensureLabels } from '../../src/server/labels.ts'
import { ensureLeaves } from '../../src/server/leaves.ts'
import { logSigner } from '../../src/server/log/key.ts'
import { verify } from '../../src/server/log/verify-log.ts'
import type { Opened } from '../../src/server/open.ts'
import { operatorInteraction } from '../../src/server/operator.ts'
import { ENTRY, FRAME } from '../../src/store/audit/columns.ts'
import { auditEvents } from '../../src/store/audit/event.ts'
import { type Database, migrateDatabase, openDatabase } from '../../src/store/database.ts'
import { sequence } from '../../src/store/log/sequencer.ts'
import { signWith } from '../../src/store/log/sign-tree.ts'
import { SERVING } from '../../src/store/roles.ts'
import { CONTEXT, OCCURRENCES } from '../audit/sample.ts'
import { asking } from '../erasure/asking.ts'
import { person } from '../store/people.ts'
import { type Life, loggingRelease, type Previous } from '../store/previous-release.ts'
import { observation } from './world.ts'

const of = (patient: string) => ({ ...observation(1), subject: { reference: `Patient/${patient}` } })
const held = { managingOrganization: { reference: 'Organization/h1' } }
const FIRST: readonly Life[] = [
  ['Organization', 'h1', { name: 'North' }],
  ['Patient', 'ash', held, { ...held, active: true }],
  ['Patient', 'birch', held],
  ['Observation', 'first', of('ash')],
  ['Observation', 'first-moved', of('birch'), of('ash')],
  ['Observation', 'first-gone', of('birch'), null],
  ['AuditEvent', 'first-event', { type: {}, recorded: '2026-01-01T00:00:00Z' }],
]
const LOGGED: readonly Life[] = [
  ['Patient', 'elm', held],
  ['Observation', 'logged', of('ash'), of('ash')],
  ['Observation', 'logged-moved', of('birch'), of('elm')],
  ['Observation', 'logged-gone', of('ash'), null],
]

let previous: Previous
let database: Database
let owner: Database
let folder: string
let sequenced: () => Promise<unknown>
const names = {}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'healthchain-upgrade-'))
  previous = await loggingRelease(FIRST, LOGGED)
  await unbatched()
  owner = await openDatabase({ url: previous.url, poolSize: 3, migrate: false })
  const sign = signWith(await logSigner(owner, names))
  // That release signed a part of them.
  await sequence(owner, sign, 3)
  await migrateDatabase(previous.url)
  database = await openDatabase({ url: previous.url, role: SERVING, poolSize: 4, migrate: false })
  const opened: Opened = { database, accounts: database, asOwner: (work) => work(owner), close: async () => {} }
  await ensureLeaves(opened, () => {})
  await ensureLabels(opened, () => {})
  sequenced = () => sequence(database, sign, 1000)
  await sequenced()
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await Promise.all([database.close(), owner.close()])
  await previous.drop()
})

/** Audit events as that release stored them: in no batch; one of them of broken glass, which had no leaf. */
async function unbatched(): Promise<void> {
  const insert = async (table: string, types: Readonly<Record<string, string>>, row: object) => {
    const columns = Object.keys(types)
    const values = columns.map((column, i) => `nullif($${i + 1}, '')::${types[column]}`)
    const sql = `insert into ${table} (${columns.join(', ')}) values (${values.join(', ')}) on conflict do nothing`
    await previous.client.query(
      sql,
      columns.map((column) => Object.entries(row).find(([name]) => name === column)?.[1]),
    )
  }
  for (const row of auditEvents(CONTEXT, [OCCURRENCES.read, { ...OCCURRENCES.search, patient: 'ash' }, GLASS])) {
    await insert('audit_frame', FRAME, row.shares)
    await insert('audit_entry', ENTRY, row)
  }
  await previous.client.query(
    `insert into emergency_access (id, user_ref, patient, reason_code, reason_text, restricted, started, expires)
values ('glass', $2, 'ash', 'disaster', 'The bridge came down.', false, $1, $1::timestamptz + interval '1 hour')`,
    [CONTEXT.at, CONTEXT.asker!.user],
  )
}

const GLASS = { kind: 'break-glass', patient: 'ash', references: ['Task/glass'], outcomeDesc: 'disaster' } as const
const rows = async (sql: string, values: unknown[] = []) => (await previous.client.query(sql, values)).rows
const ids = async (table: string, patient: string) =>
  (await rows(`select distinct id from ${table} where patient = $1 order by 1`, [patient])).map(({ id }) => id)
const erase = async (patient: string) => {
  const asker = person('Practitioner/admin', 'admin', 'HOPERAT', { organisation: 'h1' })
  return erasePatient(await asking(database, asker), { patient, reason: 'objection', text: 'Asked for in a letter.' })
}

/** What a dump of now, and its verification, found and said. */
async function verified(name: string) {
  await sequenced()
  const place = join(folder, name)
  const said: string[] = []
  const { found } = await dumpInto(place, owner, names)
  const findings = await verify({ place, whole: true }, (line) => said.push(line))
  return { found: [...found, ...findings], said, place }
}

test('every version has its leaf, and a dump proves all but the audit events of then', async () => {
  expect(
    await rows('select from resource_version left join log_leaf using (type, id, version) where entry is null'),
  ).toEqual([])
  const { found, said, place } = await verified('started')
  expect(found).toEqual([])
  expect(said.join('\n')).toContain('Audit events of before they were logged, which nothing proves')
  expect(readFileSync(join(place, 'versions.ndjson'), 'utf8')).toContain('first-event')
})

test('a write goes on from the version that stood', async () => {
  const interaction = await operatorInteraction(database, 'test')
  for (const id of ['first', 'logged', 'new'])
    await perform({ kind: 'update', type: 'Observation', id, resource: { ...of('ash'), id } }, interaction)
  const versions = await rows(
    "select id, max(version)::int as version, count(agent)::int as told from log_leaf where id in ('first', 'logged', 'new') group by 1 order by 1",
  )
  expect(versions).toMatchObject([
    { id: 'first', version: 2 },
    { id: 'logged', version: 3 },
    { id: 'new', version: 1 },
  ])
  for (const { told } of versions) expect(told).toBeGreaterThan(0)
  expect((await verified('written')).found).toEqual([])
})

test('an erasure takes all of a record, what has moved out of it as well, by whatever release', async () => {
  await sequenced()
  const { versions } = await erase('birch')
  expect(versions).toEqual(
    expect.arrayContaining([
      { type: 'Observation', count: 4 },
      { type: 'Patient', count: 1 },
    ]),
  )
  expect(await ids('resource_version', 'birch')).toEqual([])
  expect(
    await rows("select from resource_version where content like '%Patient/birch%' and type <> 'AuditEvent'"),
  ).toEqual([])
  // Whose they are now, they stay.
  expect(await ids('observation', 'ash')).toContain('first-moved')
  expect(await ids('observation', 'elm')).toEqual(['logged-moved'])
  const { found, said } = await verified('erased')
  expect(found).toEqual([])
  expect(said.join('\n')).toContain('Entries of which the content was erased: 5.')
})

test.each([
  ['goes on', "update emergency_access set expires = now() + interval '1 day' where id = 'glass'", 'emergency-differs'],
  ['is put there', "update emergency_access set id = 'put' where id = 'glass'", 'emergency-untold'],
])('broken glass of then that %s is found', async (name, sql, code) => {
  await rows(sql)
  expect((await verified(name)).found.map((one) => one.code)).toEqual([code])
  await rows("update emergency_access set id = 'glass', expires = started + interval '1 hour'")
})

test('and what a tamperer changes of then is found as everywhere', async () => {
  await rows('alter table resource_version disable trigger user')
  await rows(
    "update resource_version set content = replace(content, 'final', 'fatal') where id = 'first' and version = 1",
  )
  await rows('alter table resource_version enable trigger user')
  expect((await verified('tampered')).found.map(({ code }) => code)).toContain('commitment-differs')
})
