// One study on type 2 diabetes and its cohort of people who agreed. Pure.
// https://hl7.org/fhir/R4/researchstudy.html, https://hl7.org/fhir/R4/group.html
import { type Day, dateText } from './calendar.ts'
import { HOSPITALS, INSTITUTE } from './hospitals.ts'
import { concept, given, type Reference, type Resource, reference, SNOMED } from './resource.ts'
import { researcher } from './staff.ts'

export interface Participant {
  patient: Reference
  since: Day
}

const DIABETES = concept(SNOMED, '44054006', 'Diabetes mellitus type 2 (disorder)')

/** Comes last: the cohort refers to patients all over the population. */
export function* study(participants: readonly Participant[], begun: Day): Generator<Resource, void> {
  yield given({
    resourceType: 'Group',
    id: 'demo-cohort-diabetes',
    active: true,
    type: 'person',
    actual: true,
    name: 'Cohort of the demo diabetes study',
    quantity: participants.length,
    managingEntity: INSTITUTE,
    member:
      participants.length === 0
        ? undefined
        : participants.map(({ patient, since }) => ({ entity: patient, period: { start: dateText(since) } })),
  })
  yield {
    resourceType: 'ResearchStudy',
    id: 'demo-study-diabetes',
    title: 'Demo study of glucose control in type 2 diabetes',
    status: 'active',
    condition: [DIABETES],
    description: 'An invented observational study; it shows what research sees of the people who agreed to it.',
    enrollment: [reference('Group', 'demo-cohort-diabetes')],
    period: { start: dateText(begun) },
    sponsor: INSTITUTE,
    principalInvestigator: researcher,
    site: HOSPITALS.map((hospital) => reference('Location', `demo-location-${hospital.key}`, hospital.name)),
  }
}
