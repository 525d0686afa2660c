// Prescriptions and what the pharmacy hands out on them. Pure.
// https://hl7.org/fhir/R4/medicationrequest.html, https://hl7.org/fhir/R4/medicationdispense.html
import type { Day } from './calendar.ts'
import { type Drug, drug } from './catalogue-drugs.ts'
import type { Chart } from './chart.ts'
import { acuteReference } from './conditions.ts'
import { type Course, reviews } from './courses.ts'
import type { Reference } from './resource.ts'
import type { Visit } from './visits.ts'

export interface Order {
  /** `demo-001-visit-03-order-metformin` */
  id: string
  drug: Drug
  visit: Visit
  reason: Reference
  status: 'active' | 'completed' | 'stopped'
  stopped?: string
  repeats: number
  /** When the pharmacy hands it out; turn 0 is the first time. */
  dispensed: readonly { day: Day; turn: number }[]
}

const orderId = (visit: Visit, { key }: Drug): string => `${visit.id}-order-${key}`

/** A prescription covers about a year, of drugs that are handed out monthly half a year. */
const repeatsOf = ({ days }: Drug): number => (days === 90 ? 3 : days === 30 ? 5 : 0)

/** The visits at which a course is prescribed: again when the supply would not last until the next visit. */
function renewals({ visits, person }: Chart, course: Course): Visit[] {
  const supply = course.drug.days * (repeatsOf(course.drug) + 1)
  const end = Math.min(person.until, course.until ?? person.until)
  const open = visits.filter((visit) => visit.day >= course.from && visit.day < end && reviews(visit, course.problem))
  const chosen: Visit[] = []
  for (const [index, visit] of open.entries()) {
    const before = chosen.at(-1)
    if (before === undefined || (open[index + 1]?.day ?? end) - before.day > supply) chosen.push(visit)
  }
  return chosen
}

/** Days for which pharmacies have reported to the hospitals. */
const REPORTED = 600

function dispensed(chart: Chart, course: Course, visit: Visit, next: Visit | undefined): Order['dispensed'] {
  const random = visit.random.branch(`dispense-${course.drug.key}`)
  const last = Math.min(
    chart.person.until,
    (next?.day ?? Number.POSITIVE_INFINITY) - 1,
    course.until ?? Number.POSITIVE_INFINITY,
  )
  const turns = Array.from({ length: repeatsOf(course.drug) + 1 }, (_, turn) => turn)
  return turns
    .map((turn) => ({ turn, day: visit.day + turn * course.drug.days + random.int(0, 3) }))
    .filter(({ day }) => day <= last && day > chart.person.until - REPORTED)
}

function state(
  { person }: Chart,
  course: Course,
  visit: Visit,
  next: Visit | undefined,
): Pick<Order, 'status' | 'stopped'> {
  if (next !== undefined) return { status: 'completed' }
  if (course.until !== undefined) return { status: 'stopped', stopped: course.reason ?? 'No longer needed' }
  const over = visit.day + course.drug.days * (repeatsOf(course.drug) + 1) < person.until
  return { status: over || person.died !== undefined ? 'completed' : 'active' }
}

const longTerm = (chart: Chart, course: Course): Order[] => {
  const visits = renewals(chart, course)
  return visits.map((visit, index) => ({
    id: orderId(visit, course.drug),
    drug: course.drug,
    visit,
    reason: course.problem.reference,
    repeats: repeatsOf(course.drug),
    dispensed: dispensed(chart, course, visit, visits[index + 1]),
    ...state(chart, course, visit, visits[index + 1]),
  }))
}

function acute({ allergies, person }: Chart, visit: Visit): Order[] {
  const chosen = visit.acute?.drugs?.map(drug).find((each) => allergies.permit(each))
  if (chosen === undefined || visit.last) return []
  const leaves = visit.day + Math.floor((visit.minute + visit.minutes) / 1440)
  return [
    {
      id: orderId(visit, chosen),
      drug: chosen,
      visit,
      reason: acuteReference(visit),
      status: 'completed',
      repeats: 0,
      dispensed: leaves <= person.until ? [{ day: leaves, turn: 0 }] : [],
    },
  ]
}

/** Every prescription of the person, by the visit at which it is written. */
export function ordersOf(chart: Chart): Map<Visit, Order[]> {
  const orders = new Map<Visit, Order[]>()
  const all = [
    ...chart.courses.flatMap((course) => longTerm(chart, course)),
    ...chart.visits.flatMap((visit) => acute(chart, visit)),
  ]
  for (const order of all) {
    const known = orders.get(order.visit)
    if (known === undefined) orders.set(order.visit, [order])
    else if (known.every(({ id }) => id !== order.id)) known.push(order)
  }
  return orders
}
