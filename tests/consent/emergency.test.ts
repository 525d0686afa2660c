// Breaking the glass as it is meant: what opens, what everybody hears of it, and how it ends. Over HTTP.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { escalateReviews } from '../../src/interactions/emergency/escalate.ts'
import type { Asker } from '../../src/kernel/asker.ts'
import { now } from '../../src/kernel/clock.ts'
import { operatorInteraction } from '../../src/server/operator.ts'
import { asker, consent, doctor, emergency, openWard, patient, purposes, reasons, type Ward } from './ward.ts'

let ward: Ward
beforeAll(async () => {
  ward = await openWard()
  await ward.put(consent('shut', 'p1', { type: 'deny' }))
})
afterAll(() => ward.close())

const OPEN = `mutation($patient: ID!, $reasonCode: code!, $reasonText: String!, $documentedEmergency: Boolean, $renewal: Boolean) {
  emergencyAccess(patient: $patient, reasonCode: $reasonCode, reasonText: $reasonText, documentedEmergency: $documentedEmergency, renewal: $renewal) {
    id patient expires
  }
}`
const REASON = { reasonCode: 'unresponsive', reasonText: 'Found unconscious at home.' }
const open = (given: Record<string, unknown> = {}, who: Asker = emergency) =>
  ward.ask(OPEN, { patient: 'p1', ...REASON, ...given }, who)
const terminate = (id: string, who: Asker = emergency) =>
  ward.ask('mutation($id: ID!) { emergencyTerminate(patient: $id) }', { id }, who)

afterEach(() => ward.sql('delete from emergency_access'))

describe('an emergency', () => {
  test('opens what the patient denied, for this patient, for an hour', async () => {
    expect(await ward.sees(emergency, 'p1')).toEqual([])
    const began = now()
    const { data, errors } = await open()
    expect(errors).toBeUndefined()
    const { id, patient: of, expires } = data.emergencyAccess
    expect([of, typeof id]).toEqual(['p1', 'string'])
    const minutes = (Date.parse(expires) - began) / 60_000
    expect(minutes).toBeGreaterThan(59)
    expect(minutes).toBeLessThanOrEqual(61)
    expect(await ward.sees(emergency, 'p1')).toEqual(['p1-hiv', 'p1-normal'])
    // The same physician without the purpose is bound by the consent.
    expect(await ward.sees({ ...emergency, purpose: 'TREAT' }, 'p1')).toEqual([])
  })

  test('that is documented as 42 CFR 2.51 asks opens records of substance use', async () => {
    await open({ documentedEmergency: true })
    expect(await ward.sees(emergency, 'p1')).toEqual(['p1-alcohol', 'p1-hiv', 'p1-normal'])
  })

  test('is told to the patient and the privacy officer, and reviewed within three days', async () => {
    const { data } = await open()
    const { id } = data.emergencyAccess
    const { data: told } = await ward.ask(
      `{ CommunicationList(patient: "p1", _sort: "-sent", _count: 2) {
        status sent subject { reference } recipient { reference } sender { reference } reasonCode { text coding { system code } } payload { contentString } } }`,
      {},
      patient('p1'),
    )
    const [one, other] = told.CommunicationList
    expect([one.recipient[0].reference, other.recipient[0].reference].sort()).toEqual(['Organization/h1', 'Patient/p1'])
    for (const each of [one, other])
      expect(each).toMatchObject({
        status: 'completed',
        subject: { reference: 'Patient/p1' },
        sender: { reference: 'Practitioner/er' },
        reasonCode: [
          { text: REASON.reasonText, coding: [{ system: 'urn:healthchain:break-glass-reason', code: 'unresponsive' }] },
        ],
      })
    const { data: asked } = await ward.ask(
      `{ Task(id: "${id}") { status priority authoredOn code { coding { code } } for { reference } owner { reference } restriction { period { end } } } }`,
    )
    expect(asked.Task).toMatchObject({
      status: 'requested',
      priority: 'routine',
      code: { coding: [{ code: 'break-glass-review' }] },
      for: { reference: 'Patient/p1' },
      owner: { reference: 'Organization/h1' },
    })
    const hours = (Date.parse(asked.Task.restriction.period.end) - Date.parse(asked.Task.authoredOn)) / 3_600_000
    expect(hours).toBe(72)
  })

  test('stands in the audit log and in the history that the patient reads', async () => {
    const { data } = await open({ documentedEmergency: true })
    const { data: log } = await ward.ask(
      '{ AuditEventList(patient: "p1", subtype: "110127", _sort: "-date", _count: 1) { outcome outcomeDesc purposeOfEvent { coding { code } } entity { what { reference } } } }',
    )
    const [event] = log.AuditEventList
    expect(event).toMatchObject({
      outcome: '0',
      outcomeDesc: 'unresponsive; medical emergency documented',
      purposeOfEvent: [{ coding: [{ code: 'BTG' }] }],
    })
    expect(JSON.stringify(event.entity)).toContain(`Task/${data.emergencyAccess.id}`)
    expect(JSON.stringify(event)).not.toContain(REASON.reasonText)
    await ward.sees(emergency, 'p1')
    const { data: history } = await ward.ask(
      '{ accessHistory(patient: "p1", _count: 3) { who { reference } purpose emergency } }',
      {},
      patient('p1'),
    )
    expect(history.accessHistory[0]).toEqual({ who: { reference: 'Practitioner/er' }, purpose: 'BTG', emergency: true })
  })

  test('ends when the physician ends it, and the next statement sees nothing', async () => {
    await open()
    expect(await ward.sees(emergency, 'p1')).not.toEqual([])
    expect((await terminate('p1')).data.emergencyTerminate).toBe(true)
    expect(await ward.sees(emergency, 'p1')).toEqual([])
    expect(reasons(await terminate('p1'))).toEqual(['no-emergency'])
  })

  test('can be ended for treatment as well, but only by who opened it', async () => {
    await open()
    expect(reasons(await terminate('p1', doctor))).toEqual(['no-emergency'])
    expect((await terminate('p1', { ...emergency, purpose: 'TREAT' })).data.emergencyTerminate).toBe(true)
    expect(await ward.sees(emergency, 'p1')).toEqual([])
  })

  test('is asked for by name the second time within a day, in new words, and the log says so', async () => {
    await open()
    expect(reasons(await open())).toEqual(['renewal'])
    expect(reasons(await open({ renewal: true }))).toEqual(['renewal'])
    expect(reasons(await open({ renewal: true, reasonText: ` ${REASON.reasonText}  ` }))).toEqual(['renewal'])
    const { errors } = await open({ renewal: true, reasonText: 'Still unconscious, surgery.' })
    expect(errors).toBeUndefined()
    const { data } = await ward.ask(
      '{ AuditEventList(patient: "p1", subtype: "110127", _sort: "-date", _count: 1) { outcomeDesc } }',
    )
    expect(data.AuditEventList).toEqual([{ outcomeDesc: 'unresponsive; renewed' }])
    const running = await ward.sql('select count(*)::int as n from emergency_access where ended is null')
    expect(running).toEqual([{ n: 1 }])
  })

  const count = async () => {
    const tables = ['communication', 'task', 'emergency_access', 'resource_version']
    const counts = tables.map((table) => `(select count(*) from ${table}) as ${table}`)
    return (await ward.sql(`select ${counts.join(', ')}`))[0]
  }

  test('refused, writes no notice, no review, no row', async () => {
    await open()
    const before = await count()
    await open()
    await open({ patient: 'nobody' })
    expect(await count()).toEqual(before)
  })

  test.for<[table: string, when: string]>([
    ['emergency_access', 'true'],
    ['communication', 'true'],
    ['task', 'true'],
    ['audit_entry', "new.part like '%Task/%'"],
  ])('fails as a whole if %s cannot be written', async ([table, when]) => {
    const before = await count()
    await ward.sql("create or replace function fail() returns trigger language plpgsql as $$ begin raise 'no'; end $$")
    await ward.sql(
      `create trigger failing before insert on ${table} for each row when (${when}) execute function fail()`,
    )
    try {
      expect(reasons(await open())).toEqual(['fault'])
    } finally {
      await ward.sql(`drop trigger failing on ${table}`)
    }
    expect(await count()).toEqual(before)
    expect(await ward.sees(emergency, 'p1')).toEqual([])
  })
})

