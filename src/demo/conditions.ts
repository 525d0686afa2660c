// Problems, pregnancies and acute illness as Conditions, https://hl7.org/fhir/R4/condition.html. Pure.
// con-3, con-4 and con-5: a clinical status unless entered in error, never `active` after the end.
import { type Day, dateText, moment } from './calendar.ts'
import type { Chart } from './chart.ts'
import type { Problem } from './history.ts'
import type { Pregnancy } from './pregnancies.ts'
import {
  type Concept,
  coding,
  concept,
  given,
  ICD10,
  type Reference,
  type Resource,
  reference,
  SNOMED,
  terminology,
} from './resource.ts'
import type { Visit } from './visits.ts'

interface Coded {
  snomed: readonly [code: string, display: string]
  icd10?: readonly [code: string, display: string]
}

type Verification = 'confirmed' | 'provisional' | 'refuted' | 'entered-in-error'

export const diagnosis = ({ snomed, icd10 }: Coded): Concept => ({
  coding: [coding(SNOMED, ...snomed), ...(icd10 ? [coding(ICD10, ...icd10)] : [])],
  text: snomed[1].replace(/ \([a-z]+\)$/, ''),
})

const category = (code: 'problem-list-item' | 'encounter-diagnosis', display: string) => [
  concept(terminology('condition-category'), code, display),
]

function states(verification: Verification, clinical: string) {
  const verificationStatus = concept(terminology('condition-ver-status'), verification)
  if (verification === 'entered-in-error') return { verificationStatus }
  return { clinicalStatus: concept(terminology('condition-clinical'), clinical), verificationStatus }
}

/** The end of the problem within the record: a course that ended with it. */
function abated({ courses }: Chart, problem: Problem): Day | undefined {
  if (problem.entry.key !== 'depression' && problem.entry.key !== 'iron-deficiency') return undefined
  return courses.find((course) => course.problem === problem)?.until
}

export function* problemList(chart: Chart): Generator<Resource, void> {
  const { person, history } = chart
  for (const problem of history.problems) {
    const end = abated(chart, problem)
    const remission = problem.entry.key === 'depression' ? 'remission' : 'resolved'
    yield given({
      resourceType: 'Condition',
      id: `demo-${person.key}-${problem.entry.key}`,
      ...states('confirmed', end === undefined ? 'active' : remission),
      category: category('problem-list-item', 'Problem List Item'),
      code: diagnosis(problem.entry),
      subject: person.reference,
      onsetDateTime: dateText(problem.onset),
      abatementDateTime: end === undefined ? undefined : dateText(end),
      recordedDate: dateText(Math.max(problem.onset, person.born + 1)),
      recorder: person.gp.practitioner,
    })
  }
}

export const pregnancyCondition = (chart: Chart, pregnancy: Pregnancy): Reference =>
  reference('Condition', `demo-${chart.person.key}-pregnancy-${chart.pregnancies.indexOf(pregnancy) + 1}`)

export function* pregnancyList(chart: Chart): Generator<Resource, void> {
  for (const pregnancy of chart.pregnancies) {
    const { from, birth } = pregnancy
    yield {
      resourceType: 'Condition',
      id: pregnancyCondition(chart, pregnancy).reference.slice('Condition/'.length),
      ...states('confirmed', 'resolved'),
      category: category('problem-list-item', 'Problem List Item'),
      code: diagnosis({ snomed: ['72892002', 'Normal pregnancy (finding)'] }),
      subject: chart.person.reference,
      onsetDateTime: dateText(from),
      abatementDateTime: dateText(birth),
      recordedDate: dateText(from + 56),
      recorder: chart.person.gp.practitioner,
    }
  }
}

export const acuteReference = (visit: Visit): Reference => reference('Condition', `${visit.id}-diagnosis`)

function verification(visit: Visit): Verification {
  const random = visit.random.branch('verification')
  if (visit.kind === 'inpatient') return 'confirmed'
  return random.weighted([
    ['confirmed', 92],
    ['provisional', 4],
    ['refuted', 2],
    ['entered-in-error', 2],
  ] as const)
}

/** The diagnosis of an acute visit. */
export function* acuteCondition(chart: Chart, visit: Visit): Generator<Resource, void> {
  if (visit.acute === undefined) return
  const certain = verification(visit)
  const end = visit.day + visit.acute.lasts
  const over = !visit.last && certain === 'confirmed' && end <= chart.person.until
  yield given({
    resourceType: 'Condition',
    id: `${visit.id}-diagnosis`,
    ...states(certain, over ? 'resolved' : certain === 'refuted' ? 'inactive' : 'active'),
    category: category('encounter-diagnosis', 'Encounter Diagnosis'),
    code: diagnosis(visit.acute),
    subject: chart.person.reference,
    encounter: visit.reference,
    onsetDateTime: dateText(Math.max(chart.person.born, visit.day - visit.random.branch('since').int(0, 4))),
    abatementDateTime: over ? dateText(end) : undefined,
    recordedDate: moment(visit.day, visit.minute + 10, visit.hospital.offset),
    recorder: visit.doctor.practitioner,
    asserter: visit.doctor.practitioner,
  })
}
