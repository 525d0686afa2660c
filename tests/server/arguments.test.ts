// Bad arguments and variables: asked three times, since from the second time on a query runs compiled and coerces its
// variables by other code. Nothing is stored, told back or logged as a fault.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type TestApp, testApp } from '../support/app.ts'
import { storedRows } from './stored-rows.ts'

const Z = 'Zzyzx'

let server: TestApp
let rows: Record<string, number>
beforeAll(async () => {
  server = await testApp()
  const put = (id: string) => server.ask(`mutation { PatientUpdate(id: "${id}", res: { active: true }) { id } }`)
  await Promise.all(Array.from({ length: 3 }, (_, i) => put(`p${i}`)))
  rows = await storedRows(server)
})
afterEach(async () => {
  expect(server.faults.splice(0)).toEqual([])
  expect(await storedRows(server)).toEqual(rows)
})
afterAll(() => server.close())

async function refused(query: string, variables: Record<string, unknown> | string, code: string, reason?: string) {
  for (const time of ['interpreted', 'compiled', 'compiled again']) {
    const { errors, data, text } = await server.ask(query, variables)
    expect(text, time).not.toContain(Z)
    expect(errors, `${time}: ${text}`).toHaveLength(1)
    expect(errors![0]!.extensions.code, time).toBe(code)
    if (reason) expect(errors![0]!.extensions.reason, time).toBe(reason)
    expect(Object.values(data ?? {}).filter((value) => value !== null)).toEqual([])
  }
}

const COUNT = 'query($v: Int) { PatientList(_count: $v) { id } }'
const READ = 'query($v: ID!) { Patient(id: $v) { id } }'
const OPTIONAL = 'query($v: Boolean) { ObservationList { subject { resource(optional: $v) { __typename } } } }'
const SORT = 'query($v: String) { PatientList(_sort: $v) { id } }'
const GENDER = 'query($v: [SearchToken!]) { PatientList(gender: $v) { id } }'
const DELETE = 'mutation($v: ID!) { PatientDelete(id: $v) }'

describe('a variable of the wrong type', () => {
  test.for([
    ['text for a number', COUNT, Z],
    ['a fraction for a whole number', COUNT, 1.5],
    ['a number beyond 32 bits', COUNT, 3_000_000_000],
    ['a list for a number', COUNT, [Z, Z]],
    ['an object for an id', READ, { id: Z }],
    ['a list for an id', READ, [Z]],
    ['null for an id', READ, null],
    ['text for a boolean', OPTIONAL, Z],
    ['an object for text', SORT, { [Z]: Z }],
    ['a list for text', SORT, [Z]],
    ['an object for a search value', GENDER, { code: Z }],
    ['null among search values', GENDER, [Z, null]],
    ['an object for an id of a mutation', DELETE, { id: Z }],
    ['text that looks like the end of a message', COUNT, `1"; at "x"; Expected type ${Z}; ${Z} of "${Z}".\n${Z}`],
    ['such text deep inside', SORT, { a: [`; ${Z} at "`, `", found ${Z}; ${Z}`] }],
  ] as const)('%s', ([, query, v]) => refused(query, { v }, 'BAD_USER_INPUT'))

  test('none at all', () => refused(READ, {}, 'BAD_USER_INPUT'))

  test('beside a resource that is right', () =>
    refused(
      `mutation($res: PatientInput!, $v: Int) {
        PatientCreate(res: $res) { ObservationList(_reference: subject, _count: $v) { id } }
      }`,
      { res: { active: true }, v: Z },
      'BAD_USER_INPUT',
    ))
})

describe('a literal of the wrong type', () => {
  test.for([
    ['text for a number', `{ PatientList(_count: "${Z}") { id } }`],
    ['a name for a number', `{ PatientList(_count: ${Z}) { id } }`],
    ['text for a boolean', `{ ObservationList { subject { resource(optional: "${Z}") { __typename } } } }`],
    ['an object for an id', `{ Patient(id: { id: "${Z}" }) { id } }`],
    ['a name for text', `{ PatientList(_sort: ${Z}) { id } }`],
    ['an object for a search value', `{ PatientList(gender: { code: "${Z}" }) { id } }`],
    ['null for an id', '{ Patient(id: null) { id } }'],
    ['text that looks like the end of a message', `{ PatientList(_count: "\\"; at \\"x\\"; ${Z}: ${Z}.") { id } }`],
  ] as const)('%s', ([, query]) => refused(query, {}, 'BAD_USER_INPUT'))
})

