// Height, weight and the body mass index that follows from the two, as they are printed. Pure.
import { ageOn, type Day } from './calendar.ts'
import { BMI, HEIGHT, WEIGHT } from './catalogue-signs.ts'
import type { Chart } from './chart.ts'
import { gained } from './pregnancies.ts'
import { concept, type Reference, type Resource, reference, round, terminology } from './resource.ts'
import type { Visit } from './visits.ts'
import { vitalWriter } from './vitals.ts'

/** vs-2: a vital sign without a value says why. */
const NOT_PERFORMED = { dataAbsentReason: concept(terminology('data-absent-reason'), 'not-performed', 'Not Performed') }

/** Grown-ups are measured again after this many days. */
const AGAIN = 700

const weighs = (visit: Visit): boolean =>
  visit.kind === 'check-up' ||
  visit.kind === 'prenatal' ||
  visit.kind === 'inpatient' ||
  (visit.kind === 'follow-up' && visit.department.key !== 'psychiatry' && visit.random.branch('weighs').chance(0.45))

function kilograms({ body, pregnancies }: Chart, { day, random }: Visit): number {
  const usual = body.weight(day)
  return round(usual + gained(pregnancies, day) + random.branch('scales').normal(0, usual * 0.004), 1)
}

/** Goes from visit to visit and remembers the last height, because the index needs one. */
export function scales(chart: Chart): (visit: Visit) => Generator<Resource, void> {
  const { person, body } = chart
  let tall: { centimetres: number; day: Day; reference: Reference } | undefined

  return function* (visit) {
    if (!weighs(visit)) return
    const writer = vitalWriter(chart, visit)
    const grown = ageOn(person.born, visit.day) >= 18
    const measure = visit.kind === 'check-up' || visit.kind === 'inpatient'
    if (measure && (tall === undefined || !grown || visit.day - tall.day > AGAIN)) {
      const centimetres = round(body.height(visit.day), 1)
      const height = writer.number(HEIGHT, centimetres)
      yield height
      tall = { centimetres, day: visit.day, reference: reference('Observation', height.id) }
    }
    if (visit.random.branch('refused').chance(0.012)) {
      yield writer.write('weight', WEIGHT.code, NOT_PERFORMED)
      return
    }
    const mass = kilograms(chart, visit)
    const weight = writer.number(WEIGHT, mass)
    yield weight
    if (tall === undefined || visit.pregnancy !== undefined) return
    const index = writer.number(BMI, mass / (tall.centimetres / 100) ** 2)
    yield { ...index, derivedFrom: [tall.reference, reference('Observation', weight.id)] }
  }
}
