// Granting and revoking as people do it, over HTTP, and everybody who must not.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Asker } from '../../src/kernel/asker.ts'
import {
  asker,
  auditor,
  consent,
  doctor,
  openWard,
  patient,
  proxy,
  purposes,
  reasons,
  stranger,
  type Ward,
} from './ward.ts'

let ward: Ward
beforeAll(async () => {
  ward = await openWard()
})
afterAll(() => ward.close())

const GRANT = `mutation($patient: ID!, $recipients: [String!], $purposes: [code!], $labels: [code!], $types: [code!],
  $dataPeriod: PeriodInput, $until: dateTime, $deny: Boolean, $exceptions: [ConsentTerms!], $organization: ID, $scope: code,
  $policy: uri, $signedBy: String, $form: String) {
  consentGrant(patient: $patient, recipients: $recipients, purposes: $purposes, labels: $labels, types: $types,
    dataPeriod: $dataPeriod, until: $until, deny: $deny, exceptions: $exceptions, organization: $organization, scope: $scope,
    policy: $policy, signedBy: $signedBy, form: $form) {
    id status dateTime scope { coding { code } } performer { reference } organization { reference } sourceReference { reference }
    provision { type period { end } actor { role { coding { code } } reference { reference } } purpose { code }
      securityLabel { system code } class { code } dataPeriod { start }
      provision { type securityLabel { code } } }
  }
}`
const REVOKE =
  'mutation($id: ID!, $reason: String) { consentRevoke(id: $id, reason: $reason) { id status _status { extension { valueString } } } }'

const grant = (terms: Record<string, unknown>, who?: Asker) => ward.ask(GRANT, terms, who)
const revoke = (id: string, who?: Asker, reason?: string) => ward.ask(REVOKE, { id, reason }, who)

/** Everything that was ever granted is gone. */
async function forgetConsents() {
  await ward.withdrawAll()
}
beforeEach(forgetConsents)

describe('consentGrant', () => {
  test('makes a typed Consent of the patient, and the next statement hears it', async () => {
    expect(await ward.sees(doctor, 'p1')).toEqual(['p1-normal'])
    const { data, errors } = await grant(
      {
        patient: 'p1',
        recipients: ['Practitioner/gp'],
        purposes: ['TREAT'],
        labels: ['R', 'HIV'],
        types: ['Observation'],
        until: '2036',
        exceptions: [{ labels: ['ETH'] }],
      },
      patient('p1'),
    )
    expect(errors).toBeUndefined()
    expect(data.consentGrant).toMatchObject({
      status: 'active',
      scope: { coding: [{ code: 'patient-privacy' }] },
      performer: [{ reference: 'Patient/p1' }],
      organization: null,
      provision: {
        type: 'permit',
        period: { end: '2036' },
        actor: [{ role: { coding: [{ code: 'IRCP' }] }, reference: { reference: 'Practitioner/gp' } }],
        purpose: [{ code: 'TREAT' }],
        securityLabel: [{ code: 'R' }, { code: 'HIV' }],
        class: [{ code: 'Observation' }],
        provision: [{ type: 'deny', securityLabel: [{ code: 'ETH' }] }],
      },
    })
    expect(await ward.sees(doctor, 'p1')).toEqual(['p1-hiv', 'p1-normal', 'p1-notes'])
    expect(await ward.sees(stranger, 'p1')).toEqual([])
  })

  test('a deny shuts what was implied, and its exception opens again', async () => {
    const exceptions = [{ recipients: ['Practitioner/gp'], purposes: ['TREAT'] }]
    await grant({ patient: 'p1', deny: true, exceptions }, patient('p1'))
    expect(await ward.sees(stranger, 'p1')).toEqual([])
    expect(await ward.sees(doctor, 'p1')).not.toEqual([])
    expect(await ward.sees(patient('p1'), 'p1')).not.toEqual([])
  })

  test('grants stand side by side, unless they name one policy', async () => {
    const one = { patient: 'p1', purposes: ['TREAT'], recipients: ['Practitioner/gp'] }
    const other = { patient: 'p1', purposes: ['TREAT'], recipients: ['Practitioner/other'] }
    await grant(one, patient('p1'))
    await grant(other, patient('p1'))
    expect([await ward.sees(doctor, 'p1'), await ward.sees(stranger, 'p1')]).not.toContainEqual([])
    await forgetConsents()
    await grant({ ...one, policy: 'urn:test:mine' }, patient('p1'))
    await grant({ ...other, policy: 'urn:test:mine' }, patient('p1'))
    expect(await ward.sees(doctor, 'p1')).toEqual([])
    expect(await ward.sees(stranger, 'p1')).not.toEqual([])
  })

  test('a research consent is for research unless it says more precisely', async () => {
    const { data } = await grant({ patient: 'p1', scope: 'research' }, patient('p1'))
    expect(data.consentGrant).toMatchObject({
      scope: { coding: [{ code: 'research' }] },
      provision: { purpose: [{ code: 'HRESCH' }] },
    })
    expect(await ward.sees(asker('researcher', 'Practitioner/other', 'HRESCH'), 'p1')).toContain('p1-normal')
  })

  test('a proxy signs as the RelatedPerson that the patient has let in', async () => {
    await ward.put(
      consent('family', 'p1', {
        type: 'permit',
        purpose: purposes('FAMRQT'),
        actor: [{ role: { coding: [{ code: 'IRCP' }] }, reference: { reference: 'RelatedPerson/kin-p1' } }],
      }),
    )
    const { data, errors } = await grant({ patient: 'p1', purposes: ['TREAT'] }, proxy('p1'))
    expect(errors).toBeUndefined()
    expect(data.consentGrant.performer).toEqual([{ reference: 'RelatedPerson/kin-p1' }])
  })

  test('staff record a signed form, and name it and the signer', async () => {
    const paper = { patient: 'p1', purposes: ['TREAT'], signedBy: 'Patient/p1', form: 'DocumentReference/form-p1' }
    const { data, errors } = await grant(paper, doctor)
    expect(errors).toBeUndefined()
    expect(data.consentGrant).toMatchObject({
      performer: [{ reference: 'Patient/p1' }],
      organization: [{ reference: 'Organization/h1' }],
      sourceReference: { reference: 'DocumentReference/form-p1' },
    })
    const { errors: kin } = await grant({ ...paper, signedBy: 'RelatedPerson/kin-p1' }, doctor)
    expect(kin).toBeUndefined()
  })

  test.for<[string, Record<string, unknown>, string]>([
    ['no purpose', {}, 'no-purpose'],
    ['an end that has passed', { purposes: ['TREAT'], until: '2020' }, 'over'],
    ['a scope that is none', { purposes: ['TREAT'], scope: 'treatment' }, 'bad-scope'],
    ['nobody as the recipients', { purposes: ['TREAT'], recipients: [] }, 'invalid-resource'],
    ['no labels as the labels', { purposes: ['TREAT'], labels: [] }, 'invalid-resource'],
    ['a purpose that is none', { purposes: ['FUN'] }, 'unenforceable'],
    ['a label that is none', { purposes: ['TREAT'], labels: ['SECRET'] }, 'unenforceable'],
    [
      'a recipient elsewhere',
      { purposes: ['TREAT'], recipients: ['https://x.example/Practitioner/1'] },
      'unenforceable',
    ],
    ['a signature of somebody else', { purposes: ['TREAT'], signedBy: 'Patient/p1' }, 'own-signature'],
  ])('refuses %s', async ([, terms, reason]) => {
    expect(reasons(await grant({ patient: 'p1', ...terms }, patient('p1')))).toEqual([reason])
    expect((await ward.ask('{ ConsentList { id } }')).data.ConsentList).toEqual([])
  })
})

