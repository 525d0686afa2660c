// What law says, pack by pack: every rule fires where its source says and nowhere else; then laws over all packs.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ALL, SENSITIVITIES, type Sensitivity, sensitivityMask } from '../../../src/consent/labels.ts'
import { PACKS, statutory } from '../../../src/consent/packs/index.ts'
import type { JurisdictionPack, PackRule } from '../../../src/consent/packs/pack.ts'
import { type Asker, ROLES, type Role } from '../../../src/kernel/asker.ts'
import { isKindOf, isPurpose, PURPOSES } from '../../../src/kernel/purpose.ts'

const asker = (role: Role, purpose: string, patient?: string): Asker => ({
  issuer: 'https://issuer.example',
  subject: 's',
  client: 'c',
  user: role === 'patient' ? `Patient/${patient}` : 'Practitioner/p',
  role,
  groups: [],
  scopes: [],
  purpose,
  ...(patient && { patient }),
})
const patient = (purpose: string) => asker('patient', purpose, 'p1')
const all = Object.values(PACKS)
const pack = (id: string): JurisdictionPack => PACKS[id]!
const mask = (...codes: Sensitivity[]) => codes.reduce((bits, code) => bits | sensitivityMask(code), 0)
const SUD = mask('ETH')
const NOTES = mask('PSYTHPN')
const ids = (who: Asker, packs: readonly JurisdictionPack[]) =>
  statutory(who, packs).because.map(({ rule }) => rule.split('@')[0])

/** Rule -> who meets it, who just does not. */
const CASES: Record<string, { meets: Asker[]; misses: Asker[] }> = {
  'hipaa/psychotherapy-notes': {
    meets: [asker('practitioner', 'TREAT'), asker('payer', 'HPAYMT'), asker('nurse', 'BTG')],
    misses: [],
  },
  'hipaa/marketing': { meets: [asker('system', 'HMARKT')], misses: [asker('system', 'HOPERAT')] },
  'hipaa/research': {
    meets: [asker('researcher', 'HRESCH'), asker('researcher', 'CLINTRCHNPC')],
    misses: [asker('practitioner', 'CLINTRL'), asker('practitioner', 'TREAT')],
  },
  'hipaa/genetic-underwriting': {
    meets: [asker('payer', 'ELIGDTRM'), asker('payer', 'COVERAGE')],
    misses: [asker('payer', 'HPAYMT'), asker('payer', 'CLMATTCH'), asker('admin', 'ELIGDTRM')],
  },
  'hipaa/access': {
    meets: [patient('PATRQT'), patient('TREAT')],
    misses: [
      patient('HRESCH'),
      patient('HMARKT'),
      patient('NOT-A-PURPOSE'),
      asker('patient', 'PATRQT'),
      asker('proxy', 'PATRQT', 'p1'),
      asker('practitioner', 'PATRQT', 'p1'),
    ],
  },
  'hipaa/access-psychotherapy-notes': {
    meets: [patient('PATRQT'), asker('proxy', 'FAMRQT', 'p1')],
    misses: [asker('practitioner', 'PATRQT')],
  },
  'hipaa/access-harm': {
    meets: [patient('PATRQT'), asker('proxy', 'FAMRQT', 'p1')],
    misses: [asker('practitioner', 'TREAT')],
  },
  '42cfr2/consent': {
    meets: [asker('practitioner', 'TREAT'), asker('payer', 'HPAYMT'), asker('nurse', 'BTG')],
    misses: [],
  },
  '42cfr2/proceedings': {
    meets: [asker('admin', 'HLEGAL')],
    misses: [asker('admin', 'HOPERAT'), asker('admin', 'HCOMPL')],
  },
  '42cfr2/research': { meets: [asker('researcher', 'DSRCH')], misses: [asker('practitioner', 'TREAT')] },
  '42cfr2/marketing': { meets: [asker('system', 'HMARKT')], misses: [asker('practitioner', 'TREAT')] },
  'gdpr/special-categories': {
    meets: [asker('payer', 'HPAYMT'), asker('system', 'PUBHLTH'), asker('admin', 'HOPERAT')],
    misses: [asker('practitioner', 'TREAT'), asker('practitioner', 'COC'), asker('nurse', 'BTG'), patient('PATRQT')],
  },
  'gdpr/research': { meets: [asker('researcher', 'BIORCH')], misses: [asker('practitioner', 'POPHLTH')] },
  'gdpr/marketing': { meets: [asker('system', 'HMARKT')], misses: [asker('system', 'HOPERAT')] },
  'gdpr/access': { meets: [patient('PATRQT')], misses: [asker('proxy', 'PATRQT', 'p1'), patient('HRESCH')] },
  'dpdp/consent': {
    meets: [asker('payer', 'HPAYMT'), asker('researcher', 'HRESCH'), asker('system', 'HMARKT')],
    misses: [asker('practitioner', 'ETREAT'), asker('system', 'DISASTER'), patient('PATRQT')],
  },
  'dpdp/children-advertising': { meets: [asker('system', 'HMARKT')], misses: [asker('system', 'HOPERAT')] },
  'dpdp/access': { meets: [patient('PATRQT')], misses: [asker('practitioner', 'PATRQT', 'p1')] },
}

