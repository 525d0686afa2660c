// Who may take back what a patient denied: the patient. Over HTTP, as clerks and representatives would try. Decision 0011.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Asker } from '../../src/kernel/asker.ts'
import { consent, doctor, openWard, patient, purposes, type Ward } from './ward.ts'

let ward: Ward
beforeAll(async () => {
  ward = await openWard()
})
afterAll(() => ward.close())
beforeEach(() => ward.withdrawAll())

const GRANT = `mutation($deny: Boolean, $types: [code!], $purposes: [code!], $signedBy: String, $form: String) {
  consentGrant(patient: "p1", deny: $deny, types: $types, purposes: $purposes, policy: "urn:test:sharing", signedBy: $signedBy, form: $form) { id }
}`
const PAPER = { signedBy: 'Patient/p1', form: 'DocumentReference/form-p1', purposes: ['TREAT'] }
async function grant(who: Asker, given: Record<string, unknown>): Promise<void> {
  // Organisation none in each: all are about one matter.
  const { organisation: _, ...nobodys } = who
  const { errors } = await ward.ask(GRANT, given, nobodys)
  expect(errors).toBeUndefined()
}
// Of the observations alone: who records the next paper must see its scan.
const deny = () => grant(patient('p1'), { deny: true, types: ['Observation'] })
const sees = () => ward.sees(doctor, 'p1')

describe('a deny that the patient gave online', () => {
  test('attack: a clerk records a paper that permits', async () => {
    await deny()
    await grant(doctor, PAPER)
    expect(await sees()).toEqual([])
  })

  test('attack: first a paper that denies as well, then one that permits', async () => {
    await deny()
    await ward.put(paper('strict', { type: 'deny' }))
    await ward.put(paper('open', { type: 'permit', purpose: purposes('TREAT') }))
    expect(await sees()).toEqual([])
  })

  test('attack: a representative permits', async () => {
    await deny()
    await ward.put(given('kin', { type: 'permit', purpose: purposes('TREAT') }, 'RelatedPerson/kin-p1'))
    expect(await sees()).toEqual([])
  })

  test('attack: a representative names the patient beside themselves', async () => {
    await deny()
    await ward.put(given('both', { type: 'permit', purpose: purposes('TREAT') }, 'RelatedPerson/kin-p1', 'Patient/p1'))
    expect(await sees()).toEqual([])
  })

  test('is taken back by the patient', async () => {
    await deny()
    await grant(doctor, PAPER)
    await grant(patient('p1'), { purposes: ['TREAT'] })
    expect(await sees()).toContain('p1-normal')
  })

  test('attack: what was an exception from it opens nothing once a later paper permits others', async () => {
    const gp = [{ role: { coding: [{ code: 'IRCP' }] }, reference: { reference: 'Practitioner/gp' } }]
    const provision = { type: 'deny', provision: [{ type: 'permit', actor: gp, purpose: purposes('TREAT') }] }
    await ward.put(given('own', provision, 'Patient/p1'))
    expect(await sees()).toContain('p1-normal')
    await ward.put(paper('later', { type: 'permit', purpose: purposes('HPAYMT') }))
    expect(await sees()).toEqual([])
  })

  test.each([
    ['without a date', undefined],
    ['with only a year', '2026'],
  ])('attack: hidden behind an older permit because it came %s', async (_, dateTime) => {
    await ward.put(given('open', { type: 'permit', purpose: purposes('TREAT') }, 'Patient/p1'))
    expect(await sees()).toContain('p1-normal')
    await ward.put({ ...given('shut', { type: 'deny' }, 'Patient/p1'), dateTime })
    expect(await sees()).toEqual([])
  })
})

test('what the patient permitted online is replaced by a later paper', async () => {
  await grant(patient('p1'), { purposes: ['TREAT'] })
  expect(await sees()).not.toEqual([])
  await ward.put(paper('narrow', { type: 'permit', purpose: purposes('HPAYMT') }))
  expect(await sees()).toEqual([])
})

