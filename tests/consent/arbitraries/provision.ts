// Provisions in both dialects, nested to depth 3, with every criterion, understood or not. Pure.
// https://hl7.org/fhir/R4/consent-definitions.html#Consent.provision
import type { ConsentProvision } from '@medplum/fhirtypes'
import fc, { type Arbitrary } from 'fast-check'
import {
  CODES,
  coding,
  dataPeriods,
  namesOf,
  once,
  type Pools,
  PROFILES,
  partly,
  periods,
  pick,
  some,
  TYPES,
  weighted,
} from './pools.ts'

/** Mostly the first; now and then something that nobody can enforce. */
const mostly = <T>(known: Arbitrary<T>, unknown: Arbitrary<T>): Arbitrary<T> =>
  fc.oneof({ weight: 24, arbitrary: known }, { weight: 1, arbitrary: unknown })

const reason = coding('v3-ActReason')
const foreign = { system: 'http://example.org/codes', code: 'foo' }

const purpose = mostly(
  weighted([
    [12, 'TREAT'],
    [2, 'ETREAT'],
    [3, 'BTG'],
    [3, 'HPAYMT'],
    [3, 'HOPERAT'],
    [4, 'HRESCH'],
    [1, 'CLINTRCH'],
    [1, 'PATRQT'],
  ]).map(reason),
  pick([reason('FOO'), { ...foreign, code: 'TREAT' }]),
)

/** Break-glass is named even where nobody can read what stands beside it. */
const purposes = fc.oneof(
  { weight: 18, arbitrary: some(purpose, 3) },
  { weight: 1, arbitrary: fc.constant([reason('BTG'), reason('FOO')]) },
)

const confidentiality = coding('v3-Confidentiality')
const act = coding('v3-ActCode')
const label = mostly(
  fc.oneof(
    pick(['N', 'N', 'R', 'V', 'L']).map(confidentiality),
    pick(['PSY', 'ETH', 'SUD', 'ETHUD', 'SPI', 'HIV', 'BH', 'MH']).map(act),
  ),
  pick([act('FOO'), confidentiality('X'), foreign]),
)

const role = (code: string) => ({ coding: [coding('v3-ParticipationType')(code)] })
const reference = (name: string) => ({ reference: name })

function recipients(pools: Pools): string[] {
  const organisations = pools.organisations.map((id) => `Organization/${id}`)
  return [...pools.users, ...organisations, ...organisations, ...pools.groups, `Patient/${pools.stranger}`]
}

function actors(pools: Pools) {
  const organisations = pools.organisations.map((id) => `Organization/${id}`)
  const one = (codes: readonly string[], names: readonly string[]) =>
    fc.record({ role: pick(codes).map(role), reference: pick(names).map(reference) })
  const known = fc.oneof(
    { weight: 6, arbitrary: one(['IRCP', 'IRCP', 'PRCP', 'IND'], recipients(pools)) },
    { weight: 4, arbitrary: one(['CST'], organisations) },
    { weight: 2, arbitrary: one(['AUT'], [...pools.users, ...organisations]) },
  )
  const nobody = pick<object>([
    { display: 'somebody' },
    { reference: 'https://elsewhere.example/fhir/Practitioner/dr-a' },
    { identifier: { system: 'urn:ietf:rfc:3986', value: 'urn:oid:1.2.3' } },
  ])
  const unknown = fc.record({ role: pick(['IRCP', 'CST', 'AUT']).map(role), reference: nobody })
  return some(mostly<object>(known, unknown), 3)
}

const action = mostly(
  pick(['access', 'access', 'access', 'disclose', 'disclose', 'collect', 'use', 'correct']).map((code) => ({
    coding: [coding('consentaction')(code)],
  })),
  pick<object>([{ coding: [coding('consentaction')('foo')] }, { text: 'read' }]) as Arbitrary<never>,
)

const classes = mostly(
  fc.oneof(
    { weight: 2, arbitrary: pick(TYPES).map((code) => ({ system: 'http://hl7.org/fhir/resource-types', code })) },
    { weight: 1, arbitrary: pick(PROFILES).map((code) => ({ system: 'urn:ietf:rfc:3986', code })) },
  ),
  pick([{ system: 'urn:ietf:bcp:13', code: 'application/hl7-cda+xml' }]),
)

