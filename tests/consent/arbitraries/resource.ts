// Records of one patient: few ids, codes, labels and dates, and references between them. Every one is valid R4. Pure.
import fc, { type Arbitrary } from 'fast-check'
import { referencesOf } from '../oracle/facts.ts'
import type { Resource } from '../oracle/question.ts'
import {
  CODES,
  coding,
  fhir,
  IDS,
  namesOf,
  once,
  type Pools,
  PROFILES,
  partly,
  pick,
  some,
  sometimes,
  TYPES,
  type Type,
  weighted,
} from './pools.ts'

const reference = (name: string) => ({ reference: name })
const to = (names: readonly string[]) => pick(names).map(reference)
const concept = pick(CODES).map((code) => ({ coding: [code] }))

const confidentiality = weighted([
  [1, 'U'],
  [2, 'L'],
  [1, 'M'],
  [8, 'N'],
  [3, 'R'],
  [1, 'V'],
]).map(coding('v3-Confidentiality'))
const sensitivity = weighted([
  [3, 'PSY'],
  [2, 'ETH'],
  [2, 'ETHUD'],
  [1, 'SUD'],
  [1, 'OPIOIDUD'],
  [1, 'PSYTHPN'],
  [2, 'HIV'],
  [1, 'COGN'],
  [1, 'MH'],
]).map(coding('v3-ActCode'))
/** Says what to do with data that is told; no rule is about it. */
const handling = pick(['NORDSCLCD', 'NOREUSE', 'ENCRYPT']).map(coding('v3-ActCode'))
const testData = fc.constant(coding('v3-ActReason')('HTEST'))

const security = fc
  .tuple(
    sometimes(40, confidentiality),
    sometimes(30, some(sensitivity, 3)),
    sometimes(10, handling),
    sometimes(5, testData),
  )
  .map(([level, kinds, ...others]) => [level, ...(kinds ?? []), ...others].filter((label) => label !== undefined))
  .chain((labels) => fc.shuffledSubarray(labels, { minLength: labels.length, maxLength: labels.length }))

const meta = fc
  .tuple(security, sometimes(40, some(pick(PROFILES))))
  .map(([labels, profile]) => fhir({ security: labels, profile }))
  .map((drawn) => (Object.keys(drawn).length > 0 ? drawn : undefined))

const dateTime = pick(['2024', '2025-06', '2025-11-02', '2025-11-02T09:30:00Z', '2026-03-14T23:30:00-05:00'])
const period = pick([
  { start: '2025-10', end: '2025-11-02' },
  { start: '2025-11-02T08:00:00Z', end: '2025-11-02T09:30:00Z' },
  { start: '2024-12-31' },
  { end: '2025-01-01' },
])

type Elements = Readonly<Record<string, readonly [percent: number, value: Arbitrary<unknown>]>>

const people = (pools: Pools) => to(pools.users)
const organisation = (pools: Pools) => to(pools.organisations.map((id) => `Organization/${id}`))
const author = (pools: Pools) => fc.oneof(people(pools), people(pools), organisation(pools))

/** Beside id, meta and the patient: each element and how often it is there. */
const ELEMENTS: Readonly<Record<Type, (pools: Pools) => Elements>> = {
  Observation: (pools) => ({
    status: [100, fc.constant('final')],
    code: [100, concept],
    effectiveDateTime: [70, dateTime],
    performer: [60, some(author(pools))],
    encounter: [50, to(namesOf('Encounter'))],
  }),
  Condition: (pools) => ({
    clinicalStatus: [100, fc.constant({ coding: [coding('condition-clinical')('active')] })],
    code: [80, concept],
    onsetPeriod: [60, period],
    recorder: [40, people(pools)],
    asserter: [40, people(pools)],
    encounter: [30, to(namesOf('Encounter'))],
  }),
  MedicationRequest: (pools) => ({
    status: [100, fc.constant('active')],
    intent: [100, fc.constant('order')],
    medicationCodeableConcept: [100, concept],
    authoredOn: [70, dateTime],
    requester: [60, author(pools)],
    recorder: [20, people(pools)],
    reasonReference: [50, some(to([...namesOf('Condition'), ...namesOf('Observation')]))],
  }),
  Encounter: (pools) => ({
    status: [100, fc.constant('finished')],
    class: [100, fc.constant(coding('v3-ActCode')('AMB'))],
    type: [50, some(concept)],
    period: [70, period],
    serviceProvider: [80, organisation(pools)],
    diagnosis: [60, some(to(namesOf('Condition'))).map((all) => all.map((condition) => ({ condition })))],
  }),
  DocumentReference: (pools) => ({
    status: [100, fc.constant('current')],
    type: [60, concept],
    date: [60, pick(['2025-11-02T09:30:00Z', '2026-01-05T00:00:00.250+01:00'])],
    author: [60, some(author(pools))],
    custodian: [70, organisation(pools)],
    context: [60, some(to(namesOf('Observation'))).map((related) => ({ related }))],
    content: [100, fc.constant([{ attachment: { contentType: 'text/plain', data: 'bm90ZQ==' } }])],
  }),
  AllergyIntolerance: (pools) => ({
    clinicalStatus: [100, fc.constant({ coding: [coding('allergyintolerance-clinical')('active')] })],
    code: [80, concept],
    recordedDate: [60, dateTime],
    recorder: [50, people(pools)],
    asserter: [30, people(pools)],
  }),
}

const patientElement = (type: Type): string => (type === 'AllergyIntolerance' ? 'patient' : 'subject')

/** A resource of the patient's compartment, of this type and under this id. */
export const resourceArbitrary = (pools: Pools, type: Type, id: string): Arbitrary<Resource> =>
  fc.tuple(meta, partly(ELEMENTS[type](pools) as Record<string, [number, Arbitrary<unknown>]>)).map(
    ([labels, elements]): Resource =>
      fhir({
        resourceType: type,
        id,
        meta: labels,
        [patientElement(type)]: reference(`Patient/${pools.patient}`),
        ...elements,
      }),
  )

/** Everything that is on file about the patient, each resource under a name of its own. */
export const recordArbitrary = once(
  (pools): Arbitrary<Resource[]> =>
    fc.tuple(...TYPES.flatMap((type) => IDS[type].map((id) => resourceArbitrary(pools, type, id)))),
)

/** The local references that a resource of the record holds, by its name. */
export const linkedIn =
  (record: readonly Resource[]) =>
  (name: string): readonly string[] =>
    record.filter(({ resourceType, id }) => name === `${resourceType}/${id}`).flatMap(referencesOf)
