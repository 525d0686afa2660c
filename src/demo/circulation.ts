// Pressure, pulse, breath and warmth on a day: the body of `body.ts` with its illnesses and treatments. Pure.
import type { Day } from './calendar.ts'
import { type Chart, fading, lasted, treatedSince } from './chart.ts'
import type { Visit } from './visits.ts'

export interface State {
  systolic: number
  diastolic: number
  pulse: number
  breaths: number
  temperature: number
  saturation: number
}

/** Millimetres of mercury above the healthy value: rising in the year before the diagnosis, falling under treatment. */
export function excessPressure(chart: Chart, day: Day): number {
  const problem = chart.history.get('hypertension')
  if (problem === undefined) return 0
  const random = chart.person.random.branch('excess-pressure')
  const full = random.between(28, 46)
  const rest = random.chance(0.15) ? 0.5 : 0.1
  if (day < problem.onset) return full * Math.max(0, 1 - (problem.onset - day) / 420)
  return full * (rest + (1 - rest) * fading(treatedSince(chart, 'hypertension'), day, 55))
}

/** Illness of the visit: full on arrival, half as bad each day later. */
export function stateAt(chart: Chart, visit: Visit, daysIn = 0): State {
  const { body } = chart
  const { random, day, acute } = visit
  const [systolic, diastolic] = body.pressure(day)
  const excess = excessPressure(chart, day)
  const left = 0.5 ** daysIn
  const fever = (acute?.fever ?? 0) * left * random.between(0.6, 1.2)
  const hypoxia = (acute?.hypoxia ?? 0) * left + (lasted(chart, 'copd', day) === undefined ? 0 : 3)
  const expecting = visit.pregnancy === undefined ? 0 : 8
  const flutter = lasted(chart, 'atrial-fibrillation', day) === undefined ? 0 : 10
  return {
    systolic: Math.round(systolic + excess + random.normal(0, 4)),
    diastolic: Math.round(diastolic + excess * 0.45 + random.normal(0, 3)),
    pulse: Math.round(body.pulse(day) + fever * 9 + expecting + flutter + random.normal(0, 4)),
    breaths: Math.round(body.breaths(day) + fever * 1.5 + hypoxia * 0.7 + random.normal(0, 1)),
    temperature: 36.7 + fever + random.normal(0, 0.15),
    saturation: Math.min(100, Math.round(body.saturation(day) - hypoxia + random.normal(0, 0.5))),
  }
}