test('a deny on paper is replaced by a later paper', async () => {
  await ward.put(paper('old', { type: 'deny' }, '2026-02-01'))
  expect(await sees()).toEqual([])
  await ward.put(paper('new', { type: 'permit', purpose: purposes('TREAT') }, '2026-02-02'))
  expect(await sees()).not.toEqual([])
})

describe('a deny that the patient signed on paper', () => {
  const permit = { type: 'permit', purpose: purposes('TREAT') }
  const KIN = { performer: [{ reference: 'RelatedPerson/kin-p1' }] }
  beforeEach(() => ward.put(paper('old', { type: 'deny' }, '2026-02-01')))

  test('attack: a representative permits online', async () => {
    await ward.put(given('kin', permit, 'RelatedPerson/kin-p1'))
    expect(await sees()).toEqual([])
  })
  test('attack: a representative names the patient beside themselves', async () => {
    await ward.put(given('both', permit, 'RelatedPerson/kin-p1', 'Patient/p1'))
    expect(await sees()).toEqual([])
  })
  test('attack: a representative signs another paper', async () => {
    await ward.put({ ...paper('kin', permit), ...KIN })
    expect(await sees()).toEqual([])
  })
  test('is taken back by the patient online', async () => {
    await ward.put(given('own', permit, 'Patient/p1'))
    expect(await sees()).not.toEqual([])
  })
  test('is taken back by whoever signed it with the patient', async () => {
    await ward.put({
      ...paper('old', { type: 'deny' }, '2026-02-01'),
      performer: [{ reference: 'Patient/p1' }, ...KIN.performer],
    })
    await ward.put({ ...paper('kin', permit), ...KIN })
    expect(await sees()).not.toEqual([])
  })
})

test('a deny that a representative alone signed on paper is replaced by what the patient gives later', async () => {
  await ward.put({
    ...paper('old', { type: 'deny' }, '2026-02-01'),
    performer: [{ reference: 'RelatedPerson/kin-p1' }],
  })
  await ward.put(given('own', { type: 'permit', purpose: purposes('TREAT') }, 'Patient/p1'))
  expect(await sees()).not.toEqual([])
})

test('attack: a paper with a date to come has the last word until then', async () => {
  await ward.put(paper('future', { type: 'permit', purpose: purposes('TREAT') }, '2099-01-01'))
  expect(await sees()).not.toEqual([])
  await ward.put(paper('now', { type: 'deny' }, new Date(Date.now() + 1000).toISOString()))
  expect(await sees()).toEqual([])
  // Another version of it, such as one with new labels, is not another paper.
  await ward.put({ ...paper('future', { type: 'permit', purpose: purposes('TREAT') }, '2099-01-01'), language: 'en' })
  expect(await sees()).toEqual([])
})

test('a scope or a notice whose code is of another system is refused', async () => {
  const scope = { coding: [{ system: 'urn:other', code: 'patient-privacy' }] }
  const category = [{ coding: [{ system: 'urn:other', code: 'npp' }] }]
  for (const more of [{ scope }, { category }]) {
    const { errors } = await ward.ask(
      'mutation($res: ConsentInput!) { ConsentCreate(res: $res) { id } }',
      { res: { ...consent('x', 'p1', { type: 'deny' }, more), id: undefined } },
      patient('p1'),
    )
    expect(errors?.[0]?.extensions?.reason).toBe('unenforceable')
  }
})

const paper = (id: string, provision: Record<string, unknown>, dateTime = new Date().toISOString()) => ({
  ...consent(id, 'p1', provision, { dateTime, policy: [{ uri: 'urn:test:sharing' }] }),
  sourceReference: { reference: 'DocumentReference/form-p1' },
})
const given = (id: string, provision: Record<string, unknown>, ...performers: string[]) =>
  consent(id, 'p1', provision, {
    dateTime: new Date().toISOString(),
    policy: [{ uri: 'urn:test:sharing' }],
    performer: performers.map((reference) => ({ reference })),
  })
