// Bad requests: each is answered with one clear error, stores nothing, tells no value back and is no fault of ours.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Answer, type TestApp, testApp } from '../support/app.ts'
import { storedRows } from './stored-rows.ts'

const Z = 'Zzyzx'
const JSON_TYPE = { 'content-type': 'application/json' }

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

async function send(init: RequestInit, search = ''): Promise<Answer> {
  const answer = await fetch(`${server.app.url}/graphql${search}`, init)
  const text = await answer.text()
  expect(text).not.toContain(Z)
  return { status: answer.status, ...JSON.parse(text), text }
}
const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = JSON_TYPE) =>
  send({ method: 'POST', headers, body })
const search = (parameters: Record<string, string>) => `?${new URLSearchParams(parameters)}`

/** One error and no data. An answer that never ran has a status of 400 or more. */
function expectError({ errors, data, status, text }: Answer, code: string, reason?: string) {
  expect(text).not.toContain(Z)
  expect(errors, text).toHaveLength(1)
  expect(errors![0]!.extensions.code).toBe(code)
  if (reason) expect(errors![0]!.extensions.reason).toBe(reason)
  expect(errors![0]!.extensions.resource).toMatchObject({
    resourceType: 'OperationOutcome',
    issue: [{ severity: 'error', code: expect.any(String), diagnostics: expect.any(String) }],
  })
  expect(Object.values(data ?? {}).filter((value) => value !== null)).toEqual([])
  if (data === undefined) expect(status).toBeGreaterThanOrEqual(400)
}

describe('HTTP', () => {
  test.for([
    ['cut short', `{"query": "${Z}"`],
    ['a bare word', Z],
    ['nothing', ''],
    ['text after the value', `{"query":"{ __typename }"} ${Z}`],
    ['single quotes', `{'query': '${Z}'}`],
    ['a control character in a string', '{"query":"{ __typename }\n"}'],
    ['nesting without end', `{"query":"{ __typename }","variables":${'['.repeat(100_000)}`],
  ] as const)('a body that is no JSON: %s', async ([, body]) => {
    expectError(await post(body), 'BAD_USER_INPUT', 'bad-json')
  })

  test.for([
    ['null', 'null'],
    ['a list', '[{"query":"{ __typename }"}]'],
    ['text', `"${Z}"`],
    ['no query', `{"variables":{"id":"${Z}"}}`],
    ['a query that is no text', '{"query":12}'],
    ['variables as text', `{"query":"{ __typename }","variables":"${Z}"}`],
    ['variables as a list', `{"query":"{ __typename }","variables":["${Z}"]}`],
    ['extensions as text', `{"query":"{ __typename }","extensions":"${Z}"}`],
  ] as const)('a body that is JSON but no request: %s', async ([, body]) => {
    const answer = await post(body)
    expect(answer.status).toBe(400)
    expectError(answer, 'BAD_REQUEST')
  })

  test('a body that is not UTF-8', async () => {
    const bytes = Buffer.concat([Buffer.from('{"query":"'), Buffer.from([0xc3, 0x28]), Buffer.from(`${Z}"}`)])
    expectError(await post(new Uint8Array(bytes)), 'BAD_USER_INPUT', 'bad-utf8')
  })

  test.for(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])(
    'a content type that any web page may send: %s',
    async (type) => expectError(await post('{"query":"{ __typename }"}', { 'content-type': type }), 'BAD_REQUEST'),
  )

  test('another content type', async () => {
    expectError(await post(`{ Patient(id: "${Z}") { id } }`, { 'content-type': 'application/graphql' }), 'BAD_REQUEST')
  })

  test('a body of more than 10 MB', async () => {
    const body = JSON.stringify({ query: '{ __typename }', variables: { text: 'x'.repeat(11 * 1024 * 1024) } })
    expectError(await post(body), 'TOO_COSTLY', 'body-too-large')
    // Without a length in front the size shows only on the way.
    const stream = new Blob([body]).stream()
    const chunked = { method: 'POST', headers: JSON_TYPE, body: stream, duplex: 'half' } as RequestInit
    expectError(await send(chunked), 'TOO_COSTLY', 'body-too-large')
    expect((await post('{"query":"{ __typename }"}')).data).toEqual({ __typename: 'Query' })
  })

  test('a body of just under 10 MB is read', async () => {
    const body = JSON.stringify({ query: '{ __typename }', variables: { text: 'x'.repeat(10 * 1024 * 1024 - 100) } })
    expect((await post(body)).data).toEqual({ __typename: 'Query' })
  })

  test('a method that is neither GET nor POST', async () => {
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      const answer = await send({ method, headers: JSON_TYPE })
      expect(answer.status).toBe(405)
      expectError(answer, 'BAD_REQUEST')
    }
  })

  test('a path that is not there', async () => {
    const answer = await fetch(`${server.app.url}/${Z}`)
    const text = await answer.text()
    expectError({ status: answer.status, ...JSON.parse(text), text }, 'NOT_FOUND', 'no-such-path')
  })
})

