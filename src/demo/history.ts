// Which long-term problems a person has and since when. Pure.
import { ageOn, type Day, yearsAfter } from './calendar.ts'
import { BODILY, OBESITY } from './catalogue-bodily.ts'
import { SENSITIVE } from './catalogue-sensitive.ts'
import type { Chronic, ChronicKey } from './chronic.ts'
import type { Person } from './people.ts'
import { type Reference, reference } from './resource.ts'

export interface Problem {
  entry: Chronic
  onset: Day
  reference: Reference
}

export interface History {
  problems: readonly Problem[]
  get(key: ChronicKey): Problem | undefined
}

/** The share of the risk that has come true by that age. */
function reached([first, last]: Chronic['begins'], age: number): number {
  return Math.min(1, Math.max(0, (age - first) / (last - first)))
}

function risk(entry: Chronic, person: Person, age: number, has: readonly Problem[]): number {
  if (entry.sex !== undefined && entry.sex !== person.sex) return 0
  // Most partner abuse in the record is of women.
  const base = entry.key === 'partner-abuse' && person.sex === 'male' ? entry.risk / 3 : entry.risk
  const factors = has.map((problem) => entry.given?.[problem.entry.key] ?? 1)
  return factors.reduce((product, factor) => product * factor, base * reached(entry.begins, age))
}

/** Problems begin late rather than early in the span, and long enough before the end to be treated. */
function onset(entry: Chronic, person: Person, age: number): Day {
  const [first, last] = entry.begins
  const draw = person.random.branch(`onset-${entry.key}`).next() ** 0.6
  const begun = first + (Math.min(age, last) - first) * draw
  return Math.min(Math.max(yearsAfter(person.born, begun), person.born + 1), person.until - 75)
}

/** `bmi` is that of the grown-up body: obesity is a diagnosis made with the scales. */
export function historyOf(person: Person, bmi: number): History {
  const age = ageOn(person.born, person.until)
  const problems: Problem[] = []
  const add = (entry: Chronic) => {
    const begun = onset(entry, person, age)
    if (begun <= person.born) return
    problems.push({ entry, onset: begun, reference: reference('Condition', `demo-${person.key}-${entry.key}`) })
  }
  if (bmi >= 30.5 && age > 20) add(OBESITY)
  for (const entry of [...BODILY, ...SENSITIVE]) {
    if (person.random.branch(entry.key).chance(risk(entry, person, age, problems))) add(entry)
  }
  return { problems, get: (key) => problems.find((problem) => problem.entry.key === key) }
}
