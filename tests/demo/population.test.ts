import { describe, expect, test } from 'vitest'
import { demoPopulation } from '../../src/demo/population.ts'
import { validate } from '../../src/fhir/validate.ts'
import { generate, recordsOf, referencesIn, TODAY } from './population.ts'

const population = generate(1, 500)

const TYPES = [
  'AllergyIntolerance',
  'CarePlan',
  'CareTeam',
  'Condition',
  'Consent',
  'Coverage',
  'Device',
  'DiagnosticReport',
  'DocumentReference',
  'Encounter',
  'Group',
  'Immunization',
  'Location',
  'MedicationAdministration',
  'MedicationDispense',
  'MedicationRequest',
  'MedicationStatement',
  'Observation',
  'Organization',
  'Patient',
  'Practitioner',
  'PractitionerRole',
  'Procedure',
  'RelatedPerson',
  'ResearchStudy',
]
const text = (resources: readonly unknown[]) => resources.map((resource) => JSON.stringify(resource)).join('\n')

describe('determinism', () => {
  test('the same options give the same population, byte for byte', () => {
    expect(text(generate(7, 40))).toBe(text(generate(7, 40)))
  })

  test('another seed gives other people', () => {
    const names = (seed: number) => recordsOf(generate(seed, 20)).map(({ patient }) => patient.name?.[0]?.text)
    expect(names(1)).not.toEqual(names(2))
  })

  test('a patient does not depend on how many others there are', () => {
    const few = recordsOf(generate(3, 12)).map(({ all }) => text(all))
    const many = recordsOf(generate(3, 30)).map(({ all }) => text(all))
    expect(many.slice(0, 12)).toEqual(few)
  })

  test('a day that is none is refused', () => {
    expect(() => [...demoPopulation({ seed: 1, patients: 1, today: '01.05.2026' })]).toThrow(RangeError)
    expect(() => [...demoPopulation({ seed: 1, patients: 1, today: '2026-02-30' })]).toThrow(RangeError)
  })

  test('no patients is a population too', () => {
    expect(generate(1, 0).filter(({ resourceType }) => resourceType === 'Patient')).toEqual([])
  })
})

describe('order', () => {
  test.each([1, 2, 3])('what is referred to comes before what refers to it, seed %i', (seed) => {
    const seen = new Set<string>()
    const early: string[] = []
    for (const resource of generate(seed, 100)) {
      for (const target of referencesIn(resource)) if (!seen.has(target)) early.push(`${resource.id} -> ${target}`)
      seen.add(`${resource.resourceType}/${resource.id}`)
    }
    expect(early).toEqual([])
  })

  test('every id is unique and of the type id', () => {
    const ids = population.map(({ resourceType, id }) => `${resourceType}/${id}`)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.filter((id) => !/^\w+\/[A-Za-z0-9\-.]{1,64}$/.test(id))).toEqual([])
  })
})

describe('content', () => {
  test.each([1, 2, 3, 615])('500 patients have between 25,000 and 40,000 resources, seed %i', (seed) => {
    let count = 0
    for (const _ of demoPopulation({ seed, patients: 500, today: TODAY })) count++
    expect(count).toBeGreaterThan(25_000)
    expect(count).toBeLessThan(40_000)
  })

  test('every resource is valid', () => {
    const faults = population.flatMap((resource) =>
      validate(resource.resourceType, resource).map(({ expression, diagnostics }) => `${expression} ${diagnostics}`),
    )
    expect([...new Set(faults)]).toEqual([])
  })

  test('no element is absent and present at once', () => {
    const holes = population.filter((resource) => !Object.values(resource).every((value) => value !== undefined))
    expect(holes).toEqual([])
  })

  test('every kind of resource and every age, gender and name occurs', () => {
    const types = new Set(population.map(({ resourceType }) => resourceType))
    expect([...types].sort()).toEqual(TYPES)
    const patients = recordsOf(population).map(({ patient }) => patient)
    expect(patients.filter(({ birthDate = '' }) => birthDate < '1936-05-01').length).toBeGreaterThan(4)
    expect(patients.filter(({ birthDate = '' }) => birthDate > '2008-05-01').length).toBeGreaterThan(60)
    expect(new Set(patients.map(({ gender }) => gender))).toEqual(new Set(['female', 'male', 'other', 'unknown']))
    expect(patients.some(({ name }) => /[^\p{ASCII}]/u.test(name?.[0]?.family ?? ''))).toBe(true)
    expect(patients.some(({ name }) => (name?.[0]?.given?.length ?? 0) > 1)).toBe(true)
    expect(patients.some(({ deceasedDateTime }) => deceasedDateTime !== undefined)).toBe(true)
  })

  test('people are marked as invented, and reachable nowhere', () => {
    const persons = population.filter(({ resourceType }) => /^(Patient|Practitioner|RelatedPerson)$/.test(resourceType))
    expect(persons.filter(({ meta }) => meta?.tag?.[0]?.code !== 'synthetic')).toEqual([])
    const contacts = text(persons).match(/"value":"[^"]*(?:@|\+)[^"]*"/g) ?? []
    expect(contacts.filter((contact) => !/@example\.org"$|"\+1-555-01\d\d"$/.test(contact))).toEqual([])
  })

  test('security labels are left to the server', () => {
    expect(population.filter(({ meta }) => meta?.security !== undefined)).toEqual([])
  })
})
