// Consents of one patient: in force and not, signed and not, replaced and standing side by side. Every one is valid R4.
// https://hl7.org/fhir/R4/consent.html
import type { Consent } from '@medplum/fhirtypes'
import fc, { type Arbitrary } from 'fast-check'
import type { Resource } from '../oracle/question.ts'
import { coding, fhir, type Pools, pick, weighted } from './pools.ts'
import { typedRoot, untypedRoot } from './provision.ts'

const concept = (name: string) => (code: string) => ({ coding: [coding(name)(code)] })

const status = weighted<Consent['status']>([
  [30, 'active'],
  [1, 'inactive'],
  [1, 'draft'],
  [1, 'proposed'],
  [1, 'rejected'],
  [1, 'entered-in-error'],
])
const scope = weighted([
  [16, 'patient-privacy'],
  [3, 'research'],
  [1, 'treatment'],
  [1, 'adr'],
]).map(concept('consentscope'))

const PAPER = { coding: [{ system: 'http://loinc.org', code: '59284-0' }] }
const NOTICE = concept('consentcategorycodes')('npp')
const category = weighted([
  [20, [PAPER]],
  [2, [PAPER, NOTICE]],
  [1, [NOTICE]],
])

/** Few matters and few days, so that consents replace each other. */
const POLICIES = ['http://example.org/policy/sharing', 'http://example.org/policy/emergency', 'urn:uuid:policy']
const dateTime = pick(['2025', '2026-01', '2026-02-03', '2026-02-04T10:00:00Z', '2026-02-04T12:00:00+02:00', undefined])
const lastUpdated = pick(['2026-02-05T10:00:00.000Z', '2026-02-05T10:00:00.001Z', '2026-02-05T12:00:00.000+02:00'])

const CHOICES = weighted([
  [5, 'OPTIN'],
  [2, 'OPTINR'],
  [3, 'OPTOUT'],
  [2, 'OPTOUTE'],
  [2, 'EMRGONLY'],
  [1, 'GRANTORCHOICE'],
]).map(concept('v3-ActCode'))
const policyRule = fc.oneof(
  { weight: 14, arbitrary: CHOICES },
  { weight: 1, arbitrary: pick<object>([{ text: 'as usual' }, concept('consentpolicycodes')('cric')]) },
)
const policy = pick(POLICIES).map((uri) => [{ uri }])

const dialectA = (pools: Pools): Arbitrary<Partial<Consent>> =>
  fc
    .tuple(typedRoot(pools), policy, fc.integer({ min: 0, max: 9 }), CHOICES)
    .map(([provision, paper, some, choice]) => ({
      provision,
      policy: paper,
      ...(some === 0 && { policyRule: choice }),
    }))

const dialectB = (pools: Pools): Arbitrary<Partial<Consent>> =>
  fc
    .tuple(untypedRoot(pools), policyRule, policy, fc.integer({ min: 0, max: 9 }))
    .map(([provision, rule, paper, shape]) => {
      const rules =
        shape === 0 ? { policy: paper } : shape === 1 ? { policy: paper, policyRule: rule } : { policyRule: rule }
      return { ...rules, ...(provision && { provision }) } as Partial<Consent>
    })

function performer({ patient, stranger, users }: Pools) {
  const by = (reference: string) => [{ reference }]
  return weighted<{ reference: string }[] | undefined>([
    [14, by(`Patient/${patient}`)],
    [4, by('RelatedPerson/rel-a')],
    [2, [...by(users[0]!), ...by(`Patient/${patient}`)]],
    [1, by(users[0]!)],
    [1, by(`Patient/${stranger}`)],
    [1, undefined],
  ])
}

export const consentArbitrary = (pools: Pools, id: Arbitrary<string> = pick(['c1', 'c2'])): Arbitrary<Resource> =>
  fc
    .tuple(
      fc.record({
        resourceType: fc.constant('Consent' as const),
        id,
        meta: lastUpdated.map((at) => ({ lastUpdated: at })),
        status,
        scope,
        category,
        patient: fc.constant({ reference: `Patient/${pools.patient}` }),
        dateTime,
        performer: performer(pools),
        organization: fc.oneof(
          { weight: 6, arbitrary: pick(pools.organisations).map((one) => [{ reference: `Organization/${one}` }]) },
          { weight: 1, arbitrary: fc.constant(undefined) },
        ),
      }),
      fc.oneof({ weight: 7, arbitrary: dialectA(pools) }, { weight: 3, arbitrary: dialectB(pools) }),
    )
    .map(([frame, terms]) => fhir({ ...frame, ...terms }) as unknown as Resource)

const COUNTS = weighted([
  [2, 0],
  [8, 1],
  [5, 2],
  [2, 3],
  [1, 4],
  [1, 5],
])

/** Up to five consents of the patient, each under an id of its own. */
export const consentsArbitrary = (pools: Pools): Arbitrary<Resource[]> =>
  COUNTS.chain((count) =>
    fc.tuple(...Array.from({ length: count }, (_, at) => consentArbitrary(pools, fc.constant(`c${at}`)))),
  )
