// Consents of one patient: in force and not, signed and not, replaced and standing side by side. Every one is valid R4.
// https://hl7.org/fhir/R4/consent.html
import type { Consent } from '@medplum/fhirtypes'
import fc, { type Arbitrary } from 'fast-check'
import type { Resource } from '../oracle/question.ts'
import { coding, fhir, once, type Pools, pick, sometimes, weighted } from './pools.ts'
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
/** Codes of other systems, and of none. */
const foreign = (code: string) => pick<object>([{ coding: [{ code }] }, { coding: [{ system: 'urn:other', code }] }])
const scope = fc.oneof(
  {
    weight: 21,
    arbitrary: weighted<object>(
      (
        [
          [16, 'patient-privacy'],
          [3, 'research'],
          [1, 'treatment'],
          [1, 'adr'],
        ] as const
      ).map(([weight, code]) => [weight, concept('consentscope')(code)]),
    ),
  },
  { weight: 3, arbitrary: pick(['patient-privacy', 'research']).chain(foreign) },
)

const PAPER = { coding: [{ system: 'http://loinc.org', code: '59284-0' }] }
const NOTICE = concept('consentcategorycodes')('npp')
const category = weighted([
  [20, [PAPER]],
  [2, [PAPER, NOTICE]],
  [1, [NOTICE]],
  [1, [{ coding: [{ system: 'urn:other', code: 'npp' }] }]],
  [1, [{ coding: [...NOTICE.coding, ...PAPER.coding] }]],
])

/** Few matters and few days, so that consents replace each other. */
const POLICIES = ['http://example.org/policy/sharing', 'http://example.org/policy/emergency', 'urn:uuid:policy']
const dateTime = pick([
  ...['2025', '2026-01', '2026-02-03', '2026-02-04T10:00:00Z', '2026-02-04T12:00:00+02:00', undefined],
  // Dates to come, for whoever would have the last word for ever.
  ...['2026-02-05T10:00:00.001Z', '2026-02-06', '2099', '2100-01-01'],
])
const lastUpdated = pick([
  '2026-01-20T10:00:00.000Z',
  '2026-02-05T10:00:00.000Z',
  '2026-02-05T10:00:00.001Z',
  '2026-02-05T12:00:00.000+02:00',
])

const CHOICES = weighted([
  [5, 'OPTIN'],
  [2, 'OPTINR'],
  [3, 'OPTOUT'],
  [2, 'OPTOUTE'],
  [2, 'EMRGONLY'],
  [1, 'GRANTORCHOICE'],
]).map(concept('v3-ActCode'))
const both = (a: string, b: string) => ({ coding: [coding('v3-ActCode')(a), coding('v3-ActCode')(b)] })
const policyRule = fc.oneof(
  { weight: 14, arbitrary: CHOICES },
  {
    weight: 1,
    arbitrary: pick<object>([
      { text: 'as usual' },
      concept('consentpolicycodes')('cric'),
      concept('consentpolicycodes')('OPTIN'),
      both('OPTIN', 'OPTOUT'),
      both('OPTIN', 'OPTINR'),
    ]),
  },
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
    [2, [...by(`Patient/${patient}`), ...by('RelatedPerson/rel-a')]],
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
        // Recorded from a form by others, or given by the performers themselves.
        sourceReference: sometimes(40, fc.constant({ reference: 'DocumentReference/doc-1' })),
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

/** About one matter, so that each replaces those before it. */
const together = ([first, ...others]: Resource[]): Resource[] => {
  if (!first) return []
  const { scope: same, organization, policy: uri = [{ uri: POLICIES[0] }] } = first
  return [first, ...others].map((one) => fhir({ ...one, scope: same, organization, policy: uri }))
}

/** Up to five consents of the patient, each under an id of its own. */
export const consentsArbitrary = once((pools): Arbitrary<Resource[]> => {
  const each = Array.from({ length: 5 }, (_, at) => consentArbitrary(pools, fc.constant(`c${at}`)))
  return fc
    .tuple(
      COUNTS.chain((count) => fc.tuple(...each.slice(0, count))),
      weighted([
        [2, false],
        [1, true],
      ]),
    )
    .map(([consents, alike]) => (alike ? together(consents) : consents))
})
