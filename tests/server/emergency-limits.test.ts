// How many records one person may open in emergencies. Over HTTP.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { emergency, openWard, reasons, type Ward } from '../consent/ward.ts'
import { HIPAA_PART2 } from '../consent/ward-policies.ts'

const LIMITS = { atOnce: 3, perDay: 5 }
const PATIENTS = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7']

let ward: Ward
beforeAll(async () => {
  ward = await openWard({ ...HIPAA_PART2, emergencies: LIMITS } as typeof HIPAA_PART2)
  for (const id of PATIENTS)
    await ward.put({ resourceType: 'Patient', id, managingOrganization: { reference: 'Organization/h1' } })
})
afterAll(async () => {
  expect(ward.faults).toEqual([])
  await ward.close()
})
afterEach(() => ward.sql('delete from emergency_access'))

let words = 0
const OPEN = `mutation($patient: ID!, $text: String!, $renewal: Boolean) {
  emergencyAccess(patient: $patient, reasonCode: "unresponsive", reasonText: $text, renewal: $renewal) { id } }`
const open = async (patient: string, renewal = false) =>
  reasons(await ward.ask(OPEN, { patient, text: `Found unconscious, case ${words++}`, renewal }, emergency)) ?? 'open'
const end = (patient: string) => ward.ask(`mutation { emergencyTerminate(patient: "${patient}") }`, {}, emergency)
const openNow = async () =>
  (await ward.sql('select count(*)::int as n from emergency_access where ended is null'))[0]!.n

const TOO_MANY = ['too-many-emergencies']

describe('attack: a stolen account opens record after record', () => {
  test('so many at once, and another only when one has ended', async () => {
    for (const id of ['a1', 'a2', 'a3']) expect(await open(id)).toBe('open')
    expect(await open('a4')).toEqual(TOO_MANY)
    await end('a2')
    expect(await open('a4')).toBe('open')
    expect(await open('a5')).toEqual(TOO_MANY)
  })

  test('what has run out is not open any more', async () => {
    for (const id of ['a1', 'a2', 'a3']) await open(id)
    await ward.sql("update emergency_access set expires = now() - interval '1 second'")
    expect(await open('a4')).toBe('open')
  })

  test('one after the other: so many within a day', async () => {
    for (const id of PATIENTS.slice(0, 5)) {
      expect(await open(id)).toBe('open')
      await end(id)
    }
    expect(await open('a6')).toEqual(TOO_MANY)
    await ward.sql("update emergency_access set started = started - interval '25 hours' where patient = 'a1'")
    expect(await open('a6')).toBe('open')
  })

  test('all in the same moment', async () => {
    const answers = await Promise.all(PATIENTS.map((id) => open(id)))
    expect(answers.filter((answer) => answer === 'open')).toHaveLength(LIMITS.atOnce)
    expect(await openNow()).toBe(LIMITS.atOnce)
  })

  test('the refusal does not tell who is a patient here', async () => {
    for (const id of ['a1', 'a2', 'a3']) await open(id)
    expect([await open('a4'), await open('nobody'), await open('no id')]).toEqual([TOO_MANY, TOO_MANY, TOO_MANY])
  })

  test('each attempt stands in the log, with the patient', async () => {
    for (const id of ['a1', 'a2', 'a3', 'a7']) await open(id)
    const { data } = await ward.ask(
      '{ AuditEventList(patient: "a7", _sort: "-date", _count: 1) { outcome outcomeDesc subtype { code } } }',
    )
    expect(data.AuditEventList).toEqual([{ outcome: '8', outcomeDesc: 'too many', subtype: [{ code: '110127' }] }])
  })
})

test('who has a record open may renew it, however many others are open', async () => {
  for (const id of ['a1', 'a2', 'a3']) await open(id)
  expect(await open('a2', true)).toBe('open')
  expect(await openNow()).toBe(LIMITS.atOnce)
})

test('others are not held by it', async () => {
  for (const id of ['a1', 'a2', 'a3']) await open(id)
  const other = { ...emergency, user: 'Practitioner/er2', organisation: 'h2', groups: ['Group/btg-h2'] }
  const text = 'Found unconscious at home.'
  expect(reasons(await ward.ask(OPEN, { patient: 'a1', text }, other))).toBeUndefined()
})
