// Parents of children and grown-up children of elders, https://hl7.org/fhir/R4/relatedperson.html. Pure.
import { ageOn } from './calendar.ts'
import { fullName, homeAddress, personName, type Sex, telephone } from './naming.ts'
import type { Person } from './people.ts'
import { concept, type Reference, type Resource, reference, SYNTHETIC, terminology } from './resource.ts'

const ROLES = {
  parent: { female: ['MTH', 'mother'], male: ['FTH', 'father'] },
  child: { female: ['DAUC', 'daughter'], male: ['SONC', 'son'] },
} as const

/** Who acts for the person: a parent below 18, for some elders a child. */
export function representative(person: Person): keyof typeof ROLES | undefined {
  const age = ageOn(person.born, person.until)
  if (age < 18) return 'parent'
  return age > 78 && person.random.branch('relative').chance(0.4) ? 'child' : undefined
}

export const relative = (person: Person): Reference => reference('RelatedPerson', `demo-${person.key}-relative`)

export function* relatives(person: Person): Generator<Resource, void> {
  const kind = representative(person)
  if (kind === undefined) return
  const random = person.random.branch('relative-name')
  const sex: Sex = random.chance(0.6) ? 'female' : 'male'
  const own = personName(random, sex, person.name.naming)
  // A parent shares the family name of a boy; endings such as -ska and -ski make it wrong for the other sex.
  const name = kind === 'parent' && sex === person.sex ? { ...own, family: person.name.family } : own
  const [code, display] = ROLES[kind][sex]
  yield {
    resourceType: 'RelatedPerson',
    id: `demo-${person.key}-relative`,
    meta: SYNTHETIC,
    active: true,
    patient: person.reference,
    relationship: [concept(terminology('v3-RoleCode'), code, display)],
    name: [{ use: 'official', text: fullName(name), family: name.family, given: name.given }],
    telecom: [{ system: 'phone', value: telephone(random), use: 'mobile' }],
    gender: sex,
    address: [homeAddress(person.random.branch(kind === 'parent' ? 'address' : 'relative-address'))],
  }
}
