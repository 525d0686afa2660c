// What a resource leaves in its search columns; the rest of it is in agree.test.ts.
import { describe, expect, it } from 'vitest'
import { validate } from '../../src/fhir/validate.ts'
import { hash64 } from '../../src/kernel/hash.ts'
import { indexRow } from '../../src/search/index-row.ts'

const observation = (more: object) => indexRow({ resourceType: 'Observation', id: 'o', ...more })
const allergy = (more: object) => indexRow({ resourceType: 'AllergyIntolerance', id: 'a', ...more })
const patient = (more: object) => indexRow({ resourceType: 'Patient', id: 'p', ...more })

describe('the patient column', () => {
  it('is the patient itself, or whom the subject names', () => {
    expect(patient({}).patient).toBe('p')
    expect(observation({ subject: { reference: 'Patient/7' } }).patient).toBe('7')
    expect(observation({ subject: { reference: 'Patient/7/_history/2' } }).patient).toBe('7')
    expect(allergy({ patient: { reference: 'Patient/7' } }).patient).toBe('7')
  })

  it('is nobody else: what a patient performed or recorded about another is not theirs', () => {
    expect(observation({ subject: { reference: 'Device/1' }, performer: [{ reference: 'Patient/7' }] }).patient).toBe(
      undefined,
    )
    expect(observation({ performer: [{ reference: 'Patient/7' }] }).patient).toBe(undefined)
    expect(allergy({ patient: { identifier: { value: '8' } }, recorder: { reference: 'Patient/7' } }).patient).toBe(
      undefined,
    )
  })

  it.each([
    'https://other.example/fhir/Patient/7',
    'urn:uuid:c757873d-ec9a-4326-a141-556f43239520',
    '#p',
    '#',
    'Practitioner/7',
    // Eight characters before an id, as many as "Patient/" has.
    'patient/7',
    'Patient-7',
    '12345678',
    '123456787',
  ])('never takes %s for a patient of this server', (reference) => {
    expect(allergy({ patient: { reference } }).patient).toBe(undefined)
    expect(observation({ subject: { reference } }).patient).toBe(undefined)
  })

  it('holds an id wherever a valid resource leaves anything there', () => {
    for (const reference of ['Patient/7', 'Patient-7', 'http://a/Patient/7', 'Patient/7/8', 'Patient/'])
      for (const value of [
        allergy({ patient: { reference } }).patient,
        observation({ subject: { reference } }).patient,
      ])
        if (value !== undefined) expect(value).toMatch(/^[A-Za-z0-9\-.]{1,64}$/)
  })
})

describe('the custodian column', () => {
  it('is an organization of this server', () => {
    const encounter = (reference: string) =>
      indexRow({ resourceType: 'Encounter', id: 'e', serviceProvider: { reference } }).custodian
    expect(encounter('Organization/1')).toBe('1')
    expect(encounter('Organization/1/_history/3')).toBe('1')
    for (const other of ['https://a/Organization/1', '#o', 'Practitioner/1', 'urn:uuid:1'])
      expect(encounter(other)).toBe(undefined)
  })
})

describe('a string column', () => {
  it('keeps values apart with a character that none of them holds', () => {
    expect(patient({ name: [{ family: 'a\u001fb', given: ['c', 'd'] }] }).name).toBe('\u001fa b\u001fc\u001fd')
    expect(patient({ name: [{ family: 'Berg' }, { family: 'BERG' }] }).family).toBe('\u001fberg')
  })
})

describe('a token column', () => {
  it('holds the code alone, with its system, and the system alone', () => {
    const { code } = observation({ code: { coding: [{ system: 's', code: 'a' }, { code: 'b' }, { system: 'u' }] } })
    expect(code).toEqual([
      hash64('s\0s'),
      hash64('c\0a'),
      hash64('b\0s\0a'),
      hash64('c\0b'),
      hash64('b\0\0b'),
      hash64('s\0u'),
    ])
  })
})

it.each(['\u0000', 'a\u0000', '\ud800'])('a text that PostgreSQL cannot store is in no valid resource: %j', (text) => {
  const plan = { resourceType: 'CarePlan', status: 'active', intent: 'plan' }
  const faults = validate('CarePlan', { ...plan, instantiatesCanonical: [text], subject: { reference: text } })
  expect(faults.map(({ expression }) => expression)).toEqual([
    'CarePlan.instantiatesCanonical[0]',
    'CarePlan.subject.reference',
  ])
})

it('a type without a table is a mistake of the caller', () => {
  for (const resourceType of ['Nothing', 'constructor', undefined])
    expect(() => indexRow({ resourceType, id: 'a' })).toThrow(TypeError)
})