describe('attacks on granting', () => {
  const terms = { purposes: ['TREAT'] }
  const paper = { ...terms, patient: 'p1', signedBy: 'Patient/p1', form: 'DocumentReference/form-p1' }
  const confined = asker('practitioner', 'Practitioner/gp', 'TREAT', {
    organisation: 'h1',
    patient: 'p2',
    scopes: [{ context: 'patient', type: '*', rights: ['c', 'r', 'u', 's'], filter: [] }],
  })

  test.for<[string, Record<string, unknown>, Asker, string]>([
    ['a patient for another patient', { ...terms, patient: 'p2' }, patient('p1'), 'compartment'],
    ['a proxy for another patient', { ...terms, patient: 'p2' }, proxy('p1'), 'compartment'],
    ['a proxy whom the patient let in for nothing', { ...terms, patient: 'p1' }, proxy('p1'), 'no-consent'],
    [
      'a proxy who is no RelatedPerson',
      { ...terms, patient: 'p1' },
      { ...proxy('p1'), user: 'Person/1' },
      'no-representative',
    ],
    ['a clinician without a form', { ...terms, patient: 'p1' }, doctor, 'no-form'],
    [
      'a clinician with the form of another patient',
      { ...paper, form: 'DocumentReference/form-p2' },
      doctor,
      'bad-form',
    ],
    ['a clinician with a form that is none', { ...paper, form: 'DocumentReference/none' }, doctor, 'bad-form'],
    ['a clinician with something else as the form', { ...paper, form: 'Observation/p1-normal' }, doctor, 'bad-form'],
    ['a clinician who signs', { ...paper, signedBy: 'Practitioner/gp' }, doctor, 'bad-form'],
    ['a clinician with the kin of another patient', { ...paper, signedBy: 'RelatedPerson/kin-p2' }, doctor, 'bad-form'],
    ['a token confined to another patient', paper, confined, 'bad-form'],
    ['a clinician in the name of another house', { ...paper, organization: 'h2' }, doctor, 'custodian'],
    ['an emergency physician', paper, { ...doctor, purpose: 'BTG' }, 'emergency'],
    ['an auditor', { ...terms, patient: 'p1' }, auditor, 'role'],
  ])('%s', async ([, given, who, reason]) => {
    expect(reasons(await grant(given, who))).toEqual([reason])
    expect((await ward.ask('{ ConsentList { id } }')).data.ConsentList).toEqual([])
  })

  test('a patient who is not there is refused as one who lets nobody write', async () => {
    await grant({ patient: 'p1', deny: true }, patient('p1'))
    const refused = await Promise.all(['p1', 'nobody'].map((id) => grant({ ...paper, patient: id }, doctor)))
    const [there, missing] = refused.map(({ text }) => text)
    expect(there).toBe(missing)
  })
})

