// The few names that everything drawn shares, so that rules hit what is asked. Pure.
import fc, { type Arbitrary } from 'fast-check'

export interface Pools {
  /** Id of the patient whom data and consents are about. */
  readonly patient: string
  /** Id of somebody else. */
  readonly stranger: string
  readonly users: readonly string[]
  readonly groups: readonly string[]
  /** Ids of Organizations. */
  readonly organisations: readonly string[]
  readonly now: number
}

export const POOLS: Pools = {
  patient: 'p1',
  stranger: 'p2',
  users: ['Practitioner/dr-a', 'Practitioner/dr-b', 'PractitionerRole/role-a'],
  groups: ['Group/group-a', 'CareTeam/team-a', 'PractitionerRole/role-a'],
  organisations: ['org-a', 'org-b'],
  now: Date.parse('2026-03-15T12:00:00Z'),
}

export const TYPES = [
  'Observation',
  'Condition',
  'MedicationRequest',
  'Encounter',
  'DocumentReference',
  'AllergyIntolerance',
] as const
export type Type = (typeof TYPES)[number]

/** Ids of one type: few, so that data criteria name what is there. */
export const IDS: Readonly<Record<Type, readonly string[]>> = {
  Observation: ['obs-1', 'obs-2'],
  Condition: ['con-1', 'con-2'],
  MedicationRequest: ['med-1'],
  Encounter: ['enc-1'],
  DocumentReference: ['doc-1'],
  AllergyIntolerance: ['all-1'],
}
export const namesOf = (type: Type): string[] => IDS[type].map((id) => `${type}/${id}`)

export const PROFILES = ['http://example.org/StructureDefinition/vital', 'http://example.org/StructureDefinition/note']

export const LOINC = 'http://loinc.org'
export const SNOMED = 'http://snomed.info/sct'
export const CODES = [
  { system: LOINC, code: '8867-4' },
  { system: LOINC, code: '55284-4' },
  { system: SNOMED, code: '73211009' },
  { system: SNOMED, code: '8867-4' },
]

export const terminology = (name: string): string => `http://terminology.hl7.org/CodeSystem/${name}`
export const coding = (name: string) => (code: string) => ({ system: terminology(name), code })

/** One of the values, each as often as its weight says. */
export const weighted = <T>(table: readonly (readonly [weight: number, value: T])[]): Arbitrary<T> =>
  fc.oneof(...table.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })))

/** The value in so many of a hundred cases, else undefined. */
export const sometimes = <T>(percent: number, value: Arbitrary<T>): Arbitrary<T | undefined> =>
  fc.oneof({ weight: 100 - percent, arbitrary: fc.constant(undefined) }, { weight: percent, arbitrary: value })

export const pick = <T>(values: readonly T[]): Arbitrary<T> => fc.constantFrom(...values)

/** One to `most` different values. */
export const some = <T>(values: Arbitrary<T>, most = 2): Arbitrary<T[]> =>
  fc.uniqueArray(values, { minLength: 1, maxLength: most, selector: (value) => JSON.stringify(value) })

/** Made once for the same pools: to make an arbitrary takes longer than to draw from it. */
export function once<T extends object>(make: (pools: Pools) => T): (pools: Pools) => T {
  const made = new WeakMap<Pools, T>()
  return (pools) => {
    const known = made.get(pools) ?? make(pools)
    made.set(pools, known)
    return known
  }
}

/** FHIR JSON has no undefined and no empty arrays. */
export function fhir<T extends object>(drawn: T): T {
  const kept = Object.entries(drawn).filter(([, value]) => value !== undefined && !isEmpty(value))
  return Object.fromEntries(kept) as T
}
const isEmpty = (value: unknown): boolean => Array.isArray(value) && value.length === 0

/** `percent` for each element: an object with each of them so often, and without the others. */
export const partly = <T extends object>(table: { [K in keyof T]: readonly [number, Arbitrary<T[K]>] }) =>
  fc
    .record(
      Object.fromEntries(
        Object.entries(table).map(([name, entry]) => {
          const [percent, value] = entry as readonly [number, Arbitrary<unknown>]
          return [name, sometimes(percent, value)]
        }),
      ),
    )
    .map((drawn) => fhir(drawn) as Partial<T>)

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Days before and after now, as a date or with a time; never within the second of `now` itself. */
export function moments(now: number): Arbitrary<{ past: string; future: string }> {
  const written = (at: number, form: number): string =>
    form === 0 ? new Date(at).toISOString() : form === 1 ? new Date(at).toISOString().slice(0, 10) : zoned(at)
  const zoned = (at: number): string => new Date(at + 2 * HOUR).toISOString().replace(/\.\d+Z$/, '+02:00')
  return fc
    .tuple(pick([HOUR, 20 * HOUR, 2 * DAY, 40 * DAY]), pick([HOUR, 20 * HOUR, 2 * DAY, 40 * DAY]), pick([0, 1, 2]))
    .map(([back, ahead, form]) => ({ past: written(now - back, form), future: written(now + ahead, form) }))
}

/** Periods around `now`: most hold, the others are over or to come. */
export const periods = (now: number): Arbitrary<{ start?: string; end?: string }> =>
  fc.tuple(moments(now), fc.integer({ min: 0, max: 9 })).map(([{ past, future }, shape]) => {
    if (shape < 3) return { start: past }
    if (shape < 5) return { end: future }
    if (shape < 7) return { start: past, end: future }
    return shape === 9 ? { start: future } : { end: past }
  })

/** Periods of the past in which data lies wholly, partly or not at all. */
export const dataPeriods: Arbitrary<{ start?: string; end?: string }> = fc.constantFrom(
  { start: '2025' },
  { start: '2025', end: '2025' },
  { start: '2025-06', end: '2025-12-31' },
  { start: '2025-11-02T09:30:00Z' },
  { end: '2025-11-02' },
  { end: '2025-11-02T10:30:00+01:00' },
  { start: '2024-01-01', end: '2026-01' },
)