describe('a search argument that means nothing', () => {
  const asked = (argument: string, type = 'Patient') =>
    `query($v: String) { ${type}List(${argument}: $v) { id } }`.replace(
      'String',
      argument.startsWith('_') ? 'String' : '[SearchDate!]',
    )

  test.for([
    ['a date', asked('birthdate'), Z, 'bad-date'],
    ['a date with an unknown prefix', asked('birthdate'), 'zz2020', 'bad-date'],
    ['a sort by nothing known', SORT, Z, 'unknown-sort'],
    ['a filter by nothing known', asked('_filter'), `${Z} eq ${Z}`, 'bad-filter'],
    ['a filter with an unknown operator', asked('_filter'), `family ${Z} ${Z}`, 'bad-filter'],
    ['a filter with an open quote', asked('_filter'), `family sw "${Z}`, 'bad-filter'],
    ['a filter with an open parenthesis', asked('_filter'), `(family sw ${Z}`, 'bad-filter'],
    ['a filter with something left over', asked('_filter'), `family sw ${Z} ${Z}`, 'bad-filter'],
    ['a filter nested too deeply', asked('_filter'), `${'('.repeat(30)}family sw ${Z}${')'.repeat(30)}`, 'bad-filter'],
    ['a filter of too many terms', asked('_filter'), Array(200).fill(`family sw ${Z}`).join(' or '), 'bad-filter'],
    ['a filter of negations without end', asked('_filter'), `${'not '.repeat(5000)}family sw ${Z}`, 'bad-filter'],
    ['an empty value', asked('birthdate'), '', 'empty-value'],
    ['too many values', asked('birthdate'), Array.from({ length: 500 }, () => '2020'), 'too-many-values'],
  ] as const)('%s', ([, query, v, reason]) => refused(query, { v }, 'BAD_USER_INPUT', reason))

  test('a reference parameter that is none: the patient is told, the list refused', async () => {
    const query = 'query($v: SearchToken!) { PatientList(_count: 1) { id ObservationList(_reference: $v) { id } } }'
    for (const v of [Z, 'encounter', 'status', '_id', 'toString']) {
      const { data, errors, text } = await server.ask(query, { v })
      expect(text).not.toContain(Z)
      expect(data).toEqual({ PatientList: [{ id: 'p0', ObservationList: null }] })
      expect(errors!.map(({ extensions }) => extensions.reason)).toEqual(['bad-reference'])
    }
  })
})

describe('a character that PostgreSQL cannot hold', () => {
  const NUL = `${Z}\u0000`
  test.for([
    ['in an id', READ, NUL],
    ['in the id of a history', 'query($v: ID!) { PatientHistory(id: $v) { versionId } }', NUL],
    ['in the id of a delete', DELETE, NUL],
    ['in a search by id', 'query($v: [SearchToken!]) { PatientList(_id: $v) { id } }', NUL],
    ['in a code', GENDER, NUL],
    ['in a string', 'query($v: [SearchString!]) { PatientList(name: $v) { id } }', NUL],
    ['in a reference', 'query($v: [SearchReference!]) { PatientList(general_practitioner: $v) { id } }', `A/${NUL}`],
    ['in a filter', 'query($v: String) { PatientList(_filter: $v) { id } }', `gender eq ${NUL}`],
  ] as const)('%s is no fault: nothing is found, or it is refused', async ([, query, v]) => {
    for (let time = 1; time <= 3; time++) {
      const { errors, data, text } = await server.ask(query, { v })
      expect(text).not.toContain(Z)
      if (errors) expect(['NOT_FOUND', 'BAD_USER_INPUT']).toContain(errors[0]!.extensions.code)
      else expect(Object.values(data)).toEqual([[]])
    }
  })
})

