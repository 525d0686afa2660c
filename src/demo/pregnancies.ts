// Pregnancies within the record of a woman, from conception to birth. Pure.
import { ageOn, type Day } from './calendar.ts'
import type { ChronicKey } from './chronic.ts'
import type { History } from './history.ts'
import type { Person } from './people.ts'

export interface Pregnancy {
  from: Day
  birth: Day
  caesarean: boolean
}

/** The demo keeps high-risk pregnancies out: their treatment would need its own story. */
const EXCLUDED: readonly ChronicKey[] = [
  'diabetes-1',
  'diabetes-2',
  'hypertension',
  'epilepsy',
  'opioid',
  'breast-cancer',
  'schizophrenia',
  'bipolar',
]

export function pregnanciesOf(person: Person, history: History): readonly Pregnancy[] {
  const random = person.random.branch('pregnancy')
  const fertile = ageOn(person.born, person.from) >= 19 && ageOn(person.born, person.until) <= 43
  if (person.sex !== 'female' || !fertile || EXCLUDED.some((key) => history.get(key))) return []
  const latest = person.until - 330
  if (latest < person.from || !random.chance(0.34)) return []
  const from = random.int(person.from, latest)
  return [{ from, birth: from + random.int(262, 286), caesarean: random.chance(0.24) }]
}

/** Kilograms gained on that day; gone six weeks after the birth. */
export function gained(pregnancies: readonly Pregnancy[], day: Day): number {
  const now = pregnancies.find((each) => day >= each.from && day <= each.birth + 42)
  if (now === undefined) return 0
  return day <= now.birth ? 12 * ((day - now.from) / 275) ** 1.5 : 5 * (1 - (day - now.birth) / 42)
}
