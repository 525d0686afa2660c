// Vital signs at the visits, https://hl7.org/fhir/R4/observation-vitalsigns.html. Pure.
import { ageOn } from './calendar.ts'
import { BREATHS, DIASTOLIC, PRESSURE, PULSE, SATURATION, type Sign, SYSTOLIC, TEMPERATURE } from './catalogue-signs.ts'
import type { Chart } from './chart.ts'
import { type State, stateAt } from './circulation.ts'
import { measured, observation } from './observation.ts'
import { type Concept, type Resource, round } from './resource.ts'
import type { Visit } from './visits.ts'

/** Writes the vital signs of one visit. */
export interface Writer {
  write(key: string, code: Concept, result: object, after?: number): Resource
  number(sign: Sign, value: number, after?: number, tail?: string): Resource
}

const value = (sign: Sign, grown: boolean, number: number) =>
  measured(round(number, sign.unit.decimals), sign.unit, grown ? sign.range : undefined)

export function vitalWriter(chart: Chart, visit: Visit): Writer {
  const performer = chart.roster.one(visit.hospital, 'nurse').practitioner
  const grown = ageOn(chart.person.born, visit.day) >= 18
  const write: Writer['write'] = (key, code, result, after = 0) =>
    observation(visit, chart.person.reference, { key, category: 'vital-signs', code, after, performer, result })
  return {
    write,
    number: (sign, number, after, tail = '') => write(sign.key + tail, sign.code, value(sign, grown, number), after),
  }
}

/** Which signs a visit takes; weight and height are the business of `scales.ts`. */
function wanted(chart: Chart, visit: Visit) {
  const age = ageOn(chart.person.born, visit.day)
  const stay = visit.kind === 'emergency' || visit.kind === 'inpatient' || visit.kind === 'delivery'
  const ill = visit.kind === 'acute' || visit.kind === 'emergency' || visit.kind === 'inpatient'
  const talk = visit.department.key === 'psychiatry' && visit.random.branch('talk').chance(0.75)
  const lungs = visit.problems.some(({ entry }) => ['asthma', 'copd', 'heart-failure'].includes(entry.key))
  return {
    circulation: !talk && (stay || (visit.kind === 'acute' ? age > 50 : age >= 3)),
    pulse: !talk && (age < 3 || ill || stay || visit.random.branch('pulse').chance(0.35)),
    warmth: ill,
    breath: stay || visit.acute?.hypoxia !== undefined,
    oxygen: stay || lungs || visit.acute?.hypoxia !== undefined,
  }
}

function pressure(writer: Writer, chart: Chart, visit: Visit, state: State, after: number, tail: string): Resource {
  const grown = ageOn(chart.person.born, visit.day) >= 18
  const component = [
    { code: SYSTOLIC.code, ...value(SYSTOLIC, grown, state.systolic) },
    { code: DIASTOLIC.code, ...value(DIASTOLIC, grown, state.diastolic) },
  ]
  return writer.write(`blood-pressure${tail}`, PRESSURE, { component }, after)
}

export function* vitals(chart: Chart, visit: Visit): Generator<Resource, void> {
  if (visit.kind === 'telehealth') return
  const take = wanted(chart, visit)
  const writer = vitalWriter(chart, visit)
  // During a stay the signs are taken again on the following mornings.
  const rounds = visit.kind === 'inpatient' ? Math.min(3, Math.floor(visit.minutes / 1440)) : 1
  for (let turn = 0; turn < rounds; turn++) {
    const after = turn * 1440 + 5
    const tail = turn === 0 ? '' : `-${turn + 1}`
    const state = stateAt(chart, visit, turn)
    if (take.pulse) yield writer.number(PULSE, state.pulse, after, tail)
    if (take.circulation) yield pressure(writer, chart, visit, state, after, tail)
    if (take.warmth) yield writer.number(TEMPERATURE, state.temperature, after, tail)
    if (take.breath) yield writer.number(BREATHS, state.breaths, after, tail)
    if (take.oxygen) yield writer.number(SATURATION, state.saturation, after, tail)
  }
}
