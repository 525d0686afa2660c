// What the laboratory finds in a tube of blood on a day. Pure. Values of one tube agree with each other: LDL follows
// from the other lipids (Friedewald), the filtration rate from creatinine, the cell counts from haemoglobin.
import { ageOn, YEAR } from './calendar.ts'
import { LABS, type LabKey } from './catalogue-labs.ts'
import { type Chart, fading, lasted, treatedSince } from './chart.ts'
import { creatinineFor, filtration } from './kidney.ts'
import { round } from './resource.ts'
import type { Seeded } from './seeded.ts'
import type { Visit } from './visits.ts'

/** Only what was asked for is read; a group that is not known for the age is absent. */
export type Tube = Partial<Record<LabKey, number>>

/** HbA1c in percent: creeping up to the diagnosis, down with treatment, slowly up again. */
export function hba1c(chart: Chart, day: number, noise: number): number {
  const random = chart.person.random.branch('sugar')
  const usual = random.normal(5.2, 0.18)
  const problem = chart.history.get('diabetes-2') ?? chart.history.get('diabetes-1')
  if (problem === undefined) return usual + noise
  const peak = random.between(7.2, 10.2)
  if (day < problem.onset) return usual + (peak - usual) * 0.5 ** ((problem.onset - day) / 260) + noise
  const goal = random.between(6.3, 7.3)
  const since = treatedSince(chart, problem.entry.key)
  const years = Math.max(0, day - (since ?? day)) / YEAR
  return goal + (peak - goal) * fading(since, day, 70) + Math.min(1.6, 0.14 * years) + noise
}

function metabolic(chart: Chart, visit: Visit, random: Seeded): Tube {
  const { person } = chart
  const age = ageOn(person.born, visit.day)
  const a1c = round(hba1c(chart, visit.day, random.normal(0, 0.12)), 1)
  // The estimated average glucose of the ADA, a little lower in the fasting morning.
  const glucose = Math.max(62, (28.7 * a1c - 46.7) * 0.93 + random.normal(0, 5))
  const severe = lasted(chart, 'kidney-4', visit.day)
  const moderate = lasted(chart, 'kidney-3', visit.day)
  const healthy = Math.max(64, 118 - Math.max(0, age - 25) * 0.7)
  const rate =
    severe !== undefined
      ? Math.max(16, 28 - severe / YEAR)
      : moderate !== undefined
        ? Math.max(31, 54 - (2 * moderate) / YEAR)
        : healthy
  const steady = age >= 18 ? creatinineFor(rate, person.sex, age) : 0.3 + age * 0.03
  const creatinine = round(Math.max(0.2, steady * (1 + random.normal(0, 0.04))), 2)
  const slowed = Math.max(0, 60 - rate) * 0.014
  return {
    hba1c: a1c,
    glucose,
    creatinine,
    ...(age >= 18 ? { egfr: filtration(creatinine, person.sex, age) } : {}),
    sodium: random.normal(140, 1.6),
    potassium: random.normal(4.2, 0.22) + slowed,
  }
}

function lipids(chart: Chart, visit: Visit, random: Seeded): Tube {
  const own = chart.person.random.branch('lipids')
  const high = chart.history.get('hyperlipidaemia') ? 52 : 0
  const statin = chart.courses.find(({ drug }) => drug.key === 'atorvastatin' || drug.key === 'simvastatin')
  const cut = statin?.drug.key === 'atorvastatin' ? 0.52 : 0.36
  const kept = 1 - (statin ? cut * (1 - fading(statin.from, visit.day, 20)) : 0)
  const before = Math.max(58, own.normal(106, 20) + high)
  const hdl = Math.round(own.normal(chart.person.sex === 'female' ? 58 : 49, 7) + random.normal(0, 2))
  const triglycerides = Math.round(Math.max(45, own.normal(112, 30) + high * 0.6 + random.normal(0, 9)))
  const ldl = Math.round(before * kept + random.normal(0, 5))
  return { cholesterol: ldl + hdl + Math.round(triglycerides / 5), triglycerides, hdl, ldl }
}

function bloodCount(chart: Chart, visit: Visit, random: Seeded): Tube {
  const own = chart.person.random.branch('blood')
  const since = treatedSince(chart, 'iron-deficiency')
  const anaemia =
    lasted(chart, 'iron-deficiency', visit.day) === undefined ? 0 : 0.15 + 0.85 * fading(since, visit.day, 60)
  const sickle = chart.history.get('sickle-cell') ? 4.6 : 0
  const usual = chart.person.sex === 'female' || ageOn(chart.person.born, visit.day) < 14 ? 13.4 : 15.1
  const low = anaemia * 3.4 + sickle + (visit.pregnancy ? 1.4 : 0) + (chart.history.get('kidney-4') ? 2 : 0)
  const haemoglobin = round(own.normal(usual, 0.6) - low + random.normal(0, 0.25), 1)
  const volume = 89 - anaemia * 15 + own.normal(0, 2)
  const haematocrit = round(haemoglobin * 2.98 + random.normal(0, 0.3), 1)
  const infected = (visit.acute?.fever ?? 0) * 4
  return {
    haemoglobin,
    haematocrit,
    erythrocytes: (haematocrit / volume) * 10,
    leukocytes: own.normal(6.8, 1) + infected + random.normal(0, 0.5),
    platelets: own.normal(255, 38) + anaemia * 60 + random.normal(0, 12),
    ferritin: anaemia > 0 ? Math.max(4, 9 + (1 - anaemia) * 60) : own.between(40, 140),
  }
}

function single(chart: Chart, visit: Visit, random: Seeded): Tube {
  const thyroid = chart.history.get('hypothyroidism')
  const excess =
    thyroid && visit.day >= thyroid.onset ? 9 * fading(treatedSince(chart, 'hypothyroidism'), visit.day, 25) : 0
  const virus = lasted(chart, 'hiv', visit.day)
  const liver = chart.history.get('hepatitis-c') || chart.history.get('alcohol') ? 44 : 0
  return {
    tsh: Math.max(0.3, random.normal(1.9, 0.45) + excess),
    alt: Math.max(9, random.normal(22, 4) + liver * random.between(0.5, 1.3)),
    lithium: random.normal(0.78, 0.12),
    ...(virus === undefined
      ? {}
      : { cd4: 760 - 470 * fading(treatedSince(chart, 'hiv'), visit.day, 240) + random.normal(0, 40) }),
  }
}

export function tube(chart: Chart, visit: Visit): Tube {
  const random = visit.random.branch('tube')
  const values: Tube = {
    ...metabolic(chart, visit, random),
    ...lipids(chart, visit, random),
    ...bloodCount(chart, visit, random),
    ...single(chart, visit, random),
  }
  for (const key of Object.keys(values) as LabKey[]) values[key] = round(values[key] as number, LABS[key].unit.decimals)
  return values
}
