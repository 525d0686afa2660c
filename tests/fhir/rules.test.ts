// Rules beside structure: bindings, references, contained resources, invariants.
// https://hl7.org/fhir/R4/domainresource.html#invs, https://hl7.org/fhir/R4/references.html
import { describe, expect, it } from 'vitest'
import { CODES } from '../../src/fhir/generated/codes.ts'
import { parseLocalReference, parseReference } from '../../src/fhir/references.ts'
import { validate } from '../../src/fhir/validate.ts'
import { INVARIANT_CASES } from './invariant-cases.ts'
import type { Node } from './r4.ts'

const found = (resource: Node) =>
  validate(String(resource.resourceType), resource).map(({ code, expression, diagnostics }) => ({
    code,
    expression,
    key: /^[a-z]+-\d+(?=:)|^ppc-2..5(?=:)/.exec(diagnostics)?.[0],
  }))
const paths = (resource: Node) => found(resource).map(({ expression }) => expression)

const observation = (more: Node = {}): Node => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'a' },
  ...more,
})
const withSubject = (subject: Node, more: Node = {}) => observation({ subject, ...more })

describe('a required binding', () => {
  it('takes every code of its value set and no other', () => {
    const statuses = CODES['observation-status']!['http://hl7.org/fhir/observation-status']!
    expect(statuses).toHaveLength(8)
    for (const status of statuses) expect(found(observation({ status }))).toEqual([])
    for (const status of ['Final', 'active', 'constructor', '__proto__', 'http://hl7.org/fhir/observation-status'])
      expect(found(observation({ status }))).toEqual([{ code: 'code-invalid', expression: 'Observation.status' }])
  })

  const clinical = 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical'
  const allergy = (clinicalStatus: unknown): Node => ({
    resourceType: 'AllergyIntolerance',
    patient: { reference: 'Patient/1' },
    clinicalStatus,
  })
  it.each([
    ['the code with its system', { coding: [{ system: clinical, code: 'active' }] }, true],
    ['it beside other codings', { coding: [{ code: 'x' }, { system: clinical, code: 'active' }], text: 'a' }, true],
    ['a code of another system', { coding: [{ system: 'http://a', code: 'active' }] }, false],
    ['a code without system', { coding: [{ code: 'active' }] }, false],
    ['text alone', { text: 'active' }, false],
    ['an unknown code', { coding: [{ system: clinical, code: 'unknown' }] }, false],
    ['a system named as a property of every object', { coding: [{ system: 'constructor', code: 'name' }] }, false],
    ['the system __proto__', { coding: [{ system: '__proto__', code: 'a' }] }, false],
  ])('of a concept: %s', (_, concept, good) => {
    expect(paths(allergy(concept))).toEqual(good ? [] : ['AllergyIntolerance.clinicalStatus'])
  })

  it('of a value set that nobody can expand takes any code', () => {
    const photo = (contentType: string) => ({ resourceType: 'Patient', photo: [{ contentType, url: 'http://a' }] })
    expect(paths(photo('application/x-anything'))).toEqual([])
    expect(paths(photo(' '))).toEqual(['Patient.photo[0].contentType'])
  })
})

describe('a reference', () => {
  const patient = { resourceType: 'Patient', id: 'p' }
  it.each([
    ['relative', { reference: 'Patient/1' }],
    ['versioned', { reference: 'Patient/1/_history/2' }],
    ['absolute', { reference: 'https://example.org/fhir/Patient/1' }],
    ['absolute and versioned', { reference: 'http://a.b/c/Patient/1/_history/2' }],
    ['absolute, to something that is no RESTful server', { reference: 'https://example.org/people?id=1' }],
    ['a UUID', { reference: 'urn:uuid:c757873d-ec9a-4326-a141-556f43239520' }],
    ['logical', { identifier: { value: '1' }, type: 'Patient' }],
    ['text', { display: 'somebody' }],
  ])('to a type that may stand there: %s', (_, subject) => {
    expect(found(withSubject(subject))).toEqual([])
  })

  it.each([
    ['relative', { reference: 'Medication/1' }],
    ['versioned', { reference: 'Medication/1/_history/2' }],
    ['absolute', { reference: 'https://example.org/fhir/Medication/1' }],
    ['absolute and versioned', { reference: 'https://example.org/fhir/Medication/1/_history/2' }],
    ['logical', { identifier: { value: '1' }, type: 'Medication' }],
    ['a UUID that says its type', { reference: 'urn:uuid:c757873d-ec9a-4326-a141-556f43239520', type: 'Medication' }],
    ['to itself', { reference: '#' }],
  ])('to a type that may not: %s', (_, subject) => {
    expect(found(withSubject(subject))).toEqual([{ code: 'invalid', expression: 'Observation.subject' }])
  })

  it('into the contained resources finds one of an allowed type', () => {
    const medication = { resourceType: 'Medication', id: 'm' }
    expect(found(withSubject({ reference: '#p' }, { contained: [patient] }))).toEqual([])
    expect(found(withSubject({ reference: '#m' }, { contained: [medication] }))).toEqual([
      { code: 'invalid', expression: 'Observation.subject' },
    ])
    expect(found(withSubject({ reference: '#gone' }))).toEqual([
      { code: 'invariant', expression: 'Observation.subject', key: 'ref-1' },
    ])
  })

  it('is taken apart into type, id and version', () => {
    expect(parseReference('Patient/a-1.b/_history/3')).toEqual({ type: 'Patient', id: 'a-1.b', version: '3' })
    expect(parseReference('http://a/b/Patient/1')).toEqual({ type: 'Patient', id: '1' })
    for (const text of ['', '#p', 'Patient', 'Patient/', 'patient/1', 'Patient/1/2', 'urn:uuid:1', 'ftp://a/Patient/1'])
      expect(parseReference(text)).toBeUndefined()
    expect(parseReference(`Patient/${'a'.repeat(65)}`)).toBeUndefined()
    expect(parseLocalReference('http://a/b/Patient/1')).toBeUndefined()
    expect(parseLocalReference('Patient/1')).toEqual({ type: 'Patient', id: '1' })
  })
})