test('provisioned emergency staff need no glass to break, and none is broken for them', async () => {
  const staff = asker('practitioner', 'Practitioner/er', 'ETREAT', { organisation: 'h1' })
  expect(await ward.sees(staff, 'p2')).toEqual(['p2-normal'])
  expect(await ward.sees(staff, 'p1')).toEqual([])
  await ward.put(
    consent('er', 'p2', {
      type: 'permit',
      purpose: purposes('ETREAT'),
      securityLabel: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }],
    }),
  )
  expect(await ward.sees(staff, 'p2')).toContain('p2-hiv')
  expect(await ward.sees(doctor, 'p2')).toEqual([])
})

describe('escalateReviews', () => {
  const HOUR = 3_600_000
  const run = async (at: number) => escalateReviews(await operatorInteraction(ward.database, 'reviews'), at)
  const taskOf = async (id: string) =>
    (await ward.ask(`{ Task(id: "${id}") { priority status meta { versionId } } }`)).data.Task

  test('makes what is overdue urgent, once, and tells the organisation', async () => {
    const { data } = await open()
    const { id } = data.emergencyAccess
    await run(now() + 71 * HOUR)
    expect((await taskOf(id)).priority).toBe('routine')
    const runs = await Promise.all([run(now() + 73 * HOUR), run(now() + 73 * HOUR)])
    expect(runs[0]! + runs[1]!).toBeGreaterThanOrEqual(1)
    expect(await taskOf(id)).toMatchObject({ priority: 'urgent', status: 'requested', meta: { versionId: '2' } })
    const { data: told } = await ward.ask(`{ CommunicationList(based_on: "Task/${id}") { recipient { reference } } }`)
    expect(told.CommunicationList).toEqual([{ recipient: [{ reference: 'Organization/h1' }] }])
    expect(await run(now() + 74 * HOUR)).toBe(0)
  })

  test('leaves what was reviewed alone', async () => {
    const { data } = await open()
    const { id } = data.emergencyAccess
    const { data: found } = await ward.ask(
      `{ Task(id: "${id}") { resourceType id status intent priority code { coding { system code } } for { reference } authoredOn } }`,
    )
    await ward.put({ ...found.Task, status: 'completed' })
    expect(await run(now() + 100 * HOUR)).toBe(0)
    expect((await taskOf(id)).priority).toBe('routine')
  })
})
