// The clinical period and the custodian of a resource, read from its own elements for the oracle's questions.
// https://hl7.org/fhir/R4/consent-definitions.html#Consent.provision.dataPeriod
import type { Period, Reference } from '@medplum/fhirtypes'
import { periodSpan, span } from './oracle/dates.ts'
import type { Resource, Span } from './oracle/question.ts'

const ELEMENTS: Readonly<Record<string, readonly string[]>> = {
  Observation: ['effectiveDateTime', 'effectivePeriod', 'effectiveInstant'],
  Condition: ['onsetDateTime', 'onsetPeriod'],
  MedicationRequest: ['authoredOn'],
  Encounter: ['period'],
  DocumentReference: ['date'],
  AllergyIntolerance: ['recordedDate'],
}

/** When it happened, by the element of the type's date; undefined where that is not known. */
export function clinicalPeriod(resource: Resource): Span | undefined {
  const elements = ELEMENTS[String(resource.resourceType)] ?? []
  const value = elements.map((element) => resource[element]).find((found) => found !== undefined)
  if (value === undefined) return undefined
  return typeof value === 'string' ? span(value) : periodSpan(value as Period)
}

const HOLDERS: Readonly<Record<string, string>> = {
  Encounter: 'serviceProvider',
  DocumentReference: 'custodian',
}

/** Whether the resource itself says who holds it. */
export const namesCustodian = (type: string): boolean => Object.hasOwn(HOLDERS, type)

/** Id of the Organization that the resource names as its holder. */
export function custodianOf(resource: Resource): string | undefined {
  const holder = resource[HOLDERS[String(resource.resourceType)] ?? ''] as Reference | undefined
  return holder?.reference?.split('/')[1]
}
