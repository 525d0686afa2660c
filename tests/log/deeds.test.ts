// Broken glass, legal holds and erasures against what the audit log says of them: the dump finds what was changed, put or taken
// away beside it. Each attack by its name, in a transaction that comes to nothing.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openEmergency } from '../../src/interactions/emergency/access.ts'
import { terminate } from '../../src/interactions/emergency/terminate.ts'
import { erasePatient } from '../../src/interactions/erasure/erase.ts'
import { liftHold, placeHold } from '../../src/interactions/erasure/legal-hold.ts'
import type { Asker } from '../../src/kernel/asker.ts'
import { instant, now } from '../../src/kernel/clock.ts'
import type { Session } from '../../src/store/database.ts'
import { recordEvent } from '../../src/store/emergency.ts'
import { placeHold as storeHold } from '../../src/store/erasure/legal-holds.ts'
import type { Contradiction } from '../../src/store/log/contradiction.ts'
import { deedContradictions } from '../../src/store/log/deed-contradictions.ts'
import { sequence } from '../../src/store/log/sequencer.ts'
import { write } from '../../src/store/writer.ts'
import { HIPAA_PART2 } from '../consent/ward-policies.ts'
import { asking } from '../erasure/asking.ts'
import { admin, other } from '../erasure/hospital.ts'
import { person } from '../store/people.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { sign } from './world.ts'

const groups = ['Group/btg']
const medic = person('Practitioner/er', 'practitioner', 'BTG', { organisation: 'h1', groups, acr: 'mfa' })
const HOUSE = { reference: 'Organization/h1' }
const STAFF = {
  ...{ resourceType: 'Group', type: 'practitioner', actual: true, active: true, managingEntity: HOUSE },
  code: { coding: [{ system: 'urn:healthchain:group', code: 'break-glass' }] },
  member: [{ entity: { reference: medic.user } }],
}
const observation = (of: string, organisation: string) => ({
  ...{ resourceType: 'Observation', subject: { reference: `Patient/${of}` }, status: 'final', code: { text: 'pulse' } },
  performer: [{ reference: `Organization/${organisation}` }],
})

let db: TestDatabase
const ids: Record<string, string> = {}
const as = (who: Asker) => asking(db.database, who)
const WHY = 'A suit about the treatment.'

beforeAll(async () => {
  db = await testDatabase()
  await write(db.database, [{ type: 'Group', id: 'btg', resource: STAFF }])
  for (const id of ['ash', 'elm', 'oak', 'fir']) {
    await write(db.database, [
      { type: 'Patient', id, resource: { resourceType: 'Patient', managingOrganization: HOUSE } },
    ])
    await write(db.database, [
      { type: 'Observation', id: `o-${id}`, resource: observation(id, 'h2'), organisation: 'h2' },
    ])
  }
  await glasses()
  await holds()
  await sequence(db.database, sign, 1000)
  for (const patient of ['oak', 'fir'])
    await erasePatient(await as(admin), { patient, reason: 'objection', text: 'Asked for in a letter.' })
  await sequence(db.database, sign, 1000)
})
afterAll(() => db.drop())

/** One that was ended by hand, one that was renewed, two that are under way, one of a record that is erased. */
async function glasses(): Promise<void> {
  const open = async (name: string, patient: string, more = {}) => {
    const request = { patient, reasonCode: 'disaster', reasonText: `The bridge came down: ${name}.`, ...more }
    ids[name] = (await openEmergency(await as(medic), HIPAA_PART2, request)).id
  }
  await open('ended', 'elm', { documentedEmergency: true })
  await terminate(await as(medic), 'elm')
  await open('renewed', 'ash')
  await open('open', 'ash', { renewal: true })
  await open('erased', 'oak')
}

async function holds(): Promise<void> {
  ids.lifted = (await placeHold(await as(admin), 'ash', WHY)).id
  await liftHold(await as(admin), 'ash', 'The suit is over.')
  ids.held = (await placeHold(await as(admin), 'elm', WHY)).id
  ids.until = (await placeHold(await as(other), 'elm', WHY, instant(now() + 3_600_000))).id
  await placedBefore()
  await placeHold(await as(admin), 'oak', WHY)
  await liftHold(await as(admin), 'oak', 'The suit is over.')
}

/** As an earlier release placed one: its event has another id, and does not tell until when. */
async function placedBefore(): Promise<void> {
  const { trail } = await as(admin)
  ids.before = randomUUID()
  await db.database.transaction(async (session) => {
    const hold = { patient: 'ash', organisation: 'h1', reason: WHY, by: admin.user, placed: instant() }
    await storeHold(session, { ...hold, id: ids.before!, until: instant(now() + 3_600_000) })
    await recordEvent(session, trail.happening({ kind: 'hold', patient: 'ash', operation: 'legalHoldPlace' }))
  })
}

