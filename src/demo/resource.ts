// The few FHIR shapes that the demo population is built from, https://hl7.org/fhir/R4/datatypes.html. Pure.

export interface Resource {
  resourceType: string
  id: string
  [element: string]: unknown
}

export interface Reference {
  reference: string
  display?: string
}

export interface Coding {
  system: string
  code: string
  display?: string
}

export interface Concept {
  coding: Coding[]
  text?: string
}

export interface Quantity {
  value: number
  unit: string
  system: string
  code: string
}

const TERMINOLOGY = 'http://terminology.hl7.org/CodeSystem'

/** Names of code systems by a short word; `terminology('x')` gives those of terminology.hl7.org. */
export const SNOMED = 'http://snomed.info/sct'
export const LOINC = 'http://loinc.org'
export const RXNORM = 'http://www.nlm.nih.gov/research/umls/rxnorm'
export const ICD10 = 'http://hl7.org/fhir/sid/icd-10-cm'
export const CVX = 'http://hl7.org/fhir/sid/cvx'
export const UCUM = 'http://unitsofmeasure.org'
export const terminology = (name: string): string => `${TERMINOLOGY}/${name}`

/** Everything the demo invents (identifiers, policies, tags) lives under a name that can never be registered. */
export const DEMO = 'https://demo.healthchain.example'

/** Marks a person as invented; on every Patient, Practitioner and RelatedPerson. */
export const SYNTHETIC = {
  tag: [{ system: `${DEMO}/tag`, code: 'synthetic', display: 'Invented person, no real data' }],
}

export const reference = (resourceType: string, id: string, display?: string): Reference =>
  display === undefined ? { reference: `${resourceType}/${id}` } : { reference: `${resourceType}/${id}`, display }

export const coding = (system: string, code: string, display?: string): Coding =>
  display === undefined ? { system, code } : { system, code, display }

export const concept = (system: string, code: string, display?: string): Concept => ({
  coding: [coding(system, code, display)],
  ...(display === undefined ? {} : { text: display }),
})

/** A UCUM quantity; `code` defaults to the unit as people write it. https://ucum.org */
export const quantity = (value: number, unit: string, code = unit): Quantity => ({ value, unit, system: UCUM, code })

/** The object without its absent members, so that what is walked equals what is printed. */
export function given<T extends object>(object: T): T {
  for (const key of Object.keys(object) as (keyof T)[]) if (object[key] === undefined) delete object[key]
  return object
}

/** Rounds to decimals as a chart prints them. */
export const round = (value: number, decimals = 0): number => Number(value.toFixed(decimals))