describe('a rule', () => {
  test('every rule has its cases', () =>
    expect(Object.keys(CASES).sort()).toEqual(all.flatMap(({ rules }) => rules.map(({ id }) => id)).sort()))

  test.each(Object.entries(CASES))('%s', (id, { meets, misses }) => {
    for (const who of meets) expect(ids(who, all), `${who.role} ${who.purpose}`).toContain(id)
    for (const who of misses) expect(ids(who, all), `${who.role} ${who.purpose}`).not.toContain(id)
  })

  test.each(
    all.flatMap(({ rules, obligations }) => [...rules, ...obligations]).map((each) => [each.id, each] as const),
  )(
    '%s names purposes and roles that exist, and its source',
    (id, { purposes = [], exceptPurposes = [], roles = [], exceptRoles = [], sensitivities = [], source }) => {
      expect([...purposes, ...exceptPurposes].filter((code) => !isPurpose(code))).toEqual([])
      expect([...roles, ...exceptRoles].filter((role) => !ROLES.includes(role))).toEqual([])
      expect(sensitivities.filter((code) => sensitivityMask(code) === 0)).toEqual([])
      expect(source).toMatch(/\d/)
      expect(all.filter((each) => id.startsWith(`${each.id}/`))).toHaveLength(1)
    },
  )
})

describe('masks', () => {
  test('no packs, no law', () =>
    expect(statutory(patient('PATRQT'), [])).toEqual({
      denied: 0,
      explicit: 0,
      neverByEmergency: 0,
      onlyDocumentedEmergency: 0,
      ownRecord: false,
      obligations: [],
      because: [],
    }))

  test.each(all.map(({ id }) => id))('%s: research and marketing need a consent for all data', (id) => {
    for (const purpose of PURPOSES.filter((code) => isKindOf(code, 'HRESCH') || isKindOf(code, 'HMARKT')))
      expect(statutory(asker('researcher', purpose), [pack(id)]).explicit).toBe(ALL)
  })

  test('HIPAA leaves treatment alone but for psychotherapy notes', () =>
    expect(statutory(asker('practitioner', 'TREAT'), [pack('hipaa')])).toMatchObject({
      denied: 0,
      explicit: NOTES,
      neverByEmergency: NOTES,
      onlyDocumentedEmergency: 0,
      ownRecord: false,
    }))

  test('HIPAA: no emergency opens psychotherapy notes', () =>
    expect(statutory(asker('nurse', 'BTG'), [pack('hipaa')]).neverByEmergency).toBe(NOTES))

  test('HIPAA: patients see their own record, not their psychotherapy notes', () =>
    expect(statutory(patient('PATRQT'), [pack('hipaa')])).toMatchObject({
      ownRecord: true,
      denied: mask('PSYTHPN', 'TBOO'),
    }))

  test('42 CFR Part 2: substance use needs a consent even for treatment', () => {
    const law = statutory(asker('practitioner', 'TREAT'), [pack('42cfr2')])
    expect(law).toMatchObject({ denied: 0, explicit: SUD, neverByEmergency: 0, onlyDocumentedEmergency: SUD })
    for (const code of ['SUD', 'ETHUD', 'OPIOIDUD'] as const) expect(law.explicit & mask(code)).toBe(mask(code))
    expect(law.explicit & mask('HIV', 'PSY')).toBe(0)
  })

  test('42 CFR Part 2: nothing of it in proceedings, not even in an emergency', () =>
    expect(statutory(asker('admin', 'HLEGAL'), [pack('42cfr2')])).toMatchObject({ denied: SUD, neverByEmergency: SUD }))

  test('42 CFR Part 2: the statement goes along, but not to the patient', () => {
    const notice = (who: Asker) => statutory(who, [pack('42cfr2')]).obligations.filter(({ code }) => code === 'NOTICE')
    expect(notice(asker('practitioner', 'TREAT'))).toMatchObject([
      { sensitivities: ['ETH'], text: '42 CFR part 2 prohibits unauthorized use or disclosure of these records.' },
    ])
    expect(notice(patient('PATRQT'))).toEqual([])
  })

  test('GDPR: what is sensitive needs a consent for payment, what is not does not', () => {
    const { explicit } = statutory(asker('payer', 'HPAYMT'), [pack('gdpr')])
    expect(explicit).toBe(mask(...SENSITIVITIES))
    expect(explicit & 1).toBe(0)
  })

  test('minimum necessary masks for payment and operations, never for treatment or the patient', () => {
    const masked = (who: Asker) => statutory(who, [pack('hipaa')]).obligations.some(({ code }) => code === 'MASK')
    expect([asker('payer', 'CLMATTCH'), asker('admin', 'PATADMIN')].map(masked)).toEqual([true, true])
    expect([asker('practitioner', 'TREAT'), patient('HOPERAT'), patient('PATRQT')].map(masked)).toEqual([
      false,
      false,
      false,
    ])
  })

  test('reasons name the rule and the version of its pack', () =>
    expect(statutory(asker('admin', 'HLEGAL'), [pack('42cfr2')]).because).toContainEqual({
      rule: `42cfr2/proceedings@${pack('42cfr2').version}`,
      mask: SUD,
      effect: 'deny',
      says: expect.any(String),
      source: '42 CFR 2.12(d)(1)',
    }))
})

