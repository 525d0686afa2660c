// Writes Observations with their range and interpretation, https://hl7.org/fhir/R4/observation.html. Pure.
import { moment } from './calendar.ts'
import { type Concept, concept, given, type Quantity, quantity, type Resource, terminology } from './resource.ts'
import type { Visit } from './visits.ts'

export interface Range {
  low?: number
  high?: number
  /** Beyond these a value is critical. */
  panicLow?: number
  panicHigh?: number
}

export interface Unit {
  unit: string
  code: string
  decimals: number
}

const INTERPRETATIONS = { HH: 'Critical high', H: 'High', N: 'Normal', L: 'Low', LL: 'Critical low' } as const

/** http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation */
export function interpretation(value: number, { low, high, panicLow, panicHigh }: Range): Concept {
  const above = high !== undefined && value > high
  const below = low !== undefined && value < low
  const critical = (panicHigh !== undefined && value > panicHigh) || (panicLow !== undefined && value < panicLow)
  const code = above ? (critical ? 'HH' : 'H') : below ? (critical ? 'LL' : 'L') : 'N'
  return concept(terminology('v3-ObservationInterpretation'), code, INTERPRETATIONS[code])
}

export const referenceRange = ({ low, high }: Range, { unit, code }: Unit): object =>
  given({
    low: low === undefined ? undefined : quantity(low, unit, code),
    high: high === undefined ? undefined : quantity(high, unit, code),
  })

/** The three elements that a measured number fills, of an Observation or of one of its components. */
export function measured(value: number, unit: Unit, range?: Range): { valueQuantity: Quantity } {
  const valueQuantity = quantity(value, unit.unit, unit.code)
  if (range === undefined) return { valueQuantity }
  return Object.assign(
    { valueQuantity },
    { interpretation: [interpretation(value, range)], referenceRange: [referenceRange(range, unit)] },
  )
}

const CATEGORIES = {
  'vital-signs': 'Vital Signs',
  laboratory: 'Laboratory',
  survey: 'Survey',
  'social-history': 'Social History',
}

export interface Finding {
  /** Last part of the id: `heart-rate`. */
  key: string
  category: keyof typeof CATEGORIES
  code: Concept
  /** Minutes after the beginning of the visit. */
  after?: number
  performer: object
  /** Final unless said; laboratories correct themselves. */
  status?: 'final' | 'amended' | 'corrected'
  /** When the laboratory let it go, in minutes after it was taken. */
  issuedAfter?: number
  /** value[x] or its absence, interpretation, ranges, components. */
  result: object
}

export function observation(visit: Visit, subject: object, finding: Finding): Resource {
  const { key, category, code, performer, result, issuedAfter, after = 0, status = 'final' } = finding
  const taken = visit.minute + after
  const at = (minute: number) => moment(visit.day, minute, visit.hospital.offset)
  return given({
    resourceType: 'Observation',
    id: `${visit.id}-${key}`,
    status,
    category: [concept(terminology('observation-category'), category, CATEGORIES[category])],
    code,
    subject,
    encounter: visit.reference,
    effectiveDateTime: at(taken),
    issued: issuedAfter === undefined ? undefined : at(taken + issuedAfter),
    performer: [performer],
    ...result,
  })
}
