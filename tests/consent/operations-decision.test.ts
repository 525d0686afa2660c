// consentDecision explains what the walls do: over HTTP, for those who may know, and with nothing for those who may not.
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

const DECIDE = `query($patient: ID!, $asker: ConsentAsker!, $action: code, $type: code, $labels: [code!], $resource: String,
  $documentedEmergency: Boolean) {
  consentDecision(patient: $patient, asker: $asker, action: $action, type: $type, labels: $labels, resource: $resource,
    documentedEmergency: $documentedEmergency) {
    effect because { effect by consent { reference } provision words sensitivity lift } obligations { id code text source }
  }
}`

const gp = { user: 'Practitioner/gp', role: 'practitioner', organisation: 'h1', purpose: 'TREAT' }
const decide = (given: Record<string, unknown>, who?: Asker) =>
  ward.ask(DECIDE, { patient: 'p1', asker: gp, type: 'Observation', ...given }, who)
const decided = async (given: Record<string, unknown>, who: Asker) => {
  const { data, errors } = await decide(given, who)
  expect(errors).toBeUndefined()
  return data.consentDecision
}

const toDoctor = {
  type: 'permit',
  purpose: purposes('TREAT'),
  provision: [
    { type: 'deny', securityLabel: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'HIV' }] },
  ],
}

beforeEach(async () => {
  await ward.withdrawAll()
  await ward.put(consent('c1', 'p1', toDoctor))
})

describe('explains', () => {
  test('a permit and a deny with the provision, its version and its words', async () => {
    const { data } = await ward.ask('{ Consent(id: "c1") { meta { versionId } } }')
    const reference = `Consent/c1/_history/${data.Consent.meta.versionId}`
    expect(await decided({}, patient('p1'))).toEqual({
      effect: 'permit',
      because: [
        {
          effect: 'permit',
          by: 'consent',
          consent: { reference },
          provision: 'provision',
          words: 'Permits anybody all data, for TREAT.',
          sensitivity: null,
          lift: null,
        },
      ],
      obligations: [],
    })
    expect((await decided({ labels: ['HIV'] }, patient('p1'))).because).toEqual([
      {
        effect: 'deny',
        by: 'consent',
        consent: { reference },
        provision: 'provision.provision[0]',
        words: 'Denies anybody all data, of sensitivity HIV, for TREAT.',
        sensitivity: 'HIV',
        lift: 'The patient can revoke this consent, or make an exception in it.',
      },
    ])
  })

  test('silence, law, implicit policy, own record and role, each with what would lift a deny', async () => {
    const payer = { ...gp, role: 'payer', purpose: 'HPAYMT' }
    const byOf = async (given: Record<string, unknown>) => {
      const { effect, because } = await decided(given, patient('p1'))
      expect(because.every(({ lift }: { lift: string | null }) => (lift !== null) === (effect === 'deny'))).toBe(true)
      return [effect, because[0].by]
    }
    expect(await byOf({ asker: payer, type: 'Patient' })).toEqual(['deny', 'no-consent'])
    expect(await byOf({ asker: payer })).toEqual(['deny', 'role'])
    expect(await byOf({ asker: { user: 'Patient/p1', role: 'patient', purpose: 'PATRQT' } })).toEqual([
      'permit',
      'own-record',
    ])
    expect(
      await byOf({ asker: { user: 'Patient/p1', role: 'patient', purpose: 'PATRQT' }, labels: ['PSYTHPN'] }),
    ).toEqual(['deny', 'law'])
    expect(await byOf({ asker: { ...gp, purpose: 'BTG' }, labels: ['PSYTHPN'] })).toEqual(['deny', 'emergency'])
    expect(await byOf({ asker: { ...gp, purpose: 'BTG' }, labels: ['HIV'] })).toEqual(['permit', 'emergency'])
    const alcohol = { asker: { ...gp, purpose: 'BTG' }, labels: ['ETH'] }
    expect(await byOf(alcohol)).toEqual(['deny', 'emergency'])
    expect(await byOf({ ...alcohol, documentedEmergency: true })).toEqual(['permit', 'emergency'])
    await ward.ask('mutation { ConsentDelete(id: "c1") }')
    expect(await byOf({})).toEqual(['permit', 'implicit-policy'])
    expect(await byOf({ labels: ['ETH'] })).toEqual(['deny', 'law'])
  })

  test('what the law asks to be done with what is told', async () => {
    const { effect, obligations } = await decided({ labels: ['ETH'] }, patient('p1'))
    expect(effect).toBe('permit')
    expect(obligations.map(({ id }: { id: string }) => id)).toContain('42cfr2/notice')
    expect((await decided({}, patient('p1'))).obligations).toEqual([])
  })

  test('a resource as its reads decide', async () => {
    for (const id of ['p1-normal', 'p1-hiv', 'p1-alcohol', 'p1-very']) {
      const { effect } = await decided({ type: undefined, resource: `Observation/${id}` }, patient('p1'))
      expect([id, effect]).toEqual([id, (await ward.sees(doctor, 'p1')).includes(id) ? 'permit' : 'deny'])
    }
  })

  test('itself in the audit log, with the consents that decided', async () => {
    await decided({ labels: ['HIV'] }, patient('p1'))
    const { data } = await ward.ask(
      '{ AuditEventList(patient: "p1", _sort: "-date", _count: 1) { subtype { code } outcome entity { what { reference } } } }',
    )
    const [event] = data.AuditEventList
    expect(event.subtype).toEqual([{ code: 'AuthZ-Consent' }])
    expect(event.outcome).toBe('8')
    expect(JSON.stringify(event.entity)).toContain('Consent/c1/_history/')
  })
})

