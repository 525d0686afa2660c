// Everybody who must not break the glass, and everything that a broken glass must not show. Over HTTP.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Asker } from '../../src/kernel/asker.ts'
import { asker, consent, emergency, openWard, patient, purposes, reasons, type Ward } from './ward.ts'
import { OPT_IN } from './ward-policies.ts'

let ward: Ward
beforeAll(async () => {
  ward = await openWard({
    ...OPT_IN!,
    implicit: { byDefault: 'break-glass-only', byCustodian: new Map([['h2', 'deny']]) },
  })
})
afterAll(() => ward.close())

const OPEN = `mutation($patient: ID!, $code: code!, $text: String!, $documented: Boolean) {
  emergencyAccess(patient: $patient, reasonCode: $code, reasonText: $text, documentedEmergency: $documented) { id }
}`
let words = 0
const open = (patientId: string, who: Asker = emergency, more: Record<string, unknown> = {}) =>
  ward.ask(
    OPEN,
    { patient: patientId, code: 'life-threatening', text: `Cardiac arrest, case ${words++}`, ...more },
    who,
  )

const row = (more: Record<string, unknown>) => {
  const given = {
    id: `row-${words++}`,
    user: 'Practitioner/er',
    patient: 'p1',
    organisation: 'h1',
    started: -1,
    expires: 59,
    ended: null,
    ...more,
  }
  const { id, user, patient: of, organisation, started, expires, ended } = given
  return ward.sql(
    "insert into emergency_access (id, user_ref, patient, reason_code, reason_text, restricted, started, expires, ended, organisation) values ($1, $2, $3, 'x', 'x', false, now() + $4 * interval '1 minute', now() + $5 * interval '1 minute', now() + $6 * interval '1 minute', $7)",
    [id, user, of, started, expires, ended, organisation],
  )
}

beforeEach(async () => {
  await ward.sql('delete from emergency_access')
  await ward.withdrawAll()
})

const actor = (reference: string) => [{ role: { coding: [{ code: 'IRCP' }] }, reference: { reference } }]
const without = (key: keyof Asker): Asker => {
  const { [key]: _, ...rest } = emergency
  return rest as Asker
}

describe('who may not break the glass', () => {
  test.for<[string, Asker, string]>([
    ['without a second factor', { ...emergency, acr: 'pwd' }, 'insufficient-user-authentication'],
    ['without saying how they signed in', without('acr'), 'insufficient-user-authentication'],
    ['without any group', { ...emergency, groups: [] }, 'no-emergency-staff'],
    ['with the group of another organisation', { ...emergency, groups: ['Group/btg-h2'] }, 'no-emergency-staff'],
    ['of another organisation with this group', { ...emergency, organisation: 'h2' }, 'no-emergency-staff'],
    ['without an organisation', without('organisation'), 'no-emergency-staff'],
    [
      'whom the token names a member and the group does not',
      { ...emergency, user: 'Practitioner/gp' },
      'no-emergency-staff',
    ],
    ['with a care team of the same id', { ...emergency, groups: ['CareTeam/btg-h1'] }, 'no-emergency-staff'],
    ['for treatment', { ...emergency, purpose: 'TREAT' }, 'purpose'],
    ['as provisioned emergency staff', { ...emergency, purpose: 'ETREAT' }, 'purpose'],
    ['as a nurse', { ...emergency, role: 'nurse' }, 'purpose'],
    ['as a patient', { ...patient('p1'), purpose: 'BTG', acr: 'mfa' }, 'purpose'],
    ['without a scope for patients', { ...emergency, scopes: [] }, 'scope'],
  ])('staff %s', async ([, who, reason]) => {
    expect(reasons(await open('p1', who))).toEqual([reason])
    expect(await ward.sees(emergency, 'p1')).toEqual([])
  })

  const group = (more: Record<string, unknown>) => ({
    resourceType: 'Group',
    id: 'other',
    active: true,
    type: 'practitioner',
    actual: true,
    code: { coding: [{ system: 'urn:healthchain:group', code: 'break-glass' }] },
    managingEntity: { reference: 'Organization/h1' },
    member: [{ entity: { reference: 'Practitioner/er' } }],
    ...more,
  })
  test.for<[string, Record<string, unknown>, boolean]>([
    ['that stands', {}, true],
    ['without the mark', { code: { coding: [{ system: 'urn:other', code: 'break-glass' }] } }, false],
    ['that is not active', { active: false }, false],
    ['that the user has left', { member: [{ entity: { reference: 'Practitioner/er' }, inactive: true }] }, false],
    [
      'whose membership is over',
      { member: [{ entity: { reference: 'Practitioner/er' }, period: { end: '2020' } }] },
      false,
    ],
    ['that nobody manages', { managingEntity: undefined }, false],
  ])('a group %s', async ([, more, opens]) => {
    await ward.put(group(more))
    const { errors } = await open('p1', { ...emergency, groups: ['Group/other'] })
    expect(errors === undefined).toBe(opens)
  })

  test.for<[string, Record<string, unknown>]>([
    ['a code that is none', { code: 'curiosity' }],
    ['hardly a word', { text: 'help' }],
    ['blanks', { text: `help${' '.repeat(20)}` }],
    ['a novel', { text: 'x'.repeat(1001) }],
  ])('a reason that is %s', async ([, given]) => {
    const answer = await open('p1', emergency, given)
    expect(reasons(answer)).toEqual(['bad-reason'])
    expect(answer.text).not.toContain('curiosity')
  })
})

