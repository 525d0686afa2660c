// A resource that breaks R4 is refused, by variable and by literal: one error with every issue and its FHIRPath, nothing
// stored, nothing of what was sent told back.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { isObject } from '../../src/kernel/json.ts'
import { type Answer, type TestApp, testApp } from '../support/app.ts'
import { EVERYTHING, INVALID, type Invalid, MARKER } from './invalid-resources.ts'
import { storedRows } from './stored-rows.ts'

let server: TestApp
let rows: Record<string, number>
beforeAll(async () => {
  server = await testApp()
  await server.ask('mutation { PatientUpdate(id: "stands", res: { active: true }) { id } }')
})
afterAll(() => server.close())
beforeEach(async () => {
  rows = await storedRows(server)
})
afterEach(async () => {
  expect(await storedRows(server)).toEqual(rows)
  expect(server.faults.splice(0)).toEqual([])
})

interface Issue {
  severity: string
  code: string
  diagnostics: string
  expression?: string[]
}

const byText = (a: unknown[], b: unknown[]) => (String(a) < String(b) ? -1 : 1)

/** One error, these issues and no others, and the marker nowhere. */
function expectRefused({ errors, data, text }: Answer, { type, issues }: Pick<Invalid, 'type' | 'issues'>) {
  expect(text).not.toContain(MARKER)
  expect(errors, text).toHaveLength(1)
  const [error] = errors!
  expect(error!.extensions).toMatchObject({ code: 'BAD_USER_INPUT', reason: 'invalid-resource' })
  expect(error!.message).toMatch(new RegExp(`^This is no valid ${type}: `))
  const told = error!.extensions.resource.issue as Issue[]
  expect(told.map(({ code, expression }) => [code, ...(expression ?? [])]).sort(byText)).toEqual(
    issues.map((issue) => [...issue]).sort(byText),
  )
  for (const { severity, diagnostics } of told) expect([severity, typeof diagnostics]).toEqual(['error', 'string'])
  expect(Object.values(data ?? {}).filter((value) => value !== null)).toEqual([])
}

/** JSON as a GraphQL literal: names without quotes. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (!isObject(value)) return JSON.stringify(value)
  return `{ ${Object.entries(value)
    .map(([name, member]) => `${name}: ${literal(member)}`)
    .join(', ')} }`
}

const cases = [...INVALID, EVERYTHING].map((invalid) => ({ ...invalid, title: `${invalid.type}: ${invalid.rule}` }))

describe('by variable', () => {
  test.for(cases)('$title', async (invalid) => {
    const { type, resource } = invalid
    const create = `mutation($res: ${type}Input!) { ${type}Create(res: $res) { id } }`
    expectRefused(await server.ask(create, { res: resource }), invalid)
    const update = `mutation($res: ${type}Input!) { ${type}Update(id: "stands", res: $res) { id } }`
    expectRefused(await server.ask(update, { res: resource }), invalid)
  })
})

describe('by literal', () => {
  test.for(cases)('$title', async (invalid) => {
    const { type, resource } = invalid
    expectRefused(await server.ask(`mutation { ${type}Create(res: ${literal(resource)}) { id } }`), invalid)
  })
})

test('half a character: text that is no Unicode', async () => {
  const resource = { name: [{ family: `${MARKER}\ud800` }], implicitRules: 'http://example.org/\udc00' }
  const answer = await server.ask('mutation($res: PatientInput!) { PatientCreate(res: $res) { id } }', {
    res: resource,
  })
  expectRefused(answer, {
    type: 'Patient',
    issues: [
      ['value', 'Patient.name[0].family'],
      ['value', 'Patient.implicitRules'],
    ],
  })
})

describe('a key that stands twice', () => {
  const CREATE = 'mutation($res: PatientInput!) { PatientCreate(res: $res) { id } }'

  test('in the resource, at its root and below', async () => {
    const res = `{"gender":"male","gender":"${MARKER}","name":[{"family":"a"},{"family":"a","family":"${MARKER}"}]}`
    expectRefused(await server.ask(CREATE, `{"res":${res}}`), {
      type: 'Patient',
      issues: [
        ['structure', 'Patient.gender'],
        ['structure', 'Patient.name[1].family'],
        // What a reader that takes the last one would store is judged as well.
        ['code-invalid', 'Patient.gender'],
      ],
    })
  })

  test('in a contained resource', async () => {
    const res = `{"contained":[{"resourceType":"Organization","id":"o","name":"a","name":"b"}],"managingOrganization":{"reference":"#o"}}`
    expectRefused(await server.ask(CREATE, `{"res":${res}}`), {
      type: 'Patient',
      issues: [['structure', 'Patient.contained[0].name']],
    })
  })

  test('written with an escape the second time', async () => {
    expectRefused(await server.ask(CREATE, '{"res":{"active":true,"\\u0061ctive":false}}'), {
      type: 'Patient',
      issues: [['structure', 'Patient.active']],
    })
  })

  test('outside the resource: among variables, in the request, in a query', async () => {
    const twice = async (variables: string, query = CREATE) => {
      const { errors, data } = await server.ask(query, variables)
      expect(errors).toHaveLength(1)
      expect(errors![0]!.extensions.resource.issue[0]).toMatchObject({ code: 'structure' })
      expect(data ?? null).toBeNull()
    }
    await twice('{"res":{"active":true},"res":{"active":false}}')
    await twice('{"res":{"active":true}},"variables":{"res":{"active":false}}')
    await twice('{"id":"stands","id":"other"}', 'query($id: ID!) { Patient(id: $id) { id } }')
  })

  test('as a literal', async () => {
    const { errors, text } = await server.ask(
      `mutation { PatientCreate(res: { gender: "male", gender: "${MARKER}" }) { id } }`,
    )
    expect(errors).toHaveLength(1)
    expect(text).not.toContain(MARKER)
  })
})

describe('what R4 allows and a hasty check refuses', () => {
  const valid = async (type: string, res: object) => {
    const answer = await server.ask(`mutation($res: ${type}Input!) { ${type}Create(res: $res) { id } }`, { res })
    expect(answer.errors, answer.text).toBeUndefined()
    rows = await storedRows(server)
  }

  test('an id beside the value of a primitive', () =>
    valid('Patient', { birthDate: '1980', _birthDate: { id: 'born' } }))

  test('an id beside one value of a list of primitives', () =>
    valid('Patient', { name: [{ given: ['Ana', 'Lu'], _given: [null, { id: 'second' }] }] }))

  test('extensions instead of a value', () =>
    valid('Patient', { _birthDate: { extension: [{ url: 'http://example.org/x', valueBoolean: true }] } }))

  test('an extension beside a URL', () =>
    valid('Patient', {
      photo: [{ _url: { extension: [{ url: 'http://example.org/x', valueBoolean: true }] } }],
    }))

  test('references and names longer than an index holds', async () => {
    // Digits of no pattern, which PostgreSQL cannot pack.
    const long = Array.from({ length: 9000 }, (_, i) => ((i * i * 7919) % 104_729).toString(36)).join('')
    const reference = `http://example.org/Organization/${long}`
    await valid('Patient', { managingOrganization: { reference }, generalPractitioner: [{ reference }] })
    await valid('Patient', { name: [{ family: long }], identifier: [{ system: `http://${long}`, value: long }] })
  })

  test('nulls of a GraphQL client for what it leaves out', () =>
    valid('Patient', { active: true, name: null, birthDate: null, contact: [{ name: { family: 'x', given: null } }] }))
})