describe('versions and ids', () => {
  const res = { active: false }
  const UPDATE = 'mutation($v: ID!, $res: PatientInput!) { PatientUpdate(id: $v, res: $res) { id } }'
  const MATCH = 'mutation($v: String, $res: PatientInput!) { PatientUpdate(id: "p1", res: $res, ifMatch: $v) { id } }'

  test.for(['', 'a b', 'a/b', 'ü', 'x'.repeat(65), `${Z}_`, '../x'])('an id that R4 does not allow: %j', (v) =>
    refused(UPDATE, { v, res }, 'BAD_USER_INPUT', 'bad-id'),
  )
  test('an id other than that in the resource', () =>
    refused(UPDATE, { v: 'p1', res: { ...res, id: Z } }, 'BAD_USER_INPUT', 'id-mismatch'))
  test.for([Z, '0', '-1', '1.0', 'W/"x"', '99999999999999999999'])('an ifMatch that is no version: %s', (v) =>
    refused(MATCH, { v, res }, 'BAD_USER_INPUT', 'bad-version'),
  )
  test('an ifMatch that is not the current version', () => refused(MATCH, { v: 'W/"9"', res }, 'CONFLICT'))
  test('an ifMatch for what does not stand', () =>
    refused(MATCH.replace('p1', 'nobody'), { v: '1', res }, 'CONFLICT', 'version-conflict'))
  test('a delete of what does not stand', () => refused(DELETE, { v: 'nobody' }, 'NOT_FOUND'))
  test.for(['0', '2', Z, '4294967296'])('a version that never was: %s', (v) =>
    refused('query($v: ID) { Patient(id: "p1", versionId: $v) { id } }', { v }, 'NOT_FOUND'),
  )
  test('a history before a version that is none', () =>
    refused('query($v: ID) { PatientHistory(id: "p1", _before: $v) { versionId } }', { v: Z }, 'BAD_USER_INPUT'))
})

describe('cursors and counts', () => {
  const PAGE = 'query($v: String) { PatientConnection(_cursor: $v) { edges { cursor } } }'
  const cursor = async (): Promise<string> =>
    (await server.ask('{ PatientConnection(_count: 1) { next } }')).data.PatientConnection.next

  test.for(['', Z, 'a'.repeat(5000), '%%%', `${Buffer.alloc(64).toString('base64url')}`])(
    'a cursor of nobody: %#',
    (v) => refused(PAGE, { v }, 'BAD_USER_INPUT', 'bad-cursor'),
  )
  test('a cursor that was changed', async () => {
    const v = await cursor()
    for (const at of [0, 20, v.length - 9]) {
      const changed = v.slice(0, at) + (v[at] === 'A' ? 'B' : 'A') + v.slice(at + 1)
      await refused(PAGE, { v: changed }, 'BAD_USER_INPUT', 'bad-cursor')
    }
    await refused(PAGE, { v: v.slice(0, -4) }, 'BAD_USER_INPUT', 'bad-cursor')
  })
  test('a cursor of another type', async () =>
    refused(PAGE.replace('Patient', 'Observation'), { v: await cursor() }, 'BAD_USER_INPUT', 'bad-cursor'))
  test('a cursor beside other arguments', async () =>
    refused(
      'query($v: String) { PatientConnection(_cursor: $v, _sort: "family") { next } }',
      { v: await cursor() },
      'BAD_USER_INPUT',
      'cursor-with-arguments',
    ))
  test('two cursors', async () => {
    const v = await cursor()
    await refused('query($v: String) { PatientConnection(_cursor: $v, cursor: "x") { next } }', { v }, 'BAD_USER_INPUT')
  })
  test('a cursor in a list', async () =>
    refused(
      'query($v: String) { PatientList(_cursor: $v) { id } }',
      { v: await cursor() },
      'BAD_USER_INPUT',
      'cursor-in-list',
    ))

  test('a negative count', async () => {
    await refused(COUNT, { v: -1 }, 'BAD_USER_INPUT', 'bad-count')
    await refused('query($v: Int) { PatientConnection(_count: $v) { next } }', { v: -1 }, 'BAD_USER_INPUT', 'bad-count')
    await refused(
      'query($v: Int) { PatientHistory(id: "p1", _count: $v) { versionId } }',
      { v: 0 },
      'BAD_USER_INPUT',
      'bad-count',
    )
  })
  test('a count beyond what a list or a page may hold', async () => {
    await refused(COUNT, { v: 1001 }, 'TOO_COSTLY')
    await refused('query($v: Int) { PatientConnection(_count: $v) { next } }', { v: 1001 }, 'TOO_COSTLY')
  })
})