describe('who cannot be opened', () => {
  const forbids = (more: Record<string, unknown> = {}) =>
    consent('never', 'p1', { type: 'deny', purpose: purposes('BTG'), ...more })

  test('a patient who forbade it by name is refused as one who does not exist', async () => {
    await ward.put(forbids())
    const [refused, missing] = [await open('p1'), await open('nobody')]
    expect(reasons(refused)).toEqual(['not-found'])
    expect(refused.text).toBe(missing.text)
    expect(await ward.sees(emergency, 'p1')).toEqual([])
  })

  test('a patient who forbade it to one of the staff is open to the others', async () => {
    await ward.put(forbids({ actor: actor('Practitioner/er2') }))
    const other = { ...emergency, user: 'Practitioner/er2', organisation: 'h2', groups: ['Group/btg-h2'] }
    expect(reasons(await open('p1', other))).toEqual(['not-found'])
    expect((await open('p1')).errors).toBeUndefined()
  })

  test('what a patient forbade by name after the glass was broken is shut at once', async () => {
    await open('p1')
    expect(await ward.sees(emergency, 'p1')).toEqual(['p1-hiv', 'p1-normal'])
    const hiv = [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'HIV' }]
    await ward.put(forbids({ securityLabel: hiv }))
    expect(await ward.sees(emergency, 'p1')).toEqual(['p1-normal'])
  })

  test('a patient whose own record is very restricted is refused as one who does not exist', async () => {
    const security = [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'V' }]
    await ward.put({
      resourceType: 'Patient',
      id: 'vip',
      meta: { security },
      managingOrganization: { reference: 'Organization/h1' },
    })
    const refused = await open('vip')
    expect(reasons(refused)).toEqual(['not-found'])
    expect(refused.text).toBe((await open('../p1')).text)
  })

  describe('of a house that denies all', () => {
    const held = (more: Record<string, unknown> = {}) =>
      ward.put({ resourceType: 'Patient', id: 'away', managingOrganization: { reference: 'Organization/h2' }, ...more })

    test('a patient who agreed to nothing is refused as one who does not exist', async () => {
      await held()
      const [refused, missing] = [await open('away'), await open('nobody')]
      expect(reasons(refused)).toEqual(['not-found'])
      expect(refused.text).toBe(missing.text)
    })

    test('a patient who named break-glass is opened, one who agreed to other things is not', async () => {
      await held()
      await ward.put(consent('some', 'away', { type: 'permit', purpose: purposes('HPAYMT') }))
      expect(reasons(await open('away'))).toEqual(['not-found'])
      const provision = [{ type: 'permit', purpose: purposes('BTG'), actor: actor('Group/btg-h1') }]
      await ward.put(consent('some', 'away', { type: 'deny', provision }))
      expect((await open('away')).errors).toBeUndefined()
      await ward.sql('delete from emergency_access')
      await ward.put(consent('some', 'away', { type: 'deny' }))
      expect(reasons(await open('away'))).toEqual(['not-found'])
    })
  })

  test('a token confined to one patient opens no other', async () => {
    const scopes: Asker['scopes'] = [{ context: 'patient', type: '*', rights: ['r', 's'], filter: [] }]
    expect(reasons(await open('p1', { ...emergency, scopes, patient: 'p2' }))).toEqual(['not-found'])
    expect((await open('p2', { ...emergency, scopes, patient: 'p2' })).errors).toBeUndefined()
  })

  test('a refused attempt is the patient’s to know of', async () => {
    await ward.put(forbids())
    await open('p1')
    const { data } = await ward.ask(
      '{ accessHistory(patient: "p1", _count: 5) { who { reference } outcome emergency } }',
      {},
      patient('p1'),
    )
    expect(data.accessHistory).toContainEqual({ who: { reference: 'Practitioner/er' }, outcome: '8', emergency: true })
  })
})