describe('GET', () => {
  const OURS = { 'apollo-require-preflight': 'true' }

  test('a query is refused without a header that other sites cannot send, and served with it', async () => {
    const question = search({ query: '{ Patient(id: "stands") { active } }' })
    expectError(await send({ headers: {} }, question), 'BAD_REQUEST')
    expect((await send({ headers: OURS }, question)).data).toEqual({ Patient: { active: true } })
  })

  test('a mutation is refused', async () => {
    const answer = await send({ headers: OURS }, search({ query: 'mutation { PatientDelete(id: "stands") }' }))
    expect(answer.status).toBe(405)
    expectError(answer, 'BAD_REQUEST')
  })

  test('variables that are no JSON', async () => {
    const query = 'query($id: ID!) { Patient(id: $id) { id } }'
    expectError(await send({ headers: OURS }, search({ query, variables: `{"id":"${Z}` })), 'BAD_REQUEST')
  })
})

describe('the document', () => {
  test.for([
    ['a syntax error', `{ Patient(id: "${Z}) { id } }`],
    ['an unknown field', '{ Patient(id: "stands") { surname } }'],
    ['an unknown root field', '{ Patiens(id: "stands") { id } }'],
    ['an unknown argument', `{ PatientList(surname: "${Z}") { id } }`],
    ['an unknown type', '{ Observation(id: "x") { subject { resource { ... on Patiens { id } } } } }'],
    [
      'a type that cannot stand there',
      '{ Observation(id: "x") { subject { resource { ... on Practitioner { id } } } } }',
    ],
    ['an unknown directive', '{ Patient(id: "stands") @secretly { id } }'],
    ['a missing argument', '{ Patient { id } }'],
    ['no selection', '{ Patient(id: "stands") }'],
    ['an undefined variable', '{ Patient(id: $id) { id } }'],
    ['a fragment that reaches itself', '{ Patient(id: "stands") { ...a } } fragment a on Patient { ...a }'],
    ['a subscription', 'subscription { Patient(id: "stands") { id } }'],
    ['two operations and no name', 'query A { __typename } query B { __typename }'],
  ] as const)('%s', async ([, query]) => {
    expectError(await server.ask(query), 'BAD_USER_INPUT')
  })

  test.for([
    ['too deep', `{ PatientList { ${nested(30)} } }`],
    ['too deep by fragments', deepFragments(30)],
    [
      'too many fields',
      `{ ${Array.from({ length: 20 }, (_, i) => `a${i}: PatientList { ${names(300)} }`).join(' ')} }`,
    ],
    ['too many root fields', `{ ${Array.from({ length: 31 }, (_, i) => `a${i}: Patient(id: "x") { id }`).join(' ')} }`],
    ['too many fields by fragments', doubling(26)],
  ] as const)('%s', async ([, query]) => {
    const started = performance.now()
    expectError(await server.ask(query), 'TOO_COSTLY')
    expect(performance.now() - started).toBeLessThan(2000)
  })

  test.for([
    ['too many tokens', `{ ${names(40_000)} }`],
    ['braces', '{ a '.repeat(9000)],
    ['a list literal', `{ PatientList(_id: ${'['.repeat(14_000)}${']'.repeat(14_000)}) { id } }`],
    [
      'an object literal',
      `mutation { PatientCreate(res: ${'{ extension: '.repeat(9000)}1${'}'.repeat(9000)}) { id } }`,
    ],
    ['a list type', `query($a: ${'['.repeat(14_000)}Int${']'.repeat(14_000)}) { __typename }`],
  ] as const)('too long or nested too deeply to be read: %s', async ([, query]) => {
    const answer = await server.ask(query)
    expect(answer.status).toBe(400)
    expect(answer.errors).toHaveLength(1)
    expect(['BAD_USER_INPUT', 'TOO_COSTLY']).toContain(answer.errors![0]!.extensions.code)
  })
})

/** Three levels of fields a step. */
function nested(levels: number): string {
  if (levels <= 0) return 'id'
  return `ObservationList(_reference: subject) { subject { resource { ... on Patient { ${nested(levels - 3)} } } } }`
}
function names(count: number): string {
  return Array.from({ length: count }, (_, i) => `f${i}: id`).join(' ')
}
function deepFragments(count: number): string {
  const steps = Array.from({ length: count }, (_, i) => `fragment f${i} on Extension { extension { ...f${i + 1} } }`)
  return `{ PatientList { extension { ...f0 } } } ${steps.join(' ')} fragment f${count} on Extension { id }`
}
/** Each fragment uses the next twice: 2^count fields in a few lines. */
function doubling(count: number): string {
  const steps = Array.from(
    { length: count },
    (_, i) => `fragment f${i} on Patient { ...f${i + 1} ... on Patient { ...f${i + 1} } }`,
  )
  return `{ PatientList { ...f0 } } ${steps.join(' ')} fragment f${count} on Patient { id }`
}