class Undone extends Error {}
const BESIDE = ['emergency_access', 'legal_hold', 'erasure', 'log_leaf', 'audit_entry']

/** What is found after these statements of the owner, whom no trigger holds any more. */
async function found(...statements: readonly string[]): Promise<string[]> {
  const all: Contradiction[] = []
  const work = db.owner.transaction(async (session: Session) => {
    const run = (sql: string) => session.query({ sql, parameters: [], varied: true })
    for (const table of BESIDE) await run(`alter table ${table} disable trigger user`)
    for (const sql of statements) {
      const changed = await run(`with changed as (${sql} returning 1) select from changed`)
      if (changed.length === 0) throw new Error(`nothing is changed by ${sql}`)
    }
    for await (const one of deedContradictions(session)) all.push(one)
    throw new Undone()
  })
  await work.catch((error) => {
    if (!(error instanceof Undone)) throw error
  })
  return all.map(({ code, at }) => `${code} ${Object.keys(ids).find((name) => ids[name] === at) ?? at}`).sort()
}

test('nothing is found where nobody tampered', async () => {
  const deeds = await db.owner.query({
    sql: 'select (select count(*)::int from emergency_access) as glasses, (select count(*)::int from legal_hold) as holds, (select count(*)::int from erasure) as erasures',
    parameters: [],
  })
  expect(deeds).toEqual([{ glasses: 3, holds: 4, erasures: 2 }])
  expect(await found()).toEqual([])
})

const of = (table: string, name: string) => (change: string) =>
  `${change.startsWith('delete') ? 'delete from' : 'update'} ${table} ${change.replace('delete', '')} where id::text = '${ids[name]}'`

describe('attack: broken glass', () => {
  test.each([
    ['of another patient', 'open', "set patient = 'elm'"],
    ['by another person', 'open', "set user_ref = 'Practitioner/gp'"],
    ['on behalf of another house', 'open', "set organisation = 'h2'"],
    ['on behalf of nobody', 'open', 'set organisation = null'],
    ['for another reason', 'open', "set reason_code = 'unresponsive'"],
    ['as a documented emergency', 'open', 'set restricted = true'],
    ['as none that was documented', 'ended', 'set restricted = false'],
    ['that lasts', 'open', "set expires = expires + interval '1 day'"],
    ['that lasts for ever', 'open', "set expires = 'infinity'"],
    ['back-dated', 'open', "set started = started - interval '1 day', expires = expires - interval '1 day'"],
    ['that ends later than it was ended', 'ended', "set ended = ended + interval '1 day'"],
    ['that goes on after it was ended', 'ended', 'set ended = null'],
    ['that goes on beside its renewal', 'renewed', 'set ended = null'],
    ['that ended by itself', 'open', "set ended = started + interval '20 minutes'"],
    ['that is gone', 'open', 'delete'],
  ])('%s', async (_, name, change) => {
    expect(await found(of('emergency_access', name)(change))).toContain(`emergency-differs ${name}`)
  })

  test('under another id', async () => {
    const moved = await found(of('emergency_access', 'open')("set id = 'moved'"))
    expect(moved).toEqual(expect.arrayContaining(['emergency-differs open', 'emergency-untold moved']))
  })

  test.each(['started', "started - interval '10 years'"])('put there beside the log, begun %s', async (started) => {
    const insert = `insert into emergency_access (id, user_ref, patient, organisation, reason_code, reason_text, restricted, started, expires)
select 'put', user_ref, patient, organisation, reason_code, reason_text, restricted, ${started}, ${started} + interval '1 hour' from emergency_access where id = '${ids.ended}'`
    expect(await found(insert)).toContain('emergency-untold put')
  })

  test('of a record that is erased, put back', async () => {
    const back = `insert into emergency_access (id, user_ref, patient, organisation, reason_code, reason_text, restricted, started, expires)
select '${ids.erased}', user_ref, 'oak', organisation, reason_code, reason_text, false, started, expires from emergency_access where id = '${ids.open}'`
    expect(await found(back)).toEqual(['emergency-differs erased'])
  })

  test('of which the leaf is gone', async () => {
    const told = `select id from audit_event where content like '%110127%' and content like '%Task/${ids.open}%'`
    const unleaved = `delete from log_leaf where type = 'AuditEvent' and id in (${told})`
    expect(await found(unleaved)).toEqual(['emergency-untold open'])
  })
})

