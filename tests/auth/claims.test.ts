// Claims -> caller: who may say to be what. https://profiles.ihe.net/ITI/IUA/ and SMART's fhirUser and patient.
import { describe, expect, it, test } from 'vitest'
import { ROLE_SYSTEM, readCaller } from '../../src/auth/claims.ts'
import { ROLES } from '../../src/kernel/asker.ts'
import { ACT_REASON } from '../../src/kernel/purpose.ts'
import { claimsOf, thrown, type Wish } from './tokens.ts'

const INVALID = 'unauthenticated/invalid-token'
const purpose_of_use = [{ system: ACT_REASON, code: 'TREAT' }]
const subject_role = [{ system: ROLE_SYSTEM, code: 'nurse' }]
const iua = (members: Record<string, unknown>): Wish => ({
  claims: { extensions: { ihe_iua: { subject_role, purpose_of_use, ...members } } },
})
const roles = (...codings: unknown[]) => iua({ subject_role: codings })
const read = (wish: Wish) => thrown(() => readCaller(claimsOf(wish)))

describe('a role', () => {
  it.for(ROLES)('may be %s', (role) => {
    const patient = { fhirUser: 'Patient/1', patient: '1' }
    const claims = role === 'patient' || role === 'proxy' ? patient : {}
    expect(readCaller(claimsOf({ role, claims }))).toMatchObject({ role })
  })

  it('may stand beside roles of other systems', () => {
    const snomed = { system: 'http://snomed.info/sct', code: '106292003' }
    expect(readCaller(claimsOf(roles(snomed, ...subject_role)))).toMatchObject({ role: 'nurse' })
  })

  it.for([
    ['none', roles()],
    ['absent', iua({ subject_role: undefined })],
    ['of another system only', roles({ system: 'urn:else', code: 'admin' })],
    ['unknown', roles({ system: ROLE_SYSTEM, code: 'root' })],
    ['in capitals', roles({ system: ROLE_SYSTEM, code: 'Admin' })],
    ['no string', roles({ system: ROLE_SYSTEM, code: ['admin'] })],
    ['two', roles(...subject_role, { system: ROLE_SYSTEM, code: 'admin' })],
    ['two, one unknown', roles(...subject_role, { system: ROLE_SYSTEM, code: 'root' })],
    ['one twice', roles(...subject_role, ...subject_role)],
  ] as const)('attack: role confusion, %s', ([, wish]) => {
    expect(read(wish)).toBe('forbidden/no-role')
  })

  it.for([
    ['a role as a claim of its own', { claims: { role: 'admin', extensions: {} } }, 'forbidden/no-role'],
    ['patient without patient', { role: 'patient', claims: { fhirUser: 'Patient/1' } }, 'forbidden/no-patient'],
    ['proxy without patient', { role: 'proxy', claims: { fhirUser: 'RelatedPerson/1' } }, 'forbidden/no-patient'],
    [
      'patient as another',
      { role: 'patient', claims: { fhirUser: 'Patient/1', patient: '2' } },
      'forbidden/role-mismatch',
    ],
    [
      'patient by prefix',
      { role: 'patient', claims: { fhirUser: 'Patient/12', patient: '1' } },
      'forbidden/role-mismatch',
    ],
    ['a practitioner in the role patient', { role: 'patient', claims: { patient: 'p1' } }, 'forbidden/role-mismatch'],
    ['a patient in the role practitioner', { claims: { fhirUser: 'Patient/1' } }, 'forbidden/role-mismatch'],
    [
      'a relative in the role admin',
      { role: 'admin', claims: { fhirUser: 'RelatedPerson/1' } },
      'forbidden/role-mismatch',
    ],
  ] as const)('attack: role confusion, %s', ([, wish, expected]) => {
    expect(read(wish)).toBe(expected)
  })
})

describe('a claim that cannot be read refuses the token', () => {
  test.for([
    ['fhirUser missing', { claims: { fhirUser: undefined } }],
    ['fhirUser of a foreign server', { claims: { fhirUser: 'https://else.example/Practitioner/1' } }],
    ['fhirUser of a type that cannot ask', { claims: { fhirUser: 'Observation/1' } }],
    ['fhirUser with a version', { claims: { fhirUser: 'Practitioner/1/_history/2' } }],
    ['fhirUser with a line break', { claims: { fhirUser: 'Practitioner/1\n' } }],
    ['fhirUser as a list', { claims: { fhirUser: ['Practitioner/1'] } }],
    ['patient as a reference', { claims: { patient: 'Patient/1' } }],
    ['patient as a list', { claims: { patient: ['1', '2'] } }],
    ['patient empty', { claims: { patient: '' } }],
    ['patient null', { claims: { patient: null } }],
    ['groups as text', { claims: { groups: 'Group/1' } }],
    ['groups with another type', { claims: { groups: ['Group/1', 'Patient/1'] } }],
    ['groups with more than strings', { claims: { groups: [['Group/1']] } }],
    ['acr as a list', { claims: { acr: ['mfa'] } }],
    ['scope as a list', { claims: { scope: ['user/*.rs'] } }],
    ['extensions as text', { claims: { extensions: 'x' } }],
    ['ihe_iua as a list', { claims: { extensions: { ihe_iua: [] } } }],
    ['subject_role as one Coding', iua({ subject_role: subject_role[0] })],
    ['subject_role as text', iua({ subject_role: ['nurse'] })],
    ['purpose_of_use as text', iua({ purpose_of_use: 'TREAT' })],
    ['organisation by another reference', iua({ subject_organization_id: 'Patient/1' })],
    ['organisation by URN', iua({ subject_organization_id: 'urn:oid:1.2.3' })],
    ['organisation as a list', iua({ subject_organization_id: ['o1'] })],
  ] as const)('%s', ([, wish]) => {
    expect(read(wish)).toBe(INVALID)
  })
})

test('what is optional may be missing, and then is nothing', () => {
  const caller = readCaller(claimsOf({ claims: { ...iua({}).claims, scope: undefined } }))
  expect(caller).toMatchObject({ groups: [], scopes: [], purposes: ['TREAT'] })
  expect(Object.keys(caller)).not.toEqual(expect.arrayContaining(['organisation', 'patient', 'acr']))
})

test('an organisation is an id, with or without its type', () => {
  const organisations = ['Organization/o-1', 'o-1'].map(
    (subject_organization_id) => readCaller(claimsOf(iua({ subject_organization_id }))).organisation,
  )
  expect(organisations).toEqual(['o-1', 'o-1'])
})

test('attack: patient scope without patient', () => {
  const claims = { scope: 'patient/*.cruds user/Observation.r' }
  expect(readCaller(claimsOf({ claims })).scopes.map(({ context }) => context)).toEqual(['user'])
  const inContext = readCaller(claimsOf({ claims: { ...claims, patient: 'p1' } }))
  expect(inContext.scopes.map(({ context }) => context)).toEqual(['patient', 'user'])
})
