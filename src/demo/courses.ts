// Which drug a person takes for which problem, from when to when. Pure.
import type { Allergies } from './allergies.ts'
import type { Day } from './calendar.ts'
import { type Drug, type DrugKey, drug } from './catalogue-drugs.ts'
import { ORDERED, type Step, TREATMENTS } from './catalogue-treatments.ts'
import type { History, Problem } from './history.ts'
import type { Person } from './people.ts'
import type { Visit } from './visits.ts'

export interface Course {
  drug: Drug
  problem: Problem
  /** May lie before the record begins. */
  from: Day
  until?: Day
  reason?: string
}

/** Visits at which the treatment of a problem is looked at. */
export const reviews = (visit: Visit, problem: Problem): boolean =>
  visit.problems.includes(problem) || (visit.kind === 'check-up' && visit.day >= problem.onset)

/** Treatment begins at a visit, or long ago. */
function begins(person: Person, problem: Problem, step: Step, visits: readonly Visit[]): Day | undefined {
  const wanted = problem.onset + step.after
  if (wanted < person.from) return wanted
  return visits.find((visit) => visit.day >= wanted && reviews(visit, problem))?.day
}

function choose(problem: Problem, step: Step, first: number, allowed: (key: DrugKey) => boolean): DrugKey | undefined {
  const start = ORDERED.has(problem.entry.key) ? 0 : first % step.any.length
  return [...step.any.slice(start), ...step.any.slice(0, start)].find(allowed)
}

export function coursesOf(
  person: Person,
  history: History,
  allergies: Allergies,
  visits: readonly Visit[],
): readonly Course[] {
  const courses: Course[] = []
  const allowed = (key: DrugKey) => allergies.permit(drug(key)) && courses.every((course) => course.drug.key !== key)
  for (const problem of history.problems) {
    for (const [index, step] of (TREATMENTS[problem.entry.key] ?? []).entries()) {
      const random = person.random.branch(`course-${problem.entry.key}-${index}`)
      const key = choose(problem, step, random.int(0, 11), allowed)
      const from = begins(person, problem, step, visits)
      if (!random.chance(step.chance) || key === undefined || from === undefined) continue
      const until = step.ends && from + step.ends[0]
      if (until !== undefined && until < person.from) continue
      const ended = until !== undefined && until <= person.until ? { until, reason: step.ends?.[1] as string } : {}
      courses.push({ drug: drug(key), problem, from, ...ended })
    }
  }
  return courses
}
