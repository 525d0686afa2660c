// Teams and plans for people with long-term problems. Pure.
// https://hl7.org/fhir/R4/careteam.html, https://hl7.org/fhir/R4/careplan.html
import { type Day, dateText } from './calendar.ts'
import type { Chart } from './chart.ts'
import type { ChronicKey } from './chronic.ts'
import type { Problem } from './history.ts'
import { DEPARTMENTS, organization } from './hospitals.ts'
import { concept, given, LOINC, type Reference, type Resource, reference, SNOMED } from './resource.ts'
import type { Member } from './staff.ts'

const ACTIVITIES: Partial<Record<ChronicKey, readonly (readonly [code: string, display: string])[]>> = {
  'diabetes-2': [
    ['11816003', 'Diet education (procedure)'],
    ['229065009', 'Exercise therapy (regime/therapy)'],
  ],
  'diabetes-1': [['11816003', 'Diet education (procedure)']],
  hypertension: [['183063000', 'Low salt diet education (procedure)']],
  copd: [['15081005', 'Pulmonary rehabilitation (regime/therapy)']],
  depression: [['228557008', 'Cognitive and behavioral therapy (regime/therapy)']],
  opioid: [['266707007', 'Drug addiction therapy (regime/therapy)']],
}

/** Problems that are looked after by more than one person. */
const followed = ({ history }: Chart): Problem[] =>
  history.problems.filter((problem) => problem.entry.every !== undefined)

/** Two such problems make a team, or one in a protected department. */
export function team(chart: Chart): Reference | undefined {
  const problems = followed(chart)
  const protectedOne = problems.some(
    ({ entry }) => DEPARTMENTS.find((each) => each.key === entry.department)?.protected,
  )
  return problems.length > 1 || protectedOne ? reference('CareTeam', `demo-${chart.person.key}-team`) : undefined
}

const begins = (chart: Chart, problems: readonly Problem[]): Day =>
  Math.min(chart.person.until, Math.max(chart.person.from, ...problems.map((problem) => problem.onset)) + 5)

function members(chart: Chart, problems: readonly Problem[]): Member[] {
  const { person, roster } = chart
  const specialists = problems.map(({ entry }) =>
    roster.members.find(
      ({ hospital, department, kind }) =>
        hospital === person.hospital && department.key === entry.department && kind === 'doctor',
    ),
  )
  const all = [person.gp, ...specialists, person.nurse].filter((member) => member !== undefined)
  return all.filter((member, index) => all.findIndex((other) => other.key === member.key) === index)
}

export function* teams(chart: Chart): Generator<Resource, void> {
  if (team(chart) === undefined) return
  const { person } = chart
  const problems = followed(chart)
  yield {
    resourceType: 'CareTeam',
    id: `demo-${person.key}-team`,
    status: person.died === undefined ? 'active' : 'inactive',
    category: [concept(LOINC, 'LA28865-6', 'Longitudinal care-coordination focused care team')],
    name: `Care team of patient ${person.key}`,
    subject: person.reference,
    period: given({
      start: dateText(begins(chart, problems)),
      end: person.died === undefined ? undefined : dateText(person.died),
    }),
    participant: members(chart, problems).map((member) => ({ member: member.practitioner })),
    reasonReference: problems.map((problem) => problem.reference),
    managingOrganization: [organization(person.hospital)],
  }
}

export function* plans(chart: Chart): Generator<Resource, void> {
  const { person } = chart
  const joint = team(chart)
  for (const problem of followed(chart)) {
    const activities = ACTIVITIES[problem.entry.key]
    if (activities === undefined) continue
    const status = person.died === undefined ? 'in-progress' : 'stopped'
    const start = dateText(begins(chart, [problem]))
    yield given({
      resourceType: 'CarePlan',
      id: `demo-${person.key}-plan-${problem.entry.key}`,
      status: person.died === undefined ? 'active' : 'revoked',
      intent: 'plan',
      category: [concept('http://hl7.org/fhir/us/core/CodeSystem/careplan-category', 'assess-plan')],
      title: `Plan for ${problem.entry.snomed[1].replace(/ \([a-z]+\)$/, '').toLowerCase()}`,
      subject: person.reference,
      period: given({ start, end: person.died === undefined ? undefined : dateText(person.died) }),
      created: start,
      author: person.gp.practitioner,
      careTeam: joint === undefined ? undefined : [joint],
      addresses: [problem.reference],
      activity: activities.map((code) => ({ detail: { code: concept(SNOMED, ...code), status } })),
    })
  }
}
