// What is done at visits, https://hl7.org/fhir/R4/procedure.html. Pure. SNOMED CT codes.
import { ageOn, moment } from './calendar.ts'
import type { Acute } from './catalogue-acute.ts'
import type { Chart } from './chart.ts'
import { acuteReference } from './conditions.ts'
import { place } from './hospitals.ts'
import { concept, given, type Reference, type Resource, SNOMED } from './resource.ts'
import type { Visit } from './visits.ts'

interface Done {
  key: string
  code: readonly [code: string, display: string]
  minutes: number
  reason?: Reference
}

const ACUTE: Record<NonNullable<Acute['procedure']>, Omit<Done, 'key'>> = {
  appendectomy: { code: ['80146002', 'Appendectomy (procedure)'], minutes: 70 },
  suture: { code: ['288086009', 'Suture open wound (procedure)'], minutes: 20 },
  'chest-x-ray': { code: ['399208008', 'Plain chest X-ray (procedure)'], minutes: 10 },
  'hip-replacement': { code: ['52734007', 'Total replacement of hip (procedure)'], minutes: 110 },
  'coronary-intervention': { code: ['415070008', 'Percutaneous coronary intervention (procedure)'], minutes: 80 },
}

/** At follow-ups of the problem, with this chance. */
const FOLLOW_UP: Record<string, readonly (Omit<Done, 'key' | 'reason'> & { key: string; chance: number })[]> = {
  'atrial-fibrillation': [
    { key: 'ecg', code: ['29303009', 'Electrocardiographic procedure (procedure)'], minutes: 10, chance: 0.7 },
  ],
  coronary: [
    { key: 'ecg', code: ['29303009', 'Electrocardiographic procedure (procedure)'], minutes: 10, chance: 0.5 },
  ],
  'heart-failure': [
    { key: 'echocardiography', code: ['40701008', 'Echocardiography (procedure)'], minutes: 30, chance: 0.35 },
  ],
  asthma: [{ key: 'spirometry', code: ['127783003', 'Spirometry (procedure)'], minutes: 15, chance: 0.4 }],
  copd: [{ key: 'spirometry', code: ['127783003', 'Spirometry (procedure)'], minutes: 15, chance: 0.5 }],
  opioid: [
    {
      key: 'addiction-therapy',
      code: ['266707007', 'Drug addiction therapy (regime/therapy)'],
      minutes: 40,
      chance: 0.4,
    },
  ],
  alcohol: [
    { key: 'alcohol-counselling', code: ['24165007', 'Alcoholism counseling (procedure)'], minutes: 40, chance: 0.7 },
  ],
  depression: [
    {
      key: 'cognitive-therapy',
      code: ['228557008', 'Cognitive and behavioral therapy (regime/therapy)'],
      minutes: 45,
      chance: 0.3,
    },
  ],
  ptsd: [
    {
      key: 'cognitive-therapy',
      code: ['228557008', 'Cognitive and behavioral therapy (regime/therapy)'],
      minutes: 45,
      chance: 0.6,
    },
  ],
}

function screening({ person }: Chart, visit: Visit): Done[] {
  if (visit.kind !== 'check-up') return []
  const age = ageOn(person.born, visit.day)
  const random = visit.random.branch('screening-procedure')
  if (age > 50 && age < 76 && random.chance(0.12))
    return [{ key: 'colonoscopy', code: ['73761001', 'Colonoscopy (procedure)'], minutes: 40 }]
  const breasts = person.sex === 'female' && age > 45 && age < 72
  return breasts && random.chance(0.3)
    ? [{ key: 'mammography', code: ['24623002', 'Screening mammography (procedure)'], minutes: 15 }]
    : []
}

function done(chart: Chart, visit: Visit): Done[] {
  const all = screening(chart, visit)
  if (visit.acute?.procedure && !visit.last) {
    all.push({ key: visit.acute.procedure, ...ACUTE[visit.acute.procedure], reason: acuteReference(visit) })
  }
  if (visit.kind === 'delivery') {
    const birth = visit.pregnancy?.caesarean
      ? { key: 'caesarean', code: ['11466000', 'Cesarean section (procedure)'] as const, minutes: 60 }
      : { key: 'birth', code: ['48782003', 'Delivery normal (procedure)'] as const, minutes: 200 }
    all.push(birth)
  }
  if (visit.kind !== 'follow-up') return all
  for (const problem of visit.problems) {
    for (const { chance, ...each } of FOLLOW_UP[problem.entry.key] ?? []) {
      const twice = all.some((other) => other.key === each.key)
      if (!twice && visit.random.branch(each.key).chance(chance)) all.push({ ...each, reason: problem.reference })
    }
  }
  return all
}

export function* procedures(chart: Chart, visit: Visit): Generator<Resource, void> {
  for (const { key, code, minutes, reason } of done(chart, visit)) {
    const start = visit.minute + 8
    const at = (minute: number) => moment(visit.day, minute, visit.hospital.offset)
    yield given({
      resourceType: 'Procedure',
      id: `${visit.id}-${key}`,
      status: 'completed',
      code: concept(SNOMED, ...code),
      subject: chart.person.reference,
      encounter: visit.reference,
      performedPeriod: { start: at(start), end: at(start + minutes) },
      performer: [{ actor: visit.doctor.practitioner }],
      location: place(visit.hospital, visit.department),
      reasonReference: reason === undefined ? undefined : [reason],
    })
  }
}