describe('a contained resource', () => {
  const holding = (...contained: unknown[]) => withSubject({ reference: '#p' }, { contained })
  const patient = (more: Node = {}) => ({ resourceType: 'Patient', id: 'p', ...more })

  it('that is referred to is valid', () => {
    expect(found(holding(patient()))).toEqual([])
  })

  it.each([
    ['dom-2', { contained: [patient({ id: 'q' })] }, 'Observation.contained[0].contained'],
    ['dom-4', { meta: { versionId: '1' } }, 'Observation.contained[0].meta'],
    ['dom-4', { meta: { lastUpdated: '2020-01-01T00:00:00Z' } }, 'Observation.contained[0].meta'],
    ['dom-5', { meta: { security: [{ code: 'R' }] } }, 'Observation.contained[0].meta.security'],
  ])('breaks %s with %j', (key, more, expression) => {
    expect(found(holding(patient(more)))).toEqual([{ code: 'invariant', expression, key }])
  })

  it('breaks dom-3 where nothing refers to it and it refers to nothing outside', () => {
    expect(found(observation({ contained: [patient()] }))).toEqual([
      { code: 'invariant', expression: 'Observation.contained[0]', key: 'dom-3' },
    ])
    const upwards = { resourceType: 'Provenance', id: 'x', recorded: '2020-01-01T00:00:00Z' }
    const agent = [{ who: { display: 'a' } }]
    expect(found(observation({ contained: [{ ...upwards, target: [{ reference: '#' }], agent }] }))).toEqual([])
  })

  it('keeps dom-3 where another contained resource refers to it', () => {
    const first = { resourceType: 'Practitioner', id: 'q' }
    expect(found(holding(patient({ generalPractitioner: [{ reference: '#q' }] }), first))).toEqual([])
  })

  it('needs an id of its own', () => {
    expect(found(holding(patient(), patient()))).toContainEqual({
      code: 'duplicate',
      expression: 'Observation.contained[1].id',
    })
    expect(found(holding(patient(), { resourceType: 'Patient' }))).toContainEqual({
      code: 'required',
      expression: 'Observation.contained[1].id',
    })
  })

  it.each([
    ['of a type that this server does not know', { resourceType: 'Nothing', id: 'p' }],
    ['without a type', { id: 'p' }],
    ['of a datatype', { resourceType: 'HumanName', id: 'p' }],
    ['of a type named as a property of every object', { resourceType: 'constructor', id: 'p' }],
  ])('%s is refused', (_, inner) => {
    expect(paths(observation({ contained: [inner] }))).toContain('Observation.contained[0].resourceType')
  })

  it('is judged as any resource', () => {
    expect(paths(holding(patient({ gender: 'x', nme: [] })))).toEqual([
      'Observation.contained[0].gender',
      'Observation.contained[0].nme',
    ])
    expect(paths(holding('text', patient()))).toEqual(['Observation.contained[0]'])
  })
})

describe.each(INVARIANT_CASES)('$key', ({ key, at, good, bad }) => {
  it.each(good.map((resource) => [resource]))('holds for %j', (resource) => {
    expect(found(resource).filter((issue) => issue.key === key)).toEqual([])
  })
  it.each(bad.map((resource) => [resource]))('is broken by %j', (resource) => {
    expect(found(resource)).toContainEqual({ code: 'invariant', expression: at, key })
  })
})

describe('a modifier extension', () => {
  it('is refused wherever it stands: nothing here understands one', () => {
    const modifierExtension = [{ url: 'http://a', valueBoolean: true }]
    expect(found(observation({ modifierExtension }))).toEqual([
      { code: 'extension', expression: 'Observation.modifierExtension' },
    ])
    expect(paths(observation({ component: [{ code: { text: 'b' }, modifierExtension }] }))).toEqual([
      'Observation.component[0].modifierExtension',
    ])
  })
})

describe('the resource itself', () => {
  it.each([[null], [undefined], ['text'], [5], [[]], [true]])('is no resource: %j', (resource) => {
    expect(validate('Patient', resource)).toMatchObject([{ code: 'structure', expression: 'Patient' }])
  })

  it('must be of the type that is asked for', () => {
    for (const resourceType of ['Observation', '', 5, undefined, 'constructor'])
      expect(validate('Patient', { resourceType, active: true })).toMatchObject([
        { code: 'structure', expression: 'Patient.resourceType' },
      ])
    for (const type of ['Nothing', 'HumanName', 'constructor']) expect(() => validate(type, {})).toThrow(TypeError)
  })

  it('has each of its faults listed, not only the first', () => {
    const faults = paths({
      resourceType: 'Observation',
      status: 'x',
      code: [],
      valueString: '',
      valueBoolean: 1,
      zz: 1,
    })
    expect(faults).toEqual([
      'Observation.status',
      'Observation.code',
      'Observation.value.ofType(string)',
      'Observation.value.ofType(boolean)',
      'Observation.zz',
      'Observation.value',
    ])
  })
})
