// Why and about when a person comes: check-ups, follow-ups of problems, acute illness, pregnancy, the last stay. Pure.
import { ageOn, type Day, YEAR } from './calendar.ts'
import { ACUTE, type Acute } from './catalogue-acute.ts'
import type { History, Problem } from './history.ts'
import type { DepartmentKey } from './hospitals.ts'
import type { Person } from './people.ts'
import type { Pregnancy } from './pregnancies.ts'

export type VisitKind =
  | 'check-up'
  | 'follow-up'
  | 'telehealth'
  | 'acute'
  | 'emergency'
  | 'inpatient'
  | 'prenatal'
  | 'delivery'

export interface Appointment {
  day: Day
  kind: VisitKind
  nights: number
  department: DepartmentKey
  problems: Problem[]
  acute?: Acute
  pregnancy?: Pregnancy
  last?: boolean
}

const plain = (day: Day, kind: VisitKind, department: DepartmentKey): Appointment => ({
  day,
  kind,
  nights: 0,
  department,
  problems: [],
})

/** Days of life on which small children are seen. */
const WELL_CHILD = [4, 32, 62, 122, 184, 274, 366, 456, 548, 731, 914]

const base = (person: Person, day: Day): DepartmentKey =>
  ageOn(person.born, day) < 16 ? 'paediatrics' : 'primary-care'

function* checkUps(person: Person, history: History): Generator<Appointment, void> {
  for (const age of WELL_CHILD) {
    if (person.born + age >= person.from) yield plain(person.born + age, 'check-up', 'paediatrics')
  }
  const random = person.random.branch('check-ups')
  let day = Math.max(person.from + random.int(5, 500), person.born + 1096)
  while (day <= person.until) {
    yield plain(day, 'check-up', base(person, day))
    const age = ageOn(person.born, day)
    // Who is followed up anyway comes less often without a reason.
    const often = history.problems.some(({ entry }) => entry.every !== undefined) ? 1.6 : 1
    day += Math.round(
      often * (age < 7 ? random.int(340, 430) : age > 64 ? random.int(380, 600) : random.int(560, 1000)),
    )
  }
}

/** Where a problem is followed up: the general ones by whoever sees people of that age. */
function followedBy(person: Person, { entry }: Problem, day: Day): DepartmentKey {
  const general = entry.department === 'primary-care' || entry.department === 'paediatrics'
  return general ? base(person, day) : entry.department
}

/** A visit for the diagnosis of each problem that begins within the record. */
function* diagnoses(person: Person, problems: readonly Problem[]): Generator<Appointment, void> {
  for (const problem of problems) {
    const { onset } = problem
    if (onset < person.from || onset > person.until) continue
    yield { ...plain(onset, 'follow-up', followedBy(person, problem, onset)), problems: [problem] }
  }
}

const REMOTE: readonly DepartmentKey[] = ['psychiatry', 'primary-care']

/** One series of visits per department, as often as the most pressing of its problems asks. */
function* followUps(person: Person, problems: readonly Problem[]): Generator<Appointment, void> {
  const [first] = problems
  if (first === undefined) return
  const random = person.random.branch(`follow-up-${first.entry.department}`)
  let day = person.from + random.int(5, 190)
  while (day <= person.until) {
    const active = problems.filter(({ onset }) => onset <= day)
    const every = Math.min(...(active.length > 0 ? active : problems).map(({ entry }) => entry.every ?? 365))
    const department = followedBy(person, first, day)
    const kind = REMOTE.includes(department) && random.chance(0.16) ? 'telehealth' : 'follow-up'
    if (active.length > 0) yield { ...plain(day, kind, department), problems: active }
    day += Math.round(every * random.between(0.85, 1.2))
  }
}

/** Problems with follow-ups of their own, by department. */
function series(history: History): Problem[][] {
  const followed = history.problems.filter(({ entry }) => entry.every !== undefined)
  return Object.values(Object.groupBy(followed, ({ entry }) => entry.department)).filter((group) => group !== undefined)
}

/** Visits for acute illness per year of life. */
const often = (age: number): number => (age < 6 ? 0.8 : age < 18 ? 0.4 : age < 75 ? 0.26 : 0.45)

const suits = (entry: Acute, person: Person, history: History, age: number): boolean =>
  age >= entry.ages[0] &&
  age <= entry.ages[1] &&
  (entry.sex === undefined || entry.sex === person.sex) &&
  (entry.key !== 'heart-attack' || history.get('coronary') !== undefined)

const SEEN: Record<Acute['seen'], VisitKind> = {
  office: 'acute',
  'infectious-diseases': 'acute',
  emergency: 'emergency',
  inpatient: 'inpatient',
}

function* illnesses(person: Person, history: History): Generator<Appointment, void> {
  const random = person.random.branch('illness')
  for (let start = person.from; start < person.until - 8; start += 365) {
    const day = start + random.int(0, 364)
    const age = ageOn(person.born, day)
    const possible = ACUTE.filter((entry) => suits(entry, person, history, age))
    const acute = random.weighted(possible.map((entry) => [entry, entry.weight] as const))
    if (day > person.until - 8 || !random.chance(often(age))) continue
    const department =
      acute.seen === 'office'
        ? base(person, day)
        : acute.seen === 'inpatient'
          ? (acute.ward ?? 'general-medicine')
          : acute.seen
    const nights = acute.seen === 'inpatient' ? random.int(2, 6) : 0
    yield { ...plain(day, SEEN[acute.seen], department), nights, acute }
  }
}

/** Days of pregnancy on which the mother is seen. */
const PRENATAL = [56, 112, 168, 210, 245]

function* care(pregnancy: Pregnancy): Generator<Appointment, void> {
  for (const day of PRENATAL) yield { ...plain(pregnancy.from + day, 'prenatal', 'obstetrics'), pregnancy }
  const nights = pregnancy.caesarean ? 4 : 2
  yield { ...plain(pregnancy.birth, 'delivery', 'obstetrics'), nights, pregnancy }
}

/** Half of those who die do so after a few days in hospital. */
function* lastStay(person: Person): Generator<Appointment, void> {
  if (person.died === undefined || !person.random.branch('last-stay').chance(0.5)) return
  const acute = ACUTE.find((entry) => entry.key === 'pneumonia') as Acute
  yield { ...plain(person.died - 3, 'inpatient', 'general-medicine'), nights: 3, acute, last: true }
}

export function appointments(person: Person, history: History, pregnancies: readonly Pregnancy[]): Appointment[] {
  const planned = [
    ...checkUps(person, history),
    ...diagnoses(person, history.problems),
    ...series(history).flatMap((problems) => [...followUps(person, problems)]),
    ...illnesses(person, history),
    ...pregnancies.flatMap((pregnancy) => [...care(pregnancy)]),
  ]
  // Nothing else is planned in the last days, so that the last stay is the last.
  const quiet = person.died === undefined ? person.until : person.died - Math.round(YEAR / 60)
  return [...planned.filter((each) => each.day + each.nights <= quiet), ...lastStay(person)]
}
