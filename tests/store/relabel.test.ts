// What was stored before there were labels, or under earlier rules, comes to bear today's: nothing is lost, nothing falls.
import { afterEach, describe, expect, test } from 'vitest'
import { RULE_SET } from '../../src/consent/labelling/rules/index.ts'
import { relabel } from '../../src/interactions/relabel.ts'
import { ensureLabels } from '../../src/server/labels.ts'
import type { Opened } from '../../src/server/open.ts'
import { operatorInteraction } from '../../src/server/operator.ts'
import { type Database, migrateDatabase, openDatabase } from '../../src/store/database.ts'
import { SERVING } from '../../src/store/roles.ts'
import { write } from '../../src/store/writer.ts'
import { testDatabase } from '../support/database.ts'
import { type Life, type Previous, previousRelease } from './previous-release.ts'

const PATIENT = { subject: { reference: 'Patient/p1' } }
const HIV = { code: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'B20' }] }, ...PATIENT }
const COLD = { code: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'J00' }] }, ...PATIENT }
const PULSE = {
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
  effectiveDateTime: '2025-05-01',
  ...PATIENT,
}
const CONSENT = {
  status: 'active',
  scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
  category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
  patient: { reference: 'Patient/p1' },
  policyRule: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'OPTIN' }] },
}
const LIVES: readonly Life[] = [
  ['Organization', 'o1', { name: 'North' }],
  [
    'Patient',
    'p1',
    { managingOrganization: { reference: 'Organization/o1' } },
    { gender: 'female', managingOrganization: { reference: 'Organization/o1' } },
  ],
  ['Observation', 'pulse', PULSE],
  ['Condition', 'hiv', COLD, HIV],
  ['Condition', 'gone', HIV, null],
  ['Consent', 'c1', CONSENT],
  ['AuditEvent', 'old', { type: {}, recorded: '2026-01-01T00:00:00Z' }],
]

const open: { close(): Promise<void> }[] = []
let previous: Previous
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
  await previous.drop()
})

/** The upgraded database, served as production does. */
async function upgraded(lives: readonly Life[]): Promise<Opened> {
  previous = await previousRelease(lives)
  await migrateDatabase(previous.url)
  return openedAt(previous.url)
}

async function openedAt(url: string): Promise<Opened> {
  const database = await openDatabase({ url, role: SERVING, migrate: false })
  const opened: Opened = {
    database,
    accounts: database,
    async asOwner(work) {
      const owner = await openDatabase({ url, poolSize: 3, migrate: false })
      return work(owner).finally(() => owner.close())
    },
    close: () => database.close(),
  }
  open.push(opened)
  return opened
}

// biome-ignore lint/suspicious/noExplicitAny: rows have the shape of their query
const rows = async (sql: string): Promise<any[]> => (await previous.client.query(sql)).rows
const silent = () => {}