describe('consentRevoke', () => {
  test('takes one id, keeps the reason, and the next statement hears it', async () => {
    const { data } = await grant({ patient: 'p1', purposes: ['TREAT'], labels: ['R'] }, patient('p1'))
    const { id } = data.consentGrant
    expect(await ward.sees(doctor, 'p1')).toContain('p1-hiv')
    const revoked = await revoke(id, patient('p1'), '  I changed my mind.  ')
    expect(revoked.data.consentRevoke).toEqual({
      id,
      status: 'inactive',
      _status: { extension: [{ valueString: 'I changed my mind.' }] },
    })
    expect(await ward.sees(doctor, 'p1')).toEqual(['p1-normal'])
    const again = await revoke(id, patient('p1'))
    expect(again.data.consentRevoke.status).toBe('inactive')
    const versions = await ward.ask(`{ ConsentHistory(id: "${id}") { versionId } }`)
    expect(versions.data.ConsentHistory).toHaveLength(2)
  })

  test('holds for a connection that is kept open and for requests that run beside it', async () => {
    for (let round = 0; round < 5; round++) {
      const { data } = await grant({ patient: 'p1', purposes: ['TREAT'], labels: ['R'] }, patient('p1'))
      const parallel = () => Promise.all(Array.from({ length: 12 }, () => ward.sees(doctor, 'p1')))
      for (const seen of await parallel()) expect(seen).toContain('p1-hiv')
      const [during] = await Promise.all([parallel(), revoke(data.consentGrant.id, patient('p1'))])
      // One that runs meanwhile hears either the old or the new, and nothing in between.
      const [before, after] = [['p1-alcohol', 'p1-hiv', 'p1-normal', 'p1-notes'], ['p1-normal']]
      for (const seen of during) expect([before, after]).toContainEqual(seen)
      for (const seen of await parallel()) expect(seen).toEqual(['p1-normal'])
    }
  })

  test('two who revoke at once both see it revoked', async () => {
    const { data } = await grant({ patient: 'p1', purposes: ['TREAT'] }, patient('p1'))
    const both = await Promise.all([1, 2, 3, 4].map(() => revoke(data.consentGrant.id, patient('p1'))))
    for (const { data: answer } of both) expect(answer.consentRevoke.status).toBe('inactive')
  })

  test.for<[string, Asker, string]>([
    ['another patient', patient('p2'), 'not-found'],
    ['a clinician whom the consent shuts out', stranger, 'role'],
    ['a clinician whom the consent names', doctor, 'role'],
    ['a clinician in an emergency', { ...doctor, purpose: 'BTG' }, 'role'],
    ['a nurse', asker('nurse', 'Practitioner/gp', 'TREAT', { organisation: 'h1' }), 'role'],
    [
      'a patient with a scope to read',
      { ...patient('p1'), scopes: [{ context: 'patient', type: '*', rights: ['r'], filter: [] }] },
      'scope',
    ],
  ])('attack: %s revokes', async ([, who, reason]) => {
    const terms = { patient: 'p1', purposes: ['TREAT'], recipients: ['Practitioner/gp'] }
    const { data } = await grant(terms, patient('p1'))
    const refused = await revoke(data.consentGrant.id, who)
    expect(reasons(refused)).toEqual([reason])
    if (reason === 'not-found') {
      const missing = await revoke('nothing', who)
      expect(refused.text).toBe(missing.text)
    }
    expect(await ward.sees(doctor, 'p1')).toContain('p1-normal')
  })

  test('a clinician of another house cannot take back what the patient gave this one', async () => {
    await grant({ patient: 'p1', purposes: ['TREAT'], organization: 'h1' }, patient('p1'))
    const { data } = await ward.ask('{ ConsentList { id } }')
    expect(reasons(await revoke(data.ConsentList[0].id, stranger))).toEqual(['role'])
  })

  test('an id that is none and a reason that is too long are said so, and repeat nothing', async () => {
    expect(reasons(await revoke('../etc', patient('p1')))).toEqual(['not-found'])
    const long = await revoke('x', patient('p1'), 'Eve '.repeat(300))
    expect(reasons(long)).toEqual(['bad-reason'])
    expect(long.text).not.toContain('Eve')
  })
})
