// A relabelling that fails at any statement, persisted or not, or is killed, ends as if nothing had happened: each row is
// written once, each event stands once.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { RULE_SET } from '../../src/consent/labelling/rules/index.ts'
import { relabel } from '../../src/interactions/relabel.ts'
import { operatorInteraction } from '../../src/server/operator.ts'
import { type Database, migrateDatabase, openDatabase } from '../../src/store/database.ts'
import { type Life, type Previous, previousRelease } from '../store/previous-release.ts'

const subject = { reference: 'Patient/p1' }
const coded = (code: string) => ({ code: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code }] }, subject })
const LIVES: readonly Life[] = [
  ['Patient', 'p1', {}],
  ['Condition', 'a', coded('B20')],
  ['Condition', 'b', coded('J00'), coded('B20')],
  ['Condition', 'c', coded('B20'), null],
  ['Condition', 'd', coded('J00')],
  [
    'Consent',
    'e',
    {
      status: 'active',
      scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
      category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
      patient: subject,
      policyRule: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'OPTIN' }] },
    },
  ],
]
const DONE = [{ name: 'labels', value: `${RULE_SET.version} done` }]

let previous: Previous
let owner: Database
afterEach(async () => {
  await owner.close()
  await previous.drop()
})

async function upgraded(lives: readonly Life[]) {
  previous = await previousRelease(lives)
  await migrateDatabase(previous.url)
  owner = await openDatabase({ url: previous.url, poolSize: 3, migrate: false })
}

// biome-ignore lint/suspicious/noExplicitAny: rows have the shape of their query
const rows = async (sql: string): Promise<any[]> => (await previous.client.query(sql)).rows

const left = async () => ({
  versions: await rows(
    'select type, id, version, operation, patient, shared, confidentiality, sensitivity, facts from resource_version order by 1, 2, 3',
  ),
  events: await rows('select count(*)::int from audit_event'),
  policies: await rows('select patient from patient_policy'),
  state: await rows("select name, value from server_state where name = 'labels'"),
})

class Broken extends Error {}
type Fault = 'fails' | 'fails but persists'

/** Breaks at the nth query or transaction. */
function breaking(database: Database, fault: Fault, nth: number): Database {
  let count = 0
  const reach = async <T>(work: () => Promise<T>): Promise<T> => {
    if (++count !== nth) return work()
    if (fault === 'fails but persists') await work()
    throw new Broken()
  }
  return {
    query: (statement) => reach(() => database.query(statement)),
    transaction: (work) => reach(() => database.transaction(work)),
    close: () => database.close(),
  }
}

describe('a relabelling that is broken off again and again', () => {
  let expected: Awaited<ReturnType<typeof left>>
  beforeAll(async () => {
    await upgraded(LIVES)
    await relabel(await operatorInteraction(owner, 'test'))
    const found = await left()
    expect(found.state).toEqual(DONE)
    expect(found.events).toEqual([{ count: 2 }])
    await owner.close()
    await previous.drop()
    expected = found
  })

  test.for([
    ['fails', 1],
    ['fails', 3],
    ['fails but persists', 1],
    ['fails but persists', 3],
  ] as const)('%s, in steps of %i: it ends the same', async ([fault, step]) => {
    await upgraded(LIVES)
    let breaks = 0
    for (let n = 3; ; n = 3 + ((breaks * step) % 7)) {
      const interaction = { ...(await operatorInteraction(owner, 'test')), database: breaking(owner, fault, n) }
      const error = await relabel(interaction).catch((e) => e)
      if (error === undefined) break
      expect(error).toBeInstanceOf(Broken)
      if (++breaks > 1000) throw new Error('it never ends')
    }
    expect(breaks).toBeGreaterThan(10)
    expect(await left()).toEqual(expected)
  })
})

describe('kill -9', () => {
  const MANY = 3000

  test('in the middle: what was done is not done again, what was not is', async () => {
    await upgraded([
      ['Patient', 'p1', {}],
      ['Condition', 'a', coded('B20')],
    ])
    // As before there was a log.
    await previous.client.query('alter table resource_version drop constraint resource_version_logged')
    await previous.client.query(`insert into condition (id, version, last_updated, deleted, patient, lossless, content)
      select 'n' || n, 1, last_updated, false, 'p1', false, replace(content, '"id":"a"', '"id":"n' || n || '"') from condition, generate_series(1, ${MANY}) as n`)
    await previous.client.query(`insert into resource_version (type, id, version, last_updated, operation, lossless, content)
      select 'Condition', id, 1, last_updated, 'create', false, content from condition where id <> 'a'`)
    const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, previous.url], { stdio: 'inherit' })
    const ended = once(child, 'exit')
    const state = async () => (await rows("select value from server_state where name = 'labels'"))[0]?.value
    while (!/ current Condition n/.test((await state()) ?? '')) await pause(2)
    child.kill('SIGKILL')
    await ended
    const at = String(await state()).split(' ')
    expect(at.slice(1, 3)).toEqual(['current', 'Condition'])
    const relabelled = "select count(*)::int from resource_version where type = 'Condition' and version = 2"
    const [{ count: before }] = await rows(relabelled)
    expect(before).toBeGreaterThan(0)
    expect(before).toBeLessThan(MANY)
    // What is not reached yet is told to nobody.
    expect(await rows(`select 1 from condition where id > '${at[3]}' and version = 1 and confidentiality < 5`)).toEqual(
      [],
    )
    await relabel(await operatorInteraction(owner, 'test'))
    expect(
      await rows(
        "select version, count(*)::int, min(confidentiality) as lowest from resource_version where type = 'Condition' group by 1 order by 1",
      ),
    ).toEqual([
      { version: 1, count: MANY + 1, lowest: 4 },
      { version: 2, count: MANY + 1, lowest: 4 },
    ])
    expect(await rows('select count(*)::int from audit_event')).toEqual([{ count: MANY + 1 }])
    expect((await left()).state).toEqual(DONE)
  })
})

const PROGRAM = fileURLToPath(new URL('./relabel-process.ts', import.meta.url))
