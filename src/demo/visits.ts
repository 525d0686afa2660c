// Turns the planned appointments of `appointments.ts` into visits: sorted, merged, with a doctor and a time. Pure.
import { type Appointment, appointments, type VisitKind } from './appointments.ts'
import type { Day } from './calendar.ts'
import type { Acute } from './catalogue-acute.ts'
import type { History, Problem } from './history.ts'
import { DEPARTMENTS, type Department, HOSPITALS, type Hospital } from './hospitals.ts'
import type { Person } from './people.ts'
import type { Pregnancy } from './pregnancies.ts'
import { type Reference, reference } from './resource.ts'
import type { Seeded } from './seeded.ts'
import type { Member, Roster } from './staff.ts'

export interface Visit {
  /** `demo-001-visit-03`, which begins the id of all that is recorded there. */
  id: string
  reference: Reference
  kind: VisitKind
  day: Day
  /** Minutes after local midnight, and how many minutes it takes. */
  minute: number
  minutes: number
  hospital: Hospital
  department: Department
  doctor: Member
  problems: Problem[]
  acute?: Acute
  pregnancy?: Pregnancy
  /** The patient dies here. */
  last?: boolean
  random: Seeded
}

/** Days within which two appointments of one department become one. */
const NEAR = 24

const routine = (kind: VisitKind): boolean => kind === 'check-up' || kind === 'follow-up'

/** Whether the appointment can be dealt with at the earlier one; never before the problem has begun. */
function joins(next: Appointment, earlier: Appointment): boolean {
  if (!routine(next.kind) || !routine(earlier.kind) || next.department !== earlier.department) return false
  return next.day - earlier.day <= NEAR && next.problems.every((problem) => problem.onset <= earlier.day)
}

/** At most one visit a day, none during a stay; what cannot be moved behind the stay in time falls away. */
function settle(planned: readonly Appointment[], until: Day): Appointment[] {
  const kept: Appointment[] = []
  let free = Number.NEGATIVE_INFINITY
  for (const next of [...planned].sort((a, b) => a.day - b.day)) {
    const host = kept.findLast((earlier) => joins(next, earlier))
    if (host) {
      host.problems.push(...next.problems.filter((problem) => !host.problems.includes(problem)))
      continue
    }
    const day = Math.max(next.day, free)
    if (next.last ? day > next.day : day + next.nights > until) continue
    kept.push({ ...next, day, problems: [...next.problems] })
    free = day + next.nights + 1
  }
  return kept
}

/** Minutes that a visit takes; of a stay, the minutes after midnight at which it ends on its last day. */
const LENGTH: Record<VisitKind, readonly [number, number]> = {
  'check-up': [20, 40],
  'follow-up': [20, 40],
  telehealth: [15, 25],
  acute: [20, 35],
  emergency: [90, 330],
  inpatient: [540, 960],
  prenatal: [20, 40],
  delivery: [540, 960],
}

function elsewhere(person: Person, kind: VisitKind, random: Seeded): Hospital {
  const others = HOSPITALS.filter((hospital) => hospital !== person.hospital)
  const away = kind === 'emergency' ? 0.4 : kind === 'inpatient' ? 0.2 : 0
  return random.chance(away) ? random.pick(others) : person.hospital
}

function visit(person: Person, roster: Roster, appointment: Appointment, number: number): Visit {
  const { kind, day, nights, department, problems, acute, pregnancy, last } = appointment
  const id = `demo-${person.key}-visit-${String(number).padStart(2, '0')}`
  const random = person.random.branch(`visit-${day}`)
  const hospital = elsewhere(person, kind, random)
  const own = department === person.gp.department.key && hospital === person.hospital
  const stay = nights > 0
  // Whatever begins on a day without a night ends on it.
  const [opens, closes] = stay ? [0, 22] : kind === 'emergency' ? [0, 17] : [8, 16]
  const minute = random.int(opens, closes) * 60 + random.int(0, 11) * 5
  return {
    id,
    reference: reference('Encounter', id),
    kind,
    day,
    minute,
    minutes: random.int(...LENGTH[kind]) + (stay ? nights * 1440 - minute : 0),
    hospital,
    department: DEPARTMENTS.find((each) => each.key === department) as Department,
    doctor: own ? person.gp : roster.doctor(hospital, department, random),
    problems,
    ...(acute ? { acute } : {}),
    ...(pregnancy ? { pregnancy } : {}),
    ...(last ? { last } : {}),
    random,
  }
}

export function visitsOf(person: Person, history: History, pregnancies: readonly Pregnancy[], roster: Roster): Visit[] {
  const settled = settle(appointments(person, history, pregnancies), person.until)
  return settled.map((appointment, index) => visit(person, roster, appointment, index + 1))
}
