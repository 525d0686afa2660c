// The Patient resource of a person, https://hl7.org/fhir/R4/patient.html. Pure.
import { ageOn, dateText, moment } from './calendar.ts'
import { HOSPITALS, type Hospital, organization } from './hospitals.ts'
import { fullName, homeAddress, personName, plain, telephone } from './naming.ts'
import type { Person } from './people.ts'
import { concept, DEMO, given, type Resource, SYNTHETIC, terminology } from './resource.ts'

const identifierType = (code: string, display: string) => concept(terminology('v2-0203'), code, display)

const recordNumber = (person: Person, hospital: Hospital) => ({
  use: 'usual',
  type: identifierType('MR', 'Medical record number'),
  system: `${DEMO}/mrn/${hospital.key}`,
  value: `${hospital.key.slice(0, 1).toUpperCase()}${String(100_000 + person.index * 7).padStart(7, '0')}`,
})

/** Ten digits of which the last is a check digit modulo 11, like the numbers that states give. */
export function nationalNumber(index: number): string {
  const digits = String(900_000_000 + index * 37)
  const sum = [...digits].reduce((total, digit, at) => total + Number(digit) * (10 - at), 0)
  const check = (11 - (sum % 11)) % 11
  return check === 10 ? nationalNumber(index + 1_000_003) : digits + check
}

function names(person: Person) {
  const { name, sex } = person
  const official = { use: 'official', text: fullName(name), family: name.family, given: name.given }
  const random = person.random.branch('names')
  const more: object[] = []
  if (sex === 'female' && random.chance(0.1)) {
    more.push({ use: 'maiden', family: personName(random, sex, name.naming).family })
  } else if (random.chance(0.06)) {
    more.push({ use: 'nickname', given: [`${(name.given[0] ?? '').slice(0, 3)}i`] })
  }
  return [official, ...more]
}

function contactPoints(person: Person, age: number) {
  const random = person.random.branch('telecom')
  const phone = { system: 'phone', value: telephone(random), use: age < 70 ? 'mobile' : 'home', rank: 1 }
  if (age < 14 || random.chance(0.2)) return [phone]
  const address = `${plain(person.name.given[0] ?? '')}.${plain(person.name.family)}.${person.key}@example.org`
  return [phone, { system: 'email', value: address, use: 'home' }]
}

function marital(person: Person, age: number) {
  const codes = [
    ['M', 'Married'],
    ['S', 'Never Married'],
    ['D', 'Divorced'],
    ['W', 'Widowed'],
  ] as const
  const weights = age < 30 ? [20, 75, 5, 0] : age < 70 ? [62, 20, 16, 2] : [45, 8, 12, 35]
  if (age < 18) return undefined
  const [code, display] = person.random
    .branch('marital')
    .weighted(codes.map((each, index) => [each, weights[index] ?? 0] as const))
  return concept(terminology('v3-MaritalStatus'), code, display)
}

const deceased = (person: Person) => {
  if (person.died !== undefined) {
    return { deceasedDateTime: moment(person.died, 60 + (person.index % 22) * 60, person.hospital.offset) }
  }
  return person.index % 9 === 0 ? { deceasedBoolean: false } : {}
}

const language = ({ name: { naming } }: Person) => ({
  language: concept('urn:ietf:bcp:47', naming.language, naming.languageName),
  preferred: true,
})

/** `others` are hospitals beside the home hospital that also know the patient. */
export function patient(person: Person, others: readonly Hospital[]): Resource {
  const age = ageOn(person.born, person.until)
  const known = HOSPITALS.filter((hospital) => hospital === person.hospital || others.includes(hospital))
  return given({
    resourceType: 'Patient',
    id: `demo-patient-${person.key}`,
    meta: SYNTHETIC,
    identifier: [
      ...known.map((hospital) => recordNumber(person, hospital)),
      {
        use: 'official',
        type: identifierType('NI', 'National unique individual identifier'),
        system: `${DEMO}/national-number`,
        value: nationalNumber(person.index),
      },
    ],
    active: person.died === undefined,
    name: names(person),
    telecom: contactPoints(person, age),
    gender: person.gender,
    birthDate: dateText(person.born),
    ...deceased(person),
    address: [homeAddress(person.random.branch('address'))],
    maritalStatus: marital(person, age),
    communication: [language(person)],
    generalPractitioner: [person.gp.practitioner],
    managingOrganization: organization(person.hospital),
  })
}