describe('attack: a legal hold', () => {
  test.each([
    ['on another record', 'held', "set patient = 'ash'", 'differs'],
    ['of another house', 'held', "set organisation = 'h2'", 'differs'],
    ['placed by another', 'held', "set placed_by = 'Practitioner/x'", 'differs'],
    ['back-dated', 'held', "set placed = placed - interval '1 day'", 'differs'],
    ['that ends', 'held', "set until = placed + interval '1 second'", 'differs'],
    ['that ends earlier', 'until', "set until = until - interval '1 second'", 'differs'],
    ['that does not end', 'until', 'set until = null', 'differs'],
    ['lifted silently', 'held', "set lifted = now(), lifted_by = 'Practitioner/admin'", 'untold'],
    ['lifted by another', 'lifted', "set lifted_by = 'Practitioner/x'", 'untold'],
    ['lifted earlier', 'lifted', "set lifted = lifted - interval '1 day'", 'untold'],
    ['of an earlier release, on another record', 'before', "set patient = 'elm'", 'untold'],
    ['of an earlier release, back-dated', 'before', "set placed = placed - interval '1 day'", 'untold'],
    ['that is gone', 'held', 'delete', 'differs'],
    ['that was lifted, and is gone', 'lifted', 'delete', 'differs'],
  ])('%s', async (_, name, change, how) => {
    expect(await found(of('legal_hold', name)(change))).toContain(`hold-${how} ${name}`)
  })

  test('that was lifted and stands again', async () => {
    const again = await found(of('legal_hold', 'lifted')('set lifted = null, lifted_by = null'))
    expect(again).toEqual([expect.stringMatching(/^hold-differs /)])
  })

  const copy = (
    id: string,
    patient = 'patient',
    from = 'held',
  ) => `insert into legal_hold (id, patient, organisation, reason, placed_by, placed)
select '${id}', ${patient}, organisation, reason, placed_by, placed from legal_hold where id = '${ids[from]}'`
  const PUT = '5d000000-0000-4000-8000-000000000001'
  test.each([
    ['put there beside the log', 'patient'],
    ['put there for a record that is erased', "'oak'"],
  ])('%s', async (_, patient) => {
    expect(await found(copy(PUT, patient))).toEqual([`hold-untold ${PUT}`])
  })

  test('of an earlier release that is gone', async () => {
    expect(await found(of('legal_hold', 'before')('delete'))).toEqual([expect.stringMatching(/^hold-differs /)])
  })

  test('of an earlier release, and its copy beside one event', async () => {
    expect(await found(copy(PUT, 'patient', 'before'))).toEqual([expect.stringMatching(/^hold-untold /)])
  })
})

describe('attack: an erasure', () => {
  const OAK = "where mark = patient_mark('oak')"
  const entryOf = async (patient: string) => {
    const sql = 'select entries[1] as entry from erasure where mark = patient_mark($1)'
    return (await db.owner.query<{ entry: string }>({ sql, parameters: [patient] }))[0]!.entry
  }
  test.each([
    ['for another reason', "set reason = 'unlawful'"],
    ['by another person', "set by_user = 'Practitioner/x'"],
    ['back-dated', "set erased = erased - interval '1 day'"],
    ['of fewer versions than leaves', `set versions = '{"Patient": 1}'`],
    ['of versions that are no count', `set versions = '[7]'`],
    ['of less than nothing', `set versions = '{"Patient": -9, "Observation": 90}'`],
  ])('%s', async (_, change) => {
    expect(await found(`update erasure ${change} ${OAK}`)).toEqual([`erasure-differs ${await entryOf('oak')}`])
  })

  test('of another record', async () => {
    const entry = await entryOf('oak')
    expect(await found(`update erasure set mark = patient_mark('pine') ${OAK}`)).toEqual(
      expect.arrayContaining([`erasure-differs ${entry}`, `erasure-untold ${entry}`]),
    )
  })

  test('with the leaf of another', async () => {
    const [oak, fir] = [await entryOf('oak'), await entryOf('fir')]
    const swapped = await found(`update erasure set entries = array['${fir}']::uuid[] ${OAK}`)
    expect(swapped).toEqual([`erasure-differs ${fir}`, `erasure-differs ${oak}`].sort())
  })

  test('with no leaf', async () => {
    const entry = await entryOf('oak')
    expect(await found(`update erasure set entries = '{}' ${OAK}`)).toEqual(
      expect.arrayContaining(['erasure-differs -', `erasure-differs ${entry}`]),
    )
  })

  test('that is gone', async () => {
    expect(await found(`delete from erasure ${OAK}`)).toContain(`erasure-differs ${await entryOf('oak')}`)
  })

  test('put there beside the log', async () => {
    const insert = `insert into erasure select patient_mark('ash'), '{}', erased, reason, by_user, versions, kept from erasure ${OAK}`
    expect(await found(insert)).toContain('erasure-untold -')
  })

  test('of which the leaf alone is there', async () => {
    const leaf = `insert into log_leaf (entry, leaf, salt, type, id, version, recorded)
select '5d000000-0000-7000-8000-000000000002', leaf, salt, type, 'other', version, recorded from log_leaf where entry = '${await entryOf('oak')}'`
    expect(await found(leaf)).toEqual(['erasure-differs 5d000000-0000-7000-8000-000000000002'])
  })
})