const code = mostly<object>(
  some(pick(CODES)).map((all) => ({ coding: all })),
  pick<object>([{ text: 'pulse' }, { coding: [{ code: '8867-4' }] }]),
)

function data(pools: Pools) {
  const names = TYPES.flatMap(namesOf)
  const about = (meaning: string, all: readonly string[]) =>
    pick(all).map((name) => ({ meaning, reference: reference(name) }))
  const known = fc.oneof(
    about('instance', names),
    about('related', RELATING),
    about('dependents', [...namesOf('Encounter'), ...namesOf('Condition'), `Patient/${pools.patient}`]),
    about('authoredby', [...pools.users, ...pools.organisations.map((id) => `Organization/${id}`)]),
  )
  return some(mostly<object>(known, fc.constant({ meaning: 'instance', reference: { display: 'that one' } })), 3)
}

/** Encounters, to which data relates; and now and then something else that holds references. */
const RELATING = [...Array(6).fill(namesOf('Encounter')).flat(), ...namesOf('MedicationRequest')] as string[]

/** Criteria alone, each as often as said. */
const criteria = once(
  (pools) =>
    partly<Record<string, unknown>>({
      period: [14, periods(pools.now)],
      actor: [28, actors(pools)],
      action: [16, some(action, 3)],
      securityLabel: [24, some(label)],
      purpose: [26, purposes],
      class: [18, some(classes)],
      code: [16, some(code)],
      dataPeriod: [18, dataPeriods],
      data: [30, data(pools)],
    }) as Arbitrary<ConsentProvision>,
)

type TypeOf = 'permit' | 'deny' | undefined
const nestedType = weighted<TypeOf>([
  [24, 'permit'],
  [24, 'deny'],
  [1, undefined],
])

/** Levels of rules that may stand below. */
function nested(pools: Pools, levels: number, types: Arbitrary<TypeOf>): Arbitrary<ConsentProvision[]> {
  if (levels === 0) return fc.constant([])
  const count = weighted([
    [5, 0],
    [3, 1],
    [2, 2],
  ])
  const [own, inner] = [criteria(pools), nested(pools, levels - 1, types)]
  const one = types.chain((type) => provision(type, own, inner)).filter((drawn) => Object.keys(drawn).length > 0)
  const lists = [0, 1, 2].map((length) => fc.array(one, { minLength: length, maxLength: length }))
  return count.chain((length) => lists[length]!)
}

const provision = (
  type: TypeOf,
  own: Arbitrary<ConsentProvision>,
  inner: Arbitrary<ConsentProvision[]>,
): Arbitrary<ConsentProvision> =>
  fc.tuple(own, inner).map(([said, below]) => ({
    ...(type && { type }),
    ...said,
    ...(below.length > 0 && { provision: below }),
  }))

/** Dialect A: IHE PCF. */
export const typedRoot = once((pools): Arbitrary<ConsentProvision> => {
  const inner = nested(pools, 3, nestedType)
  return weighted<TypeOf>([
    [9, 'permit'],
    [4, 'deny'],
  ]).chain((type) => provision(type, criteria(pools), inner))
})

/** Dialect B: none at all, a container, a list of permits, or an exception. */
export const untypedRoot = once((pools): Arbitrary<ConsentProvision | undefined> => {
  const container = partly<Record<string, unknown>>({ period: [40, periods(pools.now)] }) as Arbitrary<ConsentProvision>
  const root = (own: Arbitrary<ConsentProvision>, types: Arbitrary<TypeOf>) =>
    provision(undefined, own, nested(pools, 3, types)).filter((drawn) => Object.keys(drawn).length > 0)
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant(undefined) },
    { weight: 2, arbitrary: root(container, nestedType) },
    { weight: 2, arbitrary: root(container, fc.constant('permit' as const)) },
    { weight: 4, arbitrary: root(criteria(pools), nestedType) },
  )
})
