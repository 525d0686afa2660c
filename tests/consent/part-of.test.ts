// Who names a hospital names its departments, for and against; and nobody makes an organisation part of another by themselves.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Asker } from '../../src/kernel/asker.ts'
import { asker, consent, doctor, openWard, patient, purposes, reasons, type Ward } from './ward.ts'

let ward: Ward
beforeAll(async () => {
  ward = await openWard()
  const department = (id: string, house: string) => ({
    ...{ resourceType: 'Organization', id, name: id },
    partOf: { reference: `Organization/${house}` },
  })
  await ward.put(department('h1-d', 'h1'))
  await ward.put(department('h1-d-ward', 'h1-d'))
})
afterAll(() => ward.close())
beforeEach(() => ward.withdrawAll())

/** As sign-in makes them of a token. */
const inDepartment: Asker = { ...doctor, user: 'Practitioner/other', organisation: 'h1-d-ward', partOf: ['h1', 'h1-d'] }
const outside: Asker = { ...inDepartment, organisation: 'h2', partOf: [] }

const about = (type: 'permit' | 'deny', organisation: string, more = {}) =>
  consent(`${type}-${organisation}`, 'p1', {
    ...{ type, purpose: purposes('TREAT') },
    actor: [{ role: { coding: [{ code: 'IRCP' }] }, reference: { reference: `Organization/${organisation}` } }],
    ...more,
  })

test('what the hospital is given reaches its departments, and nobody else', async () => {
  await ward.put(about('permit', 'h1'))
  expect(await ward.sees(inDepartment, 'p1')).toContain('p1-normal')
  expect(await ward.sees(doctor, 'p1')).toContain('p1-normal')
  expect(await ward.sees(outside, 'p1')).toEqual([])
  const { partOf: _, ...alone } = inDepartment
  expect(await ward.sees(alone, 'p1')).toEqual([])
})

test('what the hospital is denied its departments are denied, whatever they are given themselves', async () => {
  await ward.put(about('permit', 'h1-d'))
  expect(await ward.sees(inDepartment, 'p1')).toContain('p1-normal')
  await ward.put(about('deny', 'h1'))
  expect(await ward.sees(inDepartment, 'p1')).toEqual([])
})

test('attack: what a department is given does not reach the hospital, nor another department', async () => {
  await ward.put(about('permit', 'h1-d'))
  expect(await ward.sees(doctor, 'p1')).toEqual([])
  expect(await ward.sees({ ...inDepartment, organisation: 'h1-e', partOf: ['h1'] }, 'p1')).toEqual([])
})

test('what a department is denied the hospital is not, by its own words', async () => {
  const within = { provision: [about('deny', 'h1-d').provision] }
  await ward.put(about('permit', 'h1', within))
  expect(await ward.sees(doctor, 'p1')).toContain('p1-normal')
  expect(await ward.sees(inDepartment, 'p1')).toEqual([])
})

test('consentDecision knows the house of whom it imagines', async () => {
  await ward.put(about('deny', 'h1'))
  await ward.put({ ...about('permit', 'h1-d'), id: 'other' })
  const DECISION = `query($asker: ConsentAsker!) { consentDecision(patient: "p1", asker: $asker, type: "Observation") { effect } }`
  const someone = (organisation: string) => ({
    asker: { user: 'Practitioner/other', role: 'practitioner', organisation, purpose: 'TREAT' },
  })
  const effect = async (organisation: string) =>
    (await ward.ask(DECISION, someone(organisation), patient('p1'))).data.consentDecision.effect
  expect(await effect('h1-d-ward')).toBe('deny')
  await ward.ask('mutation { ConsentDelete(id: "deny-h1") }')
  expect(await effect('h1-d-ward')).toBe('permit')
})

describe('attack: an administrator', () => {
  const admin = (organisation: string): Asker => asker('admin', 'Person/admin', 'HOPERAT', { organisation })
  const UPDATE = `mutation($id: ID!, $res: OrganizationInput!) { OrganizationUpdate(id: $id, res: $res) { id } }`
  const CREATE = `mutation($res: OrganizationInput!) { OrganizationCreate(res: $res) { id } }`
  const within = (house?: string) => ({ name: 'd', ...(house && { partOf: { reference: `Organization/${house}` } }) })
  const as = (who: Asker, id: string, house?: string) => ward.ask(UPDATE, { id, res: within(house) }, who)

  test('joins a hospital with the clinic, and is heard as the hospital', async () => {
    expect(reasons(await as(admin('h2'), 'h2', 'h1'))).toEqual(['part-of'])
    expect(reasons(await as(admin('h2'), 'h2', 'h1/_history/1'))).toEqual(['part-of'])
    expect(reasons(await ward.ask(CREATE, { res: within('h1') }, admin('h2')))).toEqual(['part-of'])
    const { organisation: _, ...nowhere } = admin('h2')
    expect(reasons(await ward.ask(CREATE, { res: within('undefined') }, nowhere))).toEqual(['part-of'])
  })

  test('leaves the hospital that the patient denied', async () => {
    for (const house of [undefined, 'h2']) expect(reasons(await as(admin('h1-d'), 'h1-d', house))).toEqual(['part-of'])
    const { errors } = await ward.ask('mutation { OrganizationDelete(id: "h1-d") }', {}, admin('h1-d'))
    expect(errors?.map(({ extensions }) => extensions.reason)).toEqual(['part-of'])
  })

  test('writes, annexes or deletes an organisation that is not theirs, though nobody holds it', async () => {
    await ward.put({ resourceType: 'Organization', id: 'h3', name: 'h3' })
    for (const house of [undefined, 'h2']) expect(reasons(await as(admin('h2'), 'h3', house))).toEqual(['custodian'])
    const { organisation: _, ...nowhere } = admin('h2')
    for (const who of [admin('h2'), nowhere])
      expect(reasons(await ward.ask('mutation { OrganizationDelete(id: "h3") }', {}, who))).toEqual(['custodian'])
    expect((await as(admin('h3'), 'h3')).errors).toBeUndefined()
  })

  test('of the hospital writes its departments, and theirs not the hospital', async () => {
    expect((await as(admin('h1'), 'h1-d-ward', 'h1-d')).errors).toBeUndefined()
    expect(reasons(await as(admin('h1-d-ward'), 'h1'))).toEqual(['custodian'])
  })

  test('of the hospital says what is part of it, and others change the rest', async () => {
    const { data, errors } = await ward.ask(CREATE, { res: within('h1') }, admin('h1'))
    expect(errors).toBeUndefined()
    const { id } = data.OrganizationCreate
    expect((await as(admin('h1'), id)).errors).toBeUndefined()
    // Let go, it speaks for itself: no house takes it back.
    expect(reasons(await as(admin('h1'), id, 'h1'))).toEqual(['custodian'])
    expect((await as(admin('h1-d'), 'h1-d', 'h1')).errors).toBeUndefined()
  })
})