describe('what a broken glass does not show', () => {
  test('anything, before it is broken: the purpose alone sees nothing at all', async () => {
    await ward.put(consent('all', 'p1', { type: 'permit' }))
    await ward.put(consent('btg', 'p2', { type: 'permit', purpose: purposes('BTG') }))
    for (const id of ['p1', 'p2']) expect(await ward.sees(emergency, id)).toEqual([])
    const { data } = await ward.ask(
      '{ PatientList { id } ObservationConnection { count edges { node { id } } } }',
      {},
      emergency,
    )
    expect(data).toEqual({ PatientList: [], ObservationConnection: { count: 0, edges: [] } })
    expect(reasons(await ward.ask('{ Patient(id: "p1") { id } }', {}, emergency))).toEqual(['not-found'])
  })

  test('a second patient', async () => {
    await open('p1')
    expect(await ward.sees(emergency, 'p1')).not.toEqual([])
    expect(await ward.sees(emergency, 'p2')).toEqual([])
    const { data } = await ward.ask('{ PatientList { id } }', {}, emergency)
    expect(data.PatientList).toEqual([{ id: 'p1' }])
  })

  test('psychotherapy notes, very restricted data, and substance use without a documented emergency', async () => {
    await open('p1')
    expect(await ward.sees(emergency, 'p1')).toEqual(['p1-hiv', 'p1-normal'])
    for (const id of ['p1-notes', 'p1-very', 'p1-alcohol'])
      expect(reasons(await ward.ask(`{ Observation(id: "${id}") { id } }`, {}, emergency))).toEqual(['not-found'])
  })

  test('psychotherapy notes even where the emergency is documented', async () => {
    await open('p1', emergency, { documented: true })
    expect(await ward.sees(emergency, 'p1')).toEqual(['p1-alcohol', 'p1-hiv', 'p1-normal'])
  })

  test.for<[string, Record<string, unknown>]>([
    ['after its hour', { started: -61, expires: -1 }],
    ['before it begins', { started: 5, expires: 60 }],
    ['after it was ended', { ended: -1 }],
    ['of somebody else', { user: 'Practitioner/er2' }],
    ['of another patient', { patient: 'p2' }],
    ['on behalf of another organisation', { organisation: 'h2' }],
  ])('anything %s', async ([, more]) => {
    await row(more)
    expect(await ward.sees(emergency, 'p1')).toEqual([])
  })

  test('anything under another purpose or to another member of the group', async () => {
    await row({})
    expect(await ward.sees(emergency, 'p1')).toEqual(['p1-hiv', 'p1-normal'])
    expect(await ward.sees({ ...emergency, purpose: 'TREAT' }, 'p1')).toEqual([])
    expect(await ward.sees(asker('practitioner', 'Practitioner/gp', 'BTG', { organisation: 'h1' }), 'p1')).toEqual([])
  })

  test('more than one open access, however many ask at once', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => open('p1')))
    const refused = answers.flatMap((answer) => reasons(answer) ?? [])
    expect(refused).toEqual(Array(5).fill('renewal'))
  })

  test('a consent that the physician signs for the patient', async () => {
    await open('p1')
    const grant =
      'mutation { consentGrant(patient: "p1", purposes: ["TREAT"], signedBy: "Patient/p1", form: "DocumentReference/form-p1") { id } }'
    expect(reasons(await ward.ask(grant, {}, emergency))).toEqual(['emergency'])
  })
})
