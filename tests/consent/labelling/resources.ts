// Resources for the tests of labelling: as little of each as a label needs.
import { CONFIDENTIALITY } from '../../../src/consent/labels.ts'

export type Node = Record<string, unknown>

export const SNOMED = 'http://snomed.info/sct'
export const ICD10 = 'http://hl7.org/fhir/sid/icd-10-cm'
export const LOINC = 'http://loinc.org'
export const RXNORM = 'http://www.nlm.nih.gov/research/umls/rxnorm'
export const ACT_CODE = 'http://terminology.hl7.org/CodeSystem/v3-ActCode'

export const coded = (system: string, code: string, rest: Node = {}): Node => ({
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system, code }] },
  ...rest,
})

export const WEIGHT = coded(LOINC, '29463-7', {
  id: 'w',
  valueQuantity: { value: 70, unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' },
})
export const HIV = coded(SNOMED, '86406008', { id: 'h' })

export const label = (code: string) => ({ system: ACT_CODE, code })
export const level = (code: string) => ({ system: CONFIDENTIALITY, code })
export const labelled = (resource: Node, ...security: Node[]): Node => ({ ...resource, meta: { security } })

export const securityOf = (resource: Node): Node[] =>
  ((resource.meta as Node | undefined)?.security as Node[] | undefined) ?? []
export const codesOf = (resource: Node): unknown[] => securityOf(resource).map(({ code }) => code)
