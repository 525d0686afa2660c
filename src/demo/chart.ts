// Everything that is decided about a person before a single resource is written. Pure.
import { type Allergies, allergiesOf } from './allergies.ts'
import { type Body, bmiOf, bodyOf } from './body.ts'
import { type Day, yearsAfter } from './calendar.ts'
import type { ChronicKey } from './chronic.ts'
import { type Course, coursesOf } from './courses.ts'
import { type History, historyOf } from './history.ts'
import { meet, type Person } from './people.ts'
import { type Pregnancy, pregnanciesOf } from './pregnancies.ts'
import type { Seeded } from './seeded.ts'
import type { Roster } from './staff.ts'
import { type Visit, visitsOf } from './visits.ts'

export interface Chart {
  person: Person
  body: Body
  history: History
  allergies: Allergies
  pregnancies: readonly Pregnancy[]
  visits: readonly Visit[]
  courses: readonly Course[]
  roster: Roster
}

export function chartOf(all: Seeded, roster: Roster, today: string, index: number): Chart {
  const person = meet(all, roster, today, index)
  const body = bodyOf(person)
  const history = historyOf(person, bmiOf(body, Math.min(person.until, yearsAfter(person.born, 50))))
  const allergies = allergiesOf(person, history)
  const pregnancies = pregnanciesOf(person, history)
  const visits = visitsOf(person, history, pregnancies, roster)
  const courses = coursesOf(person, history, allergies, visits)
  return { person, body, history, allergies, pregnancies, visits, courses, roster }
}

/** The day since which the problem is treated with a drug, if it is. */
export function treatedSince({ courses }: Chart, key: ChronicKey): Day | undefined {
  const days = courses.filter((course) => course.problem.entry.key === key).map((course) => course.from)
  return days.length === 0 ? undefined : Math.min(...days)
}

/** Days by which the problem has lasted on that day; undefined before. */
export function lasted({ history }: Chart, key: ChronicKey, day: Day): Day | undefined {
  const problem = history.get(key)
  return problem === undefined || day < problem.onset ? undefined : day - problem.onset
}

/** 1 before the day of change, then falling towards 0 with the given half-life. */
export const fading = (since: Day | undefined, day: Day, halfLife: number): number =>
  since === undefined || day <= since ? 1 : 0.5 ** ((day - since) / halfLife)
