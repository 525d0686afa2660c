// The demo population: three hospitals, their staff, and invented patients with five years of coherent records. Pure:
// no clock, no chance but the seed, no input or output. What is referred to comes before what refers to it.
import { allergyResources } from './allergies.ts'
import { dayOf, yearsAfter } from './calendar.ts'
import { plans, teams } from './care.ts'
import { type Chart, chartOf } from './chart.ts'
import { acuteCondition, pregnancyList, problemList } from './conditions.ts'
import { type Agreement, agreements, consents, takesPart } from './consents.ts'
import { coverages } from './coverages.ts'
import { devices, implantations } from './devices.ts'
import { documents } from './documents.ts'
import { encounter } from './encounters.ts'
import { findings } from './findings.ts'
import { calendarDoses, influenza } from './immunizations.ts'
import { labs } from './labs.ts'
import { administrations, dispenses, prescription, statements } from './medications.ts'
import { type Order, ordersOf } from './orders.ts'
import { organizations } from './organizations.ts'
import { patient } from './patients.ts'
import { procedures } from './procedures.ts'
import { relatives } from './relatives.ts'
import type { Resource } from './resource.ts'
import { scales } from './scales.ts'
import { seeded } from './seeded.ts'
import { hire, staffGroups } from './staff.ts'
import { type Participant, study } from './study.ts'
import type { Visit } from './visits.ts'
import { vitals } from './vitals.ts'

export type { Resource } from './resource.ts'

export interface DemoOptions {
  /** The same options give the same population, byte for byte. */
  seed: number
  patients: number
  /** `YYYY-MM-DD`; every date is reckoned from it and nothing happens on it or later. */
  today: string
}

function* background(chart: Chart): Generator<Resource, void> {
  const { person, visits } = chart
  yield patient(
    person,
    visits.map((visit) => visit.hospital),
  )
  yield* relatives(person)
  yield* coverages(person)
  yield* problemList(chart)
  yield* pregnancyList(chart)
  yield* allergyResources(person, chart.allergies)
  yield* devices(chart)
  yield* teams(chart)
  yield* plans(chart)
  yield* calendarDoses(chart)
}

function* records(
  chart: Chart,
  visit: Visit,
  weigh: ReturnType<typeof scales>,
  orders: Order[],
): Generator<Resource, void> {
  yield encounter(chart, visit)
  yield* acuteCondition(chart, visit)
  yield* vitals(chart, visit)
  yield* weigh(visit)
  yield* findings(chart, visit)
  yield* labs(chart, visit)
  yield* procedures(chart, visit)
  yield* implantations(chart, visit)
  yield* influenza(chart, visit)
  for (const order of orders) yield prescription(chart, order)
  yield* administrations(chart, visit, orders)
  for (const order of orders) yield* dispenses(chart, order)
  yield* documents(chart, visit)
}

function* life(chart: Chart, signed: readonly Agreement[]): Generator<Resource, void> {
  yield* background(chart)
  const orders = ordersOf(chart)
  const weigh = scales(chart)
  for (const visit of chart.visits) yield* records(chart, visit, weigh, orders.get(visit) ?? [])
  yield* statements(chart)
  yield* consents(chart, signed)
}

/** @throws RangeError when `today` is no calendar date. */
export function* demoPopulation({ seed, patients, today }: DemoOptions): Generator<Resource, void> {
  const random = seeded(seed)
  const { roster, resources } = hire(random.branch('staff'))
  yield* organizations()
  yield* resources
  yield* staffGroups(roster)
  const cohort: Participant[] = []
  for (let index = 0; index < patients; index++) {
    const chart = chartOf(random, roster, today, index)
    const signed = agreements(chart)
    yield* life(chart, signed)
    if (takesPart(signed) && chart.history.get('diabetes-2')) {
      cohort.push({ patient: chart.person.reference, since: Math.max(...signed.map(({ day }) => day)) })
    }
  }
  yield* study(cohort, yearsAfter(dayOf(today), -2))
}