describe('a database of the previous release', () => {
  test('tells nobody what is not labelled yet', async () => {
    await upgraded(LIVES)
    const told = await rows(
      'select 1 from resource_version where confidentiality < 5 or sensitivity <> 2 or not shared union all select 1 from condition where confidentiality < 5 or sensitivity <> 2 or not shared',
    )
    expect(told).toEqual([])
  })

  test('bears the labels of its content afterwards: a new version only where content changes', async () => {
    const opened = await upgraded(LIVES)
    await ensureLabels(opened, silent)
    const [hiv] = await rows("select version, content, confidentiality, sensitivity from condition where id = 'hiv'")
    expect(hiv.version).toBe(3)
    expect(hiv.content).toMatch(/"security":\[.*"HIV"/)
    expect(
      await rows(
        "select version, confidentiality, sensitivity <> 1 as sensitive, shared, patient, custodian, facts <> '{}' as facts, content like '%security%' as says, operation from resource_version where id = 'hiv' order by 1",
      ),
    ).toEqual([
      {
        version: 1,
        confidentiality: 3,
        sensitive: false,
        shared: false,
        patient: 'p1',
        custodian: 'o1',
        facts: true,
        says: false,
        operation: 'create',
      },
      {
        version: 2,
        confidentiality: 4,
        sensitive: true,
        shared: false,
        patient: 'p1',
        custodian: 'o1',
        facts: true,
        says: false,
        operation: 'update',
      },
      {
        version: 3,
        confidentiality: 4,
        sensitive: true,
        shared: false,
        patient: 'p1',
        custodian: 'o1',
        facts: true,
        says: true,
        operation: 'update',
      },
    ])
    const [pulse] = await rows(
      "select version, confidentiality, sensitivity, patient, custodian, date_low is not null as found from observation where id = 'pulse'",
    )
    const held = { patient: 'p1', custodian: 'o1' }
    expect(pulse).toEqual({ version: 1, confidentiality: 3, sensitivity: 1, ...held, found: true })
    expect(await rows("select clinical_low is not null as timed from resource_version where id = 'pulse'")).toEqual([
      { timed: true },
    ])
    // What was deleted bears what it was about, in all its versions.
    expect(
      await rows("select version, confidentiality, patient from resource_version where id = 'gone' order by 1"),
    ).toEqual([
      { version: 1, confidentiality: 4, patient: 'p1' },
      { version: 2, confidentiality: 4, patient: 'p1' },
    ])
    expect(
      await rows("select deleted, version, confidentiality, code is null as bare from condition where id = 'gone'"),
    ).toEqual([{ deleted: true, version: 2, confidentiality: 4, bare: true }])
    expect(await rows('select patient from patient_policy')).toEqual([{ patient: 'p1' }])
    // Written down like every write.
    expect(await rows("select content from audit_event where id <> 'old'")).toEqual([
      { content: expect.stringContaining('Condition/hiv/_history/3') },
    ])
    // Its own audit log is not what relabelling touches: what somebody else put there stays untold.
    expect(await rows("select confidentiality from audit_event where id = 'old'")).toEqual([{ confidentiality: 5 }])
  })

  test('restricts what stands in a directory and names somebody of whom there is no record', async () => {
    await ensureLabels(await upgraded([['Device', 'd', { patient: { display: 'somebody' } }]]), silent)
    expect(await rows('select version, confidentiality from device')).toEqual([{ version: 2, confidentiality: 4 }])
  })

  test('equals, column by column, what the writer makes of the same content', async () => {
    const opened = await upgraded(LIVES)
    await ensureLabels(opened, silent)
    const fresh = await testDatabase()
    try {
      for (const [table, type] of [
        ['patient', 'Patient'],
        ['organization', 'Organization'],
        ['condition', 'Condition'],
        ['observation', 'Observation'],
        ['consent', 'Consent'],
      ] as const) {
        const stored = await rows(`select * from ${table} where not deleted order by id`)
        for (const { id, content } of stored) await write(fresh.database, [{ type, id, resource: JSON.parse(content) }])
        const made = await fresh.database.query<object>({ sql: `select * from ${table} order by id`, parameters: [] })
        const plain = (list: object[]) =>
          JSON.parse(JSON.stringify(list)).map(
            ({ version: _, last_updated: __, content: ___, ...row }: Record<string, unknown>) => ({
              ...row,
              ...Object.fromEntries(
                Object.entries(row)
                  .filter(([name]) => /_(low|high)$/.test(name))
                  .map(([name, at]) => [name, at && new Date(String(at)).getTime()]),
              ),
            }),
          )
        expect(plain(stored), type).toEqual(plain(made))
      }
    } finally {
      await fresh.drop()
    }
  })

  test('is found across patients by the codes that were filled in', async () => {
    const opened = await upgraded(LIVES)
    const across = 'select count(*)::int as rows from observation as t join concept as k on k.key = t.concept'
    await ensureLabels(opened, silent)
    const [coded] = await rows('select count(*)::int as rows from observation where code is not null')
    expect(coded.rows).toBeGreaterThan(0)
    expect(await rows(`${across} and k.codes = t.code`)).toEqual([coded])
  })

  test('is looked at once more and never again', async () => {
    const opened = await upgraded(LIVES)
    await ensureLabels(opened, silent)
    const before = await digest()
    const lent: string[] = []
    await ensureLabels({ ...opened, asOwner: async () => lent.push('owner') as never }, silent)
    expect(lent).toEqual([])
    expect(await digest()).toEqual(before)
  })

  test('two processes that start at once: one labels, the other waits and finds nothing to do', async () => {
    const opened = await upgraded(LIVES)
    await Promise.all([ensureLabels(opened, silent), ensureLabels(await openedAt(previous.url), silent)])
    expect(await rows("select count(*)::int as versions from resource_version where id = 'hiv'")).toEqual([
      { versions: 3 },
    ])
  })
})

/** Everything that a relabelling leaves, but for moments and fresh ids. */
const digest = async () => ({
  versions: await rows(
    'select type, id, version, operation, patient, shared, custodian, confidentiality, sensitivity, facts from resource_version order by 1, 2, 3',
  ),
  current: await rows(
    'select id, version, patient, shared, custodian, confidentiality, sensitivity, facts from condition union all select id, version, patient, shared, custodian, confidentiality, sensitivity, facts from observation order by 1',
  ),
  policies: await rows('select patient, policies from patient_policy order by 1'),
  state: await rows('select name, value from server_state order by 1'),
})

describe('earlier rules', () => {
  const SET =
    "insert into server_state values ('labels', 'earlier done'), ('policies', 'settled') on conflict (name) do update set value = excluded.value"

  test('an empty database needs none', async () => {
    const opened = await upgraded([])
    await ensureLabels({ ...opened, asOwner: () => expect.unreachable() }, silent)
    expect(await rows("select value from server_state where name = 'labels'")).toEqual([
      { value: `${RULE_SET.version} done` },
    ])
  })

  test('that did not know a code: a new version, and the older ones rise', async () => {
    const opened = await upgraded([
      ['Patient', 'p1', {}],
      ['Condition', 'hiv', HIV, HIV],
    ])
    // As rules would have left it that knew nothing of HIV.
    await previous.client.query(SET)
    for (const table of ['condition', 'patient', 'resource_version'])
      await previous.client.query(
        `update ${table} set confidentiality = 3, sensitivity = 1, facts = '{}', shared = false, patient = 'p1'`,
      )
    await ensureLabels(opened, silent)
    expect(
      await rows(
        "select version, confidentiality, sensitivity & 1 as none, sensitivity > 1 as more from resource_version where type = 'Condition' order by 1",
      ),
    ).toEqual([
      // What it bore already stays: it is told only where both are.
      { version: 1, confidentiality: 4, none: 1, more: true },
      { version: 2, confidentiality: 4, none: 1, more: true },
      { version: 3, confidentiality: 4, none: 0, more: true },
    ])
  })

  test('that said more than today: labels never fall', async () => {
    const security = [
      { system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'V' },
      { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'PSY' },
    ]
    const opened = await upgraded([
      ['Patient', 'p1', {}],
      ['Condition', 'c', { ...COLD, meta: { security } }],
    ])
    await ensureLabels(opened, silent)
    await previous.client.query(SET)
    const before = await rows("select * from resource_version where id = 'c'")
    expect(before[0].confidentiality).toBe(5)
    await ensureLabels(opened, silent)
    expect(await rows("select * from resource_version where id = 'c'")).toEqual(before)
    const [{ content }] = await rows("select content from condition where id = 'c'")
    expect(JSON.parse(content).meta.security).toEqual(security)
  })

  test('whoever holds a record holds it still', async () => {
    const opened = await upgraded([
      ['Patient', 'p1', {}],
      ['Encounter', 'e', { status: 'finished', class: {}, reasonCode: [HIV.code], ...PATIENT }],
    ])
    await previous.client.query("update encounter set custodian = 'o9'")
    await ensureLabels(opened, silent)
    expect(await rows("select version, custodian from resource_version where id = 'e' order by 1")).toEqual([
      { version: 1, custodian: 'o9' },
      { version: 2, custodian: 'o9' },
    ])
  })

  test('a writer in between wins, and its row is labelled', async () => {
    const opened = await upgraded([
      ['Patient', 'p1', {}],
      ['Condition', 'hiv', HIV],
      ['Condition', 'too', HIV],
    ])
    await opened.asOwner(async (owner) => {
      let between = false
      // Just before the versions are locked, somebody else corrects the code.
      const racing: Database = {
        ...around(owner),
        async transaction(work) {
          if (!between) {
            between = true
            await write(opened.database, [
              { type: 'Condition', id: 'hiv', resource: { resourceType: 'Condition', ...COLD } },
            ])
          }
          return owner.transaction(work)
        },
      }
      await relabel(await operatorInteraction(racing, 'test'))
    })
    const [{ version, content, confidentiality }] = await rows(
      "select version, content, confidentiality from condition where id = 'hiv'",
    )
    expect({ version, confidentiality }).toEqual({ version: 2, confidentiality: 3 })
    expect(content).toContain('J00')
    expect(await rows("select version, confidentiality from resource_version where id = 'hiv' order by 1")).toEqual([
      { version: 1, confidentiality: 4 },
      { version: 2, confidentiality: 3 },
    ])
  })
})

const around = (owner: Database): Database => ({
  query: (statement) => owner.query(statement),
  transaction: (work) => owner.transaction(work),
  close: () => owner.close(),
})
