// Consents obey the dialect that the server accepts on write: IHE PCF, https://profiles.ihe.net/ITI/PCF
import type { Consent, ConsentProvision } from '@medplum/fhirtypes'
import { describe, expect, test } from 'vitest'
import { generate, recordsOf } from './population.ts'

const records = recordsOf(generate(1, 500))
const consents = records.flatMap((record) => record.of('Consent'))
const rules = ({ provision }: Consent): ConsentProvision[] =>
  provision === undefined ? [] : [provision, ...(provision.provision ?? [])]
const codes = (codings: readonly { code?: string }[] | undefined) => (codings ?? []).map(({ code }) => code)

const CRITERIA = ['type', 'period', 'actor', 'securityLabel', 'purpose', 'dataPeriod', 'provision']
const LABELS = ['N', 'R', 'ETH', 'ETHUD', 'OPIOIDUD', 'PSY', 'SDV', 'HIV']

test('every consent is whole', () => {
  expect(consents.length).toBeGreaterThan(300)
  for (const consent of consents) {
    expect(consent).toMatchObject({ dateTime: expect.any(String), patient: { reference: expect.any(String) } })
    expect(consent.performer).toHaveLength(1)
    expect(consent.organization).toHaveLength(1)
    expect(consent.policy?.[0]?.uri).toMatch(/^https:/)
    expect(Boolean(consent.sourceAttachment) !== Boolean(consent.sourceReference)).toBe(true)
    const [scope, category] = [consent.scope, ...consent.category.slice(1)].map(({ coding }) => coding?.[0]?.code)
    expect(`${scope} ${category}`).toMatch(/^(patient-privacy INFA|research RESEARCH)$/)
    expect(consent.category[0]?.coding?.[0]?.code).toBe('59284-0')
    expect(consent).not.toHaveProperty('verification')
    expect(consent).not.toHaveProperty('policyRule')
  }
})

describe('every rule', () => {
  test('has a type, also the root', () => {
    expect(
      consents.filter((consent) => rules(consent).some(({ type }) => type !== 'permit' && type !== 'deny')),
    ).toEqual([])
  })

  test('uses only criteria that can be enforced', () => {
    const others = consents.flatMap(rules).flatMap((rule) => Object.keys(rule).filter((key) => !CRITERIA.includes(key)))
    expect(others).toEqual([])
    expect(
      codes(consents.flatMap(rules).flatMap(({ securityLabel }) => securityLabel ?? [])).filter(
        (code) => !LABELS.includes(code ?? ''),
      ),
    ).toEqual([])
  })

  test('is nested at most once', () => {
    expect(consents.filter(({ provision }) => provision?.provision?.some((inner) => inner.provision))).toEqual([])
  })

  test('names recipients in the role IRCP', () => {
    const roles = consents.flatMap(rules).flatMap(({ actor }) => actor ?? [])
    expect(roles.length).toBeGreaterThan(50)
    expect(roles.filter(({ role }) => role.coding?.[0]?.code !== 'IRCP')).toEqual([])
  })

  test('a nested rule says something', () => {
    const empty = consents
      .flatMap(({ provision }) => provision?.provision ?? [])
      .filter((rule) => Object.keys(rule).length < 2)
    expect(empty).toEqual([])
  })
})

describe('variety', () => {
  test('about three of five patients have one to three', () => {
    const counts = records.map((record) => record.of('Consent').length)
    expect(Math.max(...counts)).toBeLessThanOrEqual(3)
    const share = counts.filter((count) => count > 0).length / counts.length
    expect(share).toBeGreaterThan(0.52)
    expect(share).toBeLessThan(0.68)
  })

  test('every state, base effect, nesting, purpose, label and kind of recipient occurs', () => {
    const all = consents.flatMap(rules)
    const nestings = consents.flatMap(({ provision }) =>
      (provision?.provision ?? []).map(({ type }) => `${provision?.type} > ${type}`),
    )
    expect(new Set(consents.map(({ status }) => status))).toEqual(
      new Set(['active', 'inactive', 'rejected', 'proposed', 'entered-in-error']),
    )
    expect(new Set(nestings)).toEqual(new Set(['permit > permit', 'permit > deny', 'deny > permit']))
    expect(new Set(codes(all.flatMap(({ purpose }) => purpose ?? [])))).toEqual(
      new Set(['TREAT', 'HPAYMT', 'HOPERAT', 'HRESCH', 'BTG']),
    )
    expect(new Set(codes(all.flatMap(({ securityLabel }) => securityLabel ?? []))).size).toBeGreaterThan(6)
    const kinds = all.flatMap(({ actor }) => actor ?? []).map(({ reference }) => reference.reference?.split('/')[0])
    expect(new Set(kinds)).toEqual(new Set(['Organization', 'Practitioner', 'CareTeam', 'Group']))
    expect(all.some(({ dataPeriod }) => dataPeriod)).toBe(true)
    expect(consents.some(({ provision }) => (provision?.period?.end ?? '9') < '2026-05-01')).toBe(true)
  })

  test('at most one consent to a policy is in force, so that none is overridden by chance', () => {
    for (const record of records) {
      const active = record
        .of('Consent')
        .filter(({ status }) => status === 'active')
        .map(({ policy }) => policy?.[0]?.uri)
      expect(new Set(active).size).toBe(active.length)
    }
  })

  test('children are signed for, and grown-ups sign themselves unless somebody acts for them', () => {
    for (const record of records) {
      const child = (record.patient.birthDate ?? '') > '2008-05-01'
      for (const consent of record.of('Consent')) {
        const signer = consent.performer?.[0]?.reference?.split('/')[0]
        if (child) expect(signer).toBe('RelatedPerson')
        else if (signer !== 'Patient') expect(record.has('26929004')).toBeDefined()
      }
    }
  })

  test('the cohort of the study holds only those who let researchers in', () => {
    const population = generate(1, 500)
    const cohort = population.find(({ id }) => id === 'demo-cohort-diabetes')
    const members = cohort?.resourceType === 'Group' ? (cohort.member ?? []) : []
    expect(members.length).toBeGreaterThan(2)
    for (const { entity } of members) {
      const record = records.find(({ patient }) => `Patient/${patient.id}` === entity.reference)
      const willing = record
        ?.of('Consent')
        .some(
          ({ scope, status, provision }) =>
            scope.coding?.[0]?.code === 'research' && status === 'active' && provision?.type === 'permit',
        )
      expect(willing && record?.has('44054006')).toBeTruthy()
    }
  })
})
