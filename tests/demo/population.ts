// The population that the tests of this folder read, typed as FHIR and sorted by patient.
import type { Resource as FhirResource, Patient } from '@medplum/fhirtypes'
import { demoPopulation } from '../../src/demo/population.ts'

export const TODAY = '2026-05-01'

export type TypeName = FhirResource['resourceType']
export type Of<T extends TypeName> = Extract<FhirResource, { resourceType: T }>

export const generate = (seed: number, patients: number): FhirResource[] =>
  [...demoPopulation({ seed, patients, today: TODAY })] as unknown as FhirResource[]

/** Every reference below a node. */
export function* referencesIn(node: unknown): Generator<string, void> {
  if (typeof node !== 'object' || node === null) return
  if ('reference' in node && typeof node.reference === 'string') yield node.reference
  for (const child of Object.values(node)) yield* referencesIn(child)
}

/** Every date and time below a node with its path, `Encounter.period.end`. */
export function* momentsIn(node: unknown, path: string): Generator<readonly [string, string], void> {
  if (typeof node === 'string' && /^\d{4}-\d\d-\d\d(T|$)/.test(node)) yield [path, node]
  if (typeof node !== 'object' || node === null) return
  for (const [key, child] of Object.entries(node))
    yield* momentsIn(child, Array.isArray(node) ? path : `${path}.${key}`)
}

/** What the records of one patient hold, in the order in which they were made. */
export interface Record {
  patient: Patient
  all: FhirResource[]
  of<T extends TypeName>(type: T): Of<T>[]
  /** The Condition with that SNOMED CT code. */
  has(snomed: string): Of<'Condition'> | undefined
}

const KEY = /^demo-(?:patient-)?(\d{3,})/

export function recordsOf(population: readonly FhirResource[]): Record[] {
  const records = new Map<string, Record>()
  for (const resource of population) {
    const key = KEY.exec(resource.id ?? '')?.[1]
    if (key === undefined) continue
    if (resource.resourceType === 'Patient') records.set(key, recordOf(resource))
    records.get(key)?.all.push(resource)
  }
  return [...records.values()]
}

function recordOf(patient: Patient): Record {
  const all: FhirResource[] = []
  const of = <T extends TypeName>(type: T) => all.filter((each): each is Of<T> => each.resourceType === type)
  const has = (snomed: string) =>
    of('Condition').find(({ code }) => code?.coding?.some((coding) => coding.code === snomed))
  return { patient, all, of, has }
}

export const quantityOf = (observation: Of<'Observation'> | undefined): number | undefined =>
  observation?.valueQuantity?.value

/** Observations with that LOINC code. */
export const measurements = (record: Record, loinc: string): Of<'Observation'>[] =>
  record.of('Observation').filter(({ code }) => code?.coding?.some((coding) => coding.code === loinc))

/** RxNorm codes of the prescriptions. */
export const prescribed = (record: Record): (string | undefined)[] =>
  record.of('MedicationRequest').map((request) => request.medicationCodeableConcept?.coding?.[0]?.code)
