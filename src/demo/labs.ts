// Laboratory results as Observations, panels with their DiagnosticReport. Pure.
// https://hl7.org/fhir/R4/diagnosticreport.html
import { ageOn, moment } from './calendar.ts'
import { LABS, type LabKey, PANELS, type PanelKey } from './catalogue-labs.ts'
import type { Chart } from './chart.ts'
import { type Tube, tube } from './chemistry.ts'
import { organization } from './hospitals.ts'
import { measured, observation } from './observation.ts'
import { concept, LOINC, type Resource, reference, terminology } from './resource.ts'
import type { Visit } from './visits.ts'

/** Tests that the follow-up of a problem asks for, beside panels. */
const FOLLOW_UP: Record<string, readonly LabKey[]> = {
  'diabetes-1': ['hba1c'],
  'diabetes-2': ['hba1c'],
  hypothyroidism: ['tsh'],
  bipolar: ['lithium', 'tsh'],
  hiv: ['cd4'],
  'hepatitis-c': ['alt'],
  alcohol: ['alt'],
  'iron-deficiency': ['ferritin'],
}

const PANELS_FOR: Record<string, readonly PanelKey[]> = {
  'diabetes-2': ['metabolic'],
  'diabetes-1': ['metabolic'],
  'kidney-3': ['metabolic'],
  'kidney-4': ['metabolic'],
  'heart-failure': ['metabolic'],
  hypertension: ['metabolic'],
  coronary: ['lipids'],
  'iron-deficiency': ['blood-count'],
  'sickle-cell': ['blood-count'],
  'breast-cancer': ['blood-count'],
}

function panels({ person }: Chart, visit: Visit): Set<PanelKey> {
  const random = visit.random.branch('panels')
  const asked = new Set<PanelKey>()
  const age = ageOn(person.born, visit.day)
  if (visit.kind === 'check-up' && age >= 25) {
    if (random.chance(0.24)) asked.add('metabolic')
    if (random.chance(age > 38 ? 0.28 : 0.12)) asked.add('lipids')
    if (random.chance(0.14)) asked.add('blood-count')
  }
  if (visit.kind === 'inpatient' || visit.kind === 'delivery') asked.add('blood-count')
  if (visit.kind === 'inpatient') asked.add('metabolic')
  if (visit.kind === 'prenatal' && random.chance(0.4)) asked.add('blood-count')
  for (const { entry, onset } of visit.problems) {
    // The first visit asks for everything, the later ones for about every third.
    for (const panel of PANELS_FOR[entry.key] ?? []) if (visit.day === onset || random.chance(0.38)) asked.add(panel)
  }
  return asked
}

function tests({ person, history }: Chart, visit: Visit): Set<LabKey> {
  const asked = new Set(visit.problems.flatMap(({ entry }) => FOLLOW_UP[entry.key] ?? []))
  // Who will be diabetic has a family that makes the doctor look.
  const often = history.get('diabetes-2') ? 0.9 : ageOn(person.born, visit.day) > 44 ? 0.4 : 0
  if (visit.kind === 'check-up' && visit.random.branch('screening').chance(often)) asked.add('hba1c')
  return asked
}

const STATUSES = [
  ['final', 97],
  ['amended', 2],
  ['corrected', 1],
] as const

function result(chart: Chart, visit: Visit, key: LabKey, value: number): Resource {
  const { loinc, display, unit, range } = LABS[key]
  const grown = ageOn(chart.person.born, visit.day) >= 18
  return observation(visit, chart.person.reference, {
    key,
    category: 'laboratory',
    code: concept(LOINC, loinc, display),
    status: visit.random.branch(`status-${key}`).weighted(STATUSES),
    after: 15,
    issuedAfter: 190,
    performer: organization(visit.hospital),
    result: measured(value, unit, grown ? range[chart.person.sex] : undefined),
  })
}

function report(chart: Chart, visit: Visit, key: PanelKey, results: readonly Resource[]): Resource {
  const at = (after: number) => moment(visit.day, visit.minute + after, visit.hospital.offset)
  return {
    resourceType: 'DiagnosticReport',
    id: `${visit.id}-report-${key}`,
    status: 'final',
    category: [concept(terminology('v2-0074'), 'LAB', 'Laboratory')],
    code: concept(LOINC, PANELS[key].loinc, PANELS[key].display),
    subject: chart.person.reference,
    encounter: visit.reference,
    effectiveDateTime: at(15),
    issued: at(205),
    performer: [organization(visit.hospital)],
    result: results.map((each) => reference('Observation', each.id)),
  }
}

export function* labs(chart: Chart, visit: Visit): Generator<Resource, void> {
  // In the last hours nobody waits for the laboratory.
  if (visit.kind === 'telehealth') return
  const asked = panels(chart, visit)
  const extra = tests(chart, visit)
  if (asked.size + extra.size === 0) return
  const values: Tube = tube(chart, visit)
  const found = (key: LabKey) => (values[key] === undefined ? [] : [result(chart, visit, key, values[key])])
  for (const key of asked) {
    const results = PANELS[key].labs.flatMap(found)
    yield* results
    yield report(chart, visit, key, results)
  }
  for (const key of extra) yield* found(key)
}
