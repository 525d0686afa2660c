// Findings that are no plain number: scores, habits, tests that are positive or negative, viral load. Pure. LOINC codes.
import { ageOn } from './calendar.ts'
import { type Chart, fading, lasted, treatedSince } from './chart.ts'
import { organization } from './hospitals.ts'
import { type Finding, observation } from './observation.ts'
import { type Concept, concept, LOINC, quantity, type Resource, SNOMED } from './resource.ts'
import type { Visit } from './visits.ts'

const SMOKING = concept(LOINC, '72166-2', 'Tobacco smoking status')
const SMOKES = ['449868002', 'Smokes tobacco daily (finding)'] as const
const SMOKED = ['8517006', 'Ex-smoker (finding)'] as const
const NEVER = ['266919005', 'Never smoked tobacco (finding)'] as const

const PHQ9 = concept(LOINC, '44261-6', 'Patient Health Questionnaire 9 item (PHQ-9) total score [Reported]')
const VIRAL_LOAD = concept(
  LOINC,
  '20447-9',
  'HIV 1 RNA [#/volume] (viral load) in Serum or Plasma by NAA with probe detection',
)
const CHLAMYDIA = concept(
  LOINC,
  '21613-5',
  'Chlamydia trachomatis DNA [Presence] in Specimen by NAA with probe detection',
)
const OPIATES = concept(LOINC, '19295-5', 'Opiates [Presence] in Urine by Screen method')
const PREGNANCY = concept(LOINC, '2106-3', 'Choriogonadotropin (pregnancy test) [Presence] in Urine')

const DETECTED = concept(SNOMED, '260373001', 'Detected (qualifier value)')
const NOT_DETECTED = concept(SNOMED, '260415000', 'Not detected (qualifier value)')
const POSITIVE = concept(SNOMED, '10828004', 'Positive (qualifier value)')
const NEGATIVE = concept(SNOMED, '260385009', 'Negative (qualifier value)')

function smoking(chart: Chart, day: number): readonly [code: string, display: string] {
  const random = chart.person.random.branch('smoking')
  if (chart.history.get('copd')) return random.chance(0.4) ? SMOKES : SMOKED
  const [smokes, smoked] = ageOn(chart.person.born, day) < 30 ? [0.16, 0.05] : [0.15, 0.28]
  const draw = random.next()
  return draw < smokes ? SMOKES : draw < smokes + smoked ? SMOKED : NEVER
}

/** 27 points are the worst; under treatment the score halves in two months. */
function phq9(chart: Chart, visit: Visit): number {
  const worst = chart.person.random.branch('phq-9').int(13, 23)
  const left = fading(treatedSince(chart, 'depression'), visit.day, 60)
  return Math.max(0, Math.min(27, Math.round(3 + (worst - 3) * left + visit.random.branch('phq-9').normal(0, 1.5))))
}

/** Copies per millilitre; below the limit of the method only that is known. */
function viralLoad(chart: Chart, visit: Visit) {
  const peak = chart.person.random.branch('viral-load').between(4.2, 5.6)
  const copies = Math.round(10 ** (peak - 4.5 * (1 - fading(treatedSince(chart, 'hiv'), visit.day, 18))))
  const amount = quantity(Math.max(20, copies), 'copies/mL', '{copies}/mL')
  return { valueQuantity: copies < 20 ? { ...amount, comparator: '<' } : amount }
}

type Draft = Pick<Finding, 'key' | 'category' | 'code' | 'result'>

const laboratory = (key: string, code: Concept, valueCodeableConcept: Concept): Draft => ({
  key,
  category: 'laboratory',
  code,
  result: { valueCodeableConcept },
})

function* drafts(chart: Chart, visit: Visit): Generator<Draft, void> {
  const { person, pregnancies } = chart
  const random = visit.random.branch('findings')
  const seen = (key: string) => visit.problems.some(({ entry }) => entry.key === key)
  if (visit.kind === 'check-up' && ageOn(person.born, visit.day) >= 16 && random.chance(0.4)) {
    yield {
      key: 'smoking',
      category: 'social-history',
      code: SMOKING,
      result: { valueCodeableConcept: concept(SNOMED, ...smoking(chart, visit.day)) },
    }
  }
  if (seen('depression')) {
    yield {
      key: 'phq-9',
      category: 'survey',
      code: PHQ9,
      result: { valueQuantity: quantity(phq9(chart, visit), 'score', '{score}') },
    }
  }
  if (visit.kind === 'telehealth') return
  if (lasted(chart, 'hiv', visit.day) !== undefined && seen('hiv')) {
    yield { key: 'viral-load', category: 'laboratory', code: VIRAL_LOAD, result: viralLoad(chart, visit) }
  }
  if (visit.acute?.key === 'chlamydia' || visit.acute?.key === 'gonorrhoea') {
    yield laboratory('chlamydia', CHLAMYDIA, visit.acute.key === 'chlamydia' ? DETECTED : NOT_DETECTED)
  }
  if (seen('opioid')) yield laboratory('opiates', OPIATES, random.chance(0.18) ? POSITIVE : NEGATIVE)
  const pregnancy = visit.pregnancy
  if (pregnancy && visit.day - pregnancy.from < 100 && pregnancies.includes(pregnancy)) {
    yield laboratory('pregnancy-test', PREGNANCY, POSITIVE)
  }
}

export function* findings(chart: Chart, visit: Visit): Generator<Resource, void> {
  for (const draft of drafts(chart, visit)) {
    const lab = draft.category === 'laboratory'
    const performer = lab ? organization(visit.hospital) : visit.doctor.practitioner
    yield observation(visit, chart.person.reference, {
      ...draft,
      after: 12,
      ...(lab ? { issuedAfter: 400 } : {}),
      performer,
    })
  }
}
