// What is drawn is valid R4, and hits: a judge that ignores any one criterion would give other answers.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { validate } from '../../src/fhir/validate.ts'
import { ROLES } from '../../src/kernel/asker.ts'
import { isPurpose } from '../../src/kernel/purpose.ts'
import { terminology } from './arbitraries/pools.ts'
import { askerArbitrary, POOLS, questionArbitrary } from './arbitraries.ts'
import { CHANGES, decides } from './distribution.ts'
import { type Emergency, oracle, type OracleQuestion as Question, type Resource } from './oracle/oracle.ts'

const questions = fc.sample(questionArbitrary(), { numRuns: 5000, seed: 1 })
const share = (holds: (question: (typeof questions)[number]) => boolean) =>
  (100 * questions.filter(holds).length) / questions.length

test('every resource and consent is valid R4', () => {
  const resources = questions.flatMap(({ resource, consents }) => [resource, ...consents])
  expect(resources.flatMap((resource) => validate(String(resource.resourceType), resource))).toEqual([])
})

test('askers have every role and a purpose that is one', () => {
  const askers = fc.sample(askerArbitrary(POOLS), { numRuns: 1000, seed: 1 })
  expect(new Set(askers.map(({ role }) => role))).toEqual(new Set(ROLES))
  expect(askers.filter(({ purpose }) => !isPurpose(purpose))).toEqual([])
})

/** How many of a hundred answers are others after the change. */
const hangsOn = (change: (question: Question) => Partial<Question>, among = questions) =>
  (100 *
    among.filter((question) => oracle({ ...question, ...change(question) }).effect !== oracle(question).effect)
      .length) /
  among.length
const consentsWith = (change: (consent: Resource) => object) => (question: Question) => ({
  consents: question.consents.map((consent) => ({ ...consent, ...change(consent) })),
})

describe('what replaces what', () => {
  test.for<[string, (consent: Resource) => object]>([
    ['who gave it themselves', ({ sourceReference }) => ({ sourceReference: sourceReference ? undefined : {} })],
    ['whose deny it is', () => ({ performer: [{ reference: `Patient/${POOLS.patient}` }] })],
    [
      'who signed a paper',
      ({ sourceReference, performer }) => ({
        performer: sourceReference ? [{ reference: 'RelatedPerson/rel-b' }] : performer,
      }),
    ],
    ['when it was recorded', () => ({ meta: { lastUpdated: '2200-01-01T00:00:00Z' } })],
    ['the system of its codes', ({ scope }) => ({ scope: plain(scope) })],
  ])('hangs on %s often enough', ([, change]) => {
    expect(hangsOn(consentsWith(change))).toBeGreaterThan(0.3)
  })
})
const plain = (scope: unknown) => JSON.parse(JSON.stringify(scope).replace('urn:other', terminology('consentscope')))

describe('emergencies', () => {
  const broken = questions.filter(({ asker }) => asker.purpose === 'BTG')
  const emergencies = (change: (emergency: Emergency) => object) => (question: Question) => ({
    emergencies: question.emergencies!.map((one) => ({ ...one, ...change(one) })),
  })

  test('are asked about often, permitted and denied', () => {
    expect(broken.length).toBeGreaterThan(questions.length / 20)
    const permitted = broken.filter((question) => oracle(question).effect === 'permit').length
    expect(permitted).toBeGreaterThan(broken.length / 5)
    expect(permitted).toBeLessThan((broken.length * 4) / 5)
  })

  test.for<[string, (question: Question) => Partial<Question>]>([
    ['the glass', () => ({ emergencies: [] })],
    ['who broke it', emergencies(({ user }) => ({ user: `${user}-x` }))],
    ['whose record it is', emergencies(() => ({ patient: POOLS.stranger }))],
    ['its hour', emergencies(({ expires }) => ({ expires: expires - 3_600_000 }))],
    ['its end', emergencies(() => ({ ended: undefined }))],
    ['its papers', emergencies(({ documented }) => ({ documented: !documented }))],
    ['a second factor', ({ asker }) => ({ asker: { ...asker, acr: 'mfa' } })],
    ['the law', ({ statutory }) => ({ statutory: { ...statutory, neverInEmergency: new Set<string>() } })],
    ['a consent that names it', () => ({ consents: [] })],
    ['the house', () => ({ implicit: () => 'break-glass-only' })],
  ])('hang on %s often enough', ([, change]) => {
    expect(hangsOn(change, broken)).toBeGreaterThan(0.3)
  })
})

describe('answers', () => {
  test('permit in a fifth of the cases and deny in a fifth', () => {
    expect(share((question) => oracle(question).effect === 'permit')).toBeGreaterThan(20)
    expect(share((question) => oracle(question).effect === 'deny')).toBeGreaterThan(20)
  })

  test('come from every stage', () => {
    const reasons = questions.map((question) => oracle(question).why.replace(/^Consent\/\w+ .*/, 'a consent'))
    expect(new Set(reasons)).toEqual(
      new Set([
        'denied by law',
        'own record',
        'a consent',
        'a permit on file is for others',
        'needs a consent by law',
        'implicit policy',
        'no glass is broken',
        'very restricted',
        'not even in an emergency',
        'the glass is broken',
        'the house breaks no glass',
      ]),
    )
  })

  const whole = [
    'purpose',
    'actor',
    'action',
    'period',
    'securityLabel',
    'class',
    'code',
    'dataPeriod',
    'data',
    'nesting',
  ]
  test.for(Object.keys(CHANGES))('hang on %s often enough', (name) => {
    // An emergency passes over most of what consents say.
    const ordinary = questions.filter(({ asker }) => asker.purpose !== 'BTG')
    const decided = ordinary.filter((question) => decides(question, name)).length
    expect((100 * decided) / ordinary.length).toBeGreaterThan(whole.includes(name) ? 1 : 0.3)
  })
})
