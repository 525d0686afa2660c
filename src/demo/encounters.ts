// Visits as Encounters, https://hl7.org/fhir/R4/encounter.html. Pure. Class is v3-ActCode, type is SNOMED CT.

import type { VisitKind } from './appointments.ts'
import { moment } from './calendar.ts'
import type { Chart } from './chart.ts'
import { diagnosis, pregnancyCondition } from './conditions.ts'
import { organization, place } from './hospitals.ts'
import { coding, concept, given, quantity, type Resource, SNOMED, terminology } from './resource.ts'
import type { Visit } from './visits.ts'

interface Kind {
  class: readonly [code: string, display: string]
  type: readonly [code: string, display: string]
}

const AMBULATORY = ['AMB', 'ambulatory'] as const
const INPATIENT = ['IMP', 'inpatient encounter'] as const

const KINDS: Record<VisitKind, Kind> = {
  'check-up': { class: AMBULATORY, type: ['185349003', 'Encounter for check up (procedure)'] },
  'follow-up': { class: AMBULATORY, type: ['390906007', 'Follow-up encounter (procedure)'] },
  telehealth: { class: ['VR', 'virtual'], type: ['448337001', 'Telemedicine consultation with patient (procedure)'] },
  acute: { class: AMBULATORY, type: ['185345009', 'Encounter for symptom (procedure)'] },
  emergency: { class: ['EMER', 'emergency'], type: ['50849002', 'Emergency room admission (procedure)'] },
  inpatient: { class: INPATIENT, type: ['32485007', 'Hospital admission (procedure)'] },
  prenatal: { class: AMBULATORY, type: ['424619006', 'Prenatal visit (regime/therapy)'] },
  delivery: { class: INPATIENT, type: ['32485007', 'Hospital admission (procedure)'] },
}

function discharge({ kind, last }: Visit) {
  if (kind !== 'inpatient' && kind !== 'delivery') return undefined
  const [code, display] = last ? (['exp', 'Expired'] as const) : (['home', 'Home'] as const)
  return { dischargeDisposition: concept(terminology('discharge-disposition'), code, display) }
}

const participation = (code: string, display: string, individual: object, period?: object) =>
  given({ type: [concept(terminology('v3-ParticipationType'), code, display)], individual, period })

/** The problems are Conditions already; the reason of an acute visit becomes one afterwards, so it is only coded here. */
function reasons(chart: Chart, { problems, pregnancy, acute }: Visit) {
  const conditions = [
    ...problems.map((problem) => problem.reference),
    ...(pregnancy ? [pregnancyCondition(chart, pregnancy)] : []),
  ]
  return {
    reasonCode: acute ? [diagnosis(acute)] : undefined,
    reasonReference: conditions.length > 0 ? conditions : undefined,
    diagnosis:
      conditions.length > 0 ? conditions.map((condition, index) => ({ condition, rank: index + 1 })) : undefined,
  }
}

/** Death ends the last stay, whatever was planned. */
function ends({ person }: Chart, visit: Visit): string {
  if (visit.last && person.died !== undefined) {
    return moment(person.died, 60 + (person.index % 22) * 60, person.hospital.offset)
  }
  return moment(visit.day, visit.minute + visit.minutes, visit.hospital.offset)
}

export function encounter(chart: Chart, visit: Visit): Resource {
  const { person } = chart
  const kind = KINDS[visit.kind]
  const period = { start: moment(visit.day, visit.minute, visit.hospital.offset), end: ends(chart, visit) }
  return given({
    resourceType: 'Encounter',
    id: visit.id,
    status: 'finished',
    class: coding(terminology('v3-ActCode'), ...kind.class),
    type: [concept(SNOMED, ...kind.type)],
    serviceType: visit.department.specialty,
    subject: person.reference,
    participant: [participation('PPRF', 'primary performer', visit.doctor.practitioner, period)],
    period,
    length: visit.last ? undefined : quantity(visit.minutes, 'min'),
    ...reasons(chart, visit),
    hospitalization: discharge(visit),
    location: [{ location: place(visit.hospital, visit.department), status: 'completed', period }],
    serviceProvider: organization(visit.hospital),
  })
}