describe('tells nothing to those who may not know', () => {
  test('staff of the patient and auditors may ask, an auditor hears which consent it was', async () => {
    expect((await decided({}, doctor)).because[0].consent).not.toBeNull()
    expect((await decided({}, auditor)).because[0].consent).not.toBeNull()
  })

  test('a proxy whom the patient gave nothing hears nothing', async () => {
    const { errors } = await decide({}, proxy('p1'))
    expect(errors?.[0]?.extensions?.reason).toBe('not-found')
  })

  test('attack: staff ask about a consent that is hidden from them', async () => {
    const secret = {
      type: 'deny',
      actor: [{ role: { coding: [{ code: 'IRCP' }] }, reference: { reference: 'Practitioner/er2' } }],
    }
    await ward.put(
      consent('hidden', 'p1', secret, {
        meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'HIV' }] },
      }),
    )
    const someone = { ...gp, user: 'Practitioner/er2' }
    const answer = await decide({ asker: someone }, doctor)
    expect(answer.data.consentDecision).toMatchObject({
      effect: 'deny',
      because: [{ by: 'consent', consent: null, provision: null }],
    })
    expect(answer.text).not.toContain('hidden')
    expect((await decided({ asker: someone }, patient('p1'))).because[0].consent.reference).toContain('Consent/hidden/')
  })

  const confined = asker('practitioner', 'Practitioner/gp', 'TREAT', {
    organisation: 'h1',
    patient: 'p2',
    scopes: [{ context: 'patient', type: '*', rights: ['r', 's'], filter: [] }],
  })
  const suffix = {
    ...doctor,
    scopes: [{ context: 'user', type: 'Consent', rights: ['r'], filter: [['category', ['x']]] }] as Asker['scopes'],
  }
  test.for<[string, Asker]>([
    ['another patient', patient('p2')],
    ['the proxy of another patient', proxy('p2')],
    ['a token confined to another patient', confined],
    ['a scope that reaches a part of the consents', suffix],
    ['staff for whom nothing is permitted', stranger],
  ])('attack: %s asks, and hears what a missing patient answers', async ([, who]) => {
    await ward.put(
      consent('c1', 'p1', {
        ...toDoctor,
        actor: [{ role: { coding: [{ code: 'IRCP' }] }, reference: { reference: 'Organization/h1' } }],
      }),
    )
    const there = await decide({}, who)
    expect(reasons(there)).toEqual(['not-found'])
    expect(there.text).toBe((await decide({ patient: 'nobody' }, who)).text)
  })

  test('attack: the reference of a resource that is held back, missing or of another patient', async () => {
    const asked = (resource: string) => decide({ type: undefined, resource }, doctor)
    const refused = await Promise.all(
      ['Observation/p1-hiv', 'Observation/p2-normal', 'Observation/none', 'Nothing/1', '../1'].map(asked),
    )
    for (const answer of refused) expect(reasons(answer)).toEqual(['not-found'])
    expect(new Set(refused.map(({ text }) => text)).size).toBe(1)
  })

  test.for<[string, Record<string, unknown>, string]>([
    ['a role', { asker: { ...gp, role: 'mallory' } }, 'bad-asker'],
    ['a purpose', { asker: { ...gp, purpose: 'mallory' } }, 'bad-asker'],
    ['a user', { asker: { ...gp, user: 'mallory' } }, 'bad-asker'],
    ['an action', { action: 'mallory' }, 'bad-action'],
    ['a label', { labels: ['mallory'] }, 'bad-label'],
    ['a type', { type: 'mallory' }, 'bad-matter'],
    ['a type and a resource', { resource: 'Observation/mallory' }, 'bad-matter'],
  ])('%s that is none is refused, and not repeated', async ([, given, reason]) => {
    const answer = await decide(given, patient('p1'))
    expect(reasons(answer)).toEqual([reason])
    expect(answer.text).not.toContain('mallory')
  })
})
