// Vaccinations by the calendar of childhood and of old age, https://hl7.org/fhir/R4/immunization.html. Pure. CVX codes.
import { type Day, dateText, moment, YEAR } from './calendar.ts'
import type { Chart } from './chart.ts'
import { CVX, concept, given, quantity, type Resource, SNOMED, terminology } from './resource.ts'
import type { Visit } from './visits.ts'

interface Vaccine {
  key: string
  cvx: readonly [code: string, display: string]
  /** Ages in years at which a dose is due. */
  at: readonly number[]
  /** Share of people who get it. */
  uptake: number
}

const VACCINES: readonly Vaccine[] = [
  { key: 'hepatitis-b', cvx: ['08', 'Hep B, adolescent or pediatric'], at: [0.09, 0.5], uptake: 0.9 },
  { key: 'rotavirus', cvx: ['119', 'rotavirus, monovalent'], at: [0.17, 0.34], uptake: 0.8 },
  { key: 'dtap', cvx: ['20', 'DTaP'], at: [0.17, 0.34, 0.5, 1.25, 4.1], uptake: 0.94 },
  { key: 'polio', cvx: ['10', 'IPV'], at: [0.17, 0.34, 1.5, 4.1], uptake: 0.93 },
  { key: 'pneumococcus', cvx: ['133', 'Pneumococcal conjugate PCV 13'], at: [0.17, 0.34, 1.05], uptake: 0.9 },
  { key: 'mmr', cvx: ['03', 'MMR'], at: [1.05, 4.1], uptake: 0.92 },
  { key: 'varicella', cvx: ['21', 'varicella'], at: [1.05, 4.1], uptake: 0.85 },
  { key: 'tdap', cvx: ['115', 'Tdap'], at: [11.2], uptake: 0.85 },
  { key: 'meningococcus', cvx: ['114', 'meningococcal MCV4P'], at: [11.2, 16.2], uptake: 0.75 },
  { key: 'hpv', cvx: ['165', 'HPV9'], at: [11.4, 12], uptake: 0.65 },
  {
    key: 'tetanus',
    cvx: ['113', 'Td (adult), 5 Lf tetanus toxoid, preservative free, adsorbed'],
    at: [25, 35, 45, 55, 65, 75, 85],
    uptake: 0.6,
  },
  { key: 'zoster', cvx: ['187', 'zoster recombinant'], at: [60.1, 60.4], uptake: 0.5 },
  { key: 'pneumococcus-elders', cvx: ['33', 'pneumococcal polysaccharide vaccine, 23 valent'], at: [66], uptake: 0.6 },
]

const FLU = ['140', 'Influenza, split virus, trivalent, PF'] as const

/** Reach of the register before the record: children are complete, of grown-ups only the last doses are known. */
const REGISTER = 14

const vaccine = (code: readonly [string, string]) => concept(CVX, ...code)

const shared = (chart: Chart) => ({ patient: chart.person.reference, primarySource: true })

/** Doses of the calendar; some are refused and recorded as not done. */
export function* calendarDoses(chart: Chart): Generator<Resource, void> {
  const { person } = chart
  for (const { key, cvx, at, uptake } of VACCINES) {
    const random = person.random.branch(`vaccine-${key}`)
    if (!random.chance(uptake)) continue
    for (const [index, age] of at.entries()) {
      const day: Day = person.born + Math.round(age * YEAR) + random.int(0, 20)
      if (day > person.until || day < person.until - REGISTER * YEAR) continue
      const refused = random.chance(0.015)
      yield given({
        resourceType: 'Immunization',
        id: `demo-${person.key}-vaccine-${key}-${index + 1}`,
        status: refused ? 'not-done' : 'completed',
        statusReason: refused ? concept(terminology('v3-ActReason'), 'PATOBJ', 'patient objection') : undefined,
        vaccineCode: vaccine(cvx),
        ...shared(chart),
        occurrenceDateTime: dateText(day),
        lotNumber: refused ? undefined : `DEMO-${random.int(100, 999)}`,
        doseQuantity: refused ? undefined : quantity(0.5, 'mL'),
        protocolApplied: refused ? undefined : [{ doseNumberPositiveInt: index + 1 }],
      })
    }
  }
}

/** The yearly influenza shot, given at check-ups in autumn and winter. */
export function* influenza(chart: Chart, visit: Visit): Generator<Resource, void> {
  const month = Number(dateText(visit.day).slice(5, 7))
  if (visit.kind !== 'check-up' || (month > 2 && month < 9) || !visit.random.branch('influenza').chance(0.55)) return
  yield {
    resourceType: 'Immunization',
    id: `${visit.id}-influenza`,
    status: 'completed',
    vaccineCode: vaccine(FLU),
    ...shared(chart),
    encounter: visit.reference,
    occurrenceDateTime: moment(visit.day, visit.minute + 16, visit.hospital.offset),
    site: concept(terminology('v3-ActSite'), 'LA', 'left arm'),
    route: concept(SNOMED, '78421000', 'Intramuscular route'),
    doseQuantity: quantity(0.5, 'mL'),
    performer: [{ actor: chart.roster.one(visit.hospital, 'nurse').practitioner }],
  }
}
