// Insurance, https://hl7.org/fhir/R4/coverage.html. Pure.
import { ageOn, dateText, yearsAfter } from './calendar.ts'
import { payer } from './hospitals.ts'
import type { Person } from './people.ts'
import { concept, DEMO, type Resource, terminology } from './resource.ts'

/** Nine of ten are insured, the old more often by the public fund. */
export function* coverages(person: Person): Generator<Resource, void> {
  const random = person.random.branch('coverage')
  if (!random.chance(0.9)) return
  const age = ageOn(person.born, person.until)
  const fund = age > 66 || random.chance(0.4) ? 'public' : random.pick(['meadow', 'harbour'] as const)
  const type: readonly [string, string] =
    fund === 'public' ? ['PUBLICPOL', 'public healthcare'] : ['EHCPOL', 'extended healthcare']
  const start = Math.max(person.born, yearsAfter(person.from, -random.int(0, 4)))
  const [code, display] = age < 18 ? (['child', 'Child'] as const) : (['self', 'Self'] as const)
  yield {
    resourceType: 'Coverage',
    id: `demo-${person.key}-coverage`,
    identifier: [{ system: `${DEMO}/insurance/${fund}`, value: String(5_000_000 + person.index * 11) }],
    status: person.died === undefined ? 'active' : 'cancelled',
    type: concept(terminology('v3-ActCode'), ...type),
    beneficiary: person.reference,
    relationship: concept(terminology('subscriber-relationship'), code, display),
    period:
      person.died === undefined ? { start: dateText(start) } : { start: dateText(start), end: dateText(person.died) },
    payor: [payer(fund)],
  }
}