const askers = fc
  .record({
    role: fc.constantFrom(...ROLES),
    purpose: fc.constantFrom(...PURPOSES, 'NOT-A-PURPOSE', ''),
    patient: fc.option(fc.constantFrom('p1', 'p2'), { nil: undefined }),
  })
  .map(({ role, purpose, patient }) => asker(role, purpose, patient))
const chosen = fc.subarray(all)
const MASKS = ['denied', 'explicit', 'neverByEmergency', 'onlyDocumentedEmergency'] as const

describe('laws', () => {
  test('another pack takes back nothing that is forbidden, and opens only the own record', () =>
    fc.assert(
      fc.property(askers, chosen, fc.constantFrom(...all), (who, packs, more) => {
        const [less, law] = [statutory(who, packs), statutory(who, [...packs, more])]
        for (const name of MASKS) expect(law[name] & less[name]).toBe(less[name])
        expect(law.ownRecord || !less.ownRecord).toBe(true)
        if (law.ownRecord) expect([who.role, who.patient]).toEqual(['patient', expect.any(String)])
        expect(less.obligations.filter((each) => !law.obligations.includes(each))).toEqual([])
      }),
    ))

  test('the order of packs decides nothing', () =>
    fc.assert(
      fc.property(askers, chosen, (who, packs) => {
        const [one, other] = [statutory(who, packs), statutory(who, [...packs].reverse())]
        for (const name of [...MASKS, 'ownRecord'] as const) expect(other[name]).toBe(one[name])
      }),
    ))

  test('a purpose that nobody knows is forbidden whatever any purpose is', () =>
    fc.assert(
      fc.property(askers, fc.constantFrom(...PURPOSES), chosen, (who, purpose, packs) => {
        const [unknown, known] = [
          statutory({ ...who, purpose: 'NOT-A-PURPOSE' }, packs),
          statutory({ ...who, purpose }, packs),
        ]
        for (const name of MASKS) expect(unknown[name] & known[name]).toBe(known[name])
        expect(unknown.ownRecord).toBe(false)
      }),
    ))

  test('masks are the sum of their reasons', () =>
    fc.assert(
      fc.property(askers, chosen, (who, packs) => {
        const law = statutory(who, packs)
        for (const effect of ['deny', 'explicit'] as const) {
          const sum = law.because.filter((each) => each.effect === effect).reduce((bits, each) => bits | each.mask, 0)
          expect(law[effect === 'deny' ? 'denied' : 'explicit']).toBe(sum)
        }
      }),
    ))

  test('a rule about any data reaches all data', () =>
    fc.assert(
      fc.property(fc.constantFrom(...PURPOSES), (purpose) => {
        const rule: PackRule = { id: 'hipaa/x', effect: 'deny', source: '1', says: 'x' }
        expect(statutory(asker('admin', purpose), [{ ...pack('hipaa'), rules: [rule] }]).denied).toBe(ALL)
      }),
    ))
})
