// What of a request the audit log keeps: questions as they were asked, of mutations nothing that they write.
import fc from 'fast-check'
import { parse, print } from 'graphql'
import { describe, expect, test } from 'vitest'
import { rawRequest } from '../../src/server/raw-request.ts'

const SECRET = 'CHESTPAIN'
const kept = (sent: unknown) => JSON.stringify(rawRequest(sent))

describe('a question', () => {
  test('stands there as it was asked', () => {
    const sent = { query: '{ PatientList(name: "Ana") { id } }', variables: { n: 1 }, operationName: 'Q' }
    expect(rawRequest(sent)).toEqual({
      document: sent.query,
      rest: JSON.stringify({ variables: { n: 1 }, operationName: 'Q' }),
    })
  })

  test('that only speaks of mutations is a question all the same', () => {
    const sent = { query: '{ PatientList(name: "mutation") { id } }' }
    for (let i = 0; i < 2; i++) expect(rawRequest(sent)).toEqual({ document: sent.query, rest: '{}' })
  })
})

test('attack: a question hides what it asks behind a mutation that is not meant', () => {
  const sent = { query: 'query A { x(name: "Smith") } mutation B { y }', operationName: 'A', variables: { n: 1 } }
  expect(rawRequest(sent)).toEqual({
    document: sent.query,
    rest: JSON.stringify({ operationName: 'A', variables: { n: 1 } }),
  })
})

describe('attack: the draft of a consent stays in the audit log', () => {
  const cases: readonly (readonly [how: string, sent: unknown])[] = [
    [
      'in a variable',
      { query: 'query ($d: ConsentInput!) { consentSimulate(draft: $d) { x } }', variables: { d: SECRET } },
    ],
    ['as a literal', { query: `{ consentSimulate(draft: {patient: {display: "${SECRET}"}}) { x } }` }],
    ['under another name', { query: `{ a: consentSimulate(draft: {status: ${SECRET}}) { x } }` }],
    ['as a default', { query: `query ($d: ConsentInput = {id: "${SECRET}"}) { consentSimulate(draft: $d) { x } }` }],
    [
      'in a variable within the draft',
      { query: 'query ($n: String) { consentSimulate(draft: {id: [$n]}) { x } }', variables: { n: SECRET } },
    ],
    [
      'in a variable of a GET',
      {
        query: 'query ($d: ConsentInput!) { consentSimulate(draft: $d) { x } }',
        variables: JSON.stringify({ d: SECRET }),
      },
    ],
    [
      'in a variable misspelt',
      { query: 'query ($d: X) { consentSimulate(draft: $d) { x } }', variables: { D: SECRET } },
    ],
    ['in a fragment', { query: `{ ...f } fragment f on Query { consentSimulate(draft: {id: "${SECRET}"}) { x } }` }],
    ['in a comment', { query: `# ${SECRET}\n{ consentSimulate(draft: {}) { x } }` }],
    ['in what cannot be parsed', { query: `{ consentSimulate(draft: {id: "${SECRET}"}` }],
  ]
  test.each(cases)('%s', (_, sent) => {
    expect(kept(sent)).not.toContain(SECRET)
  })

  test.each([
    ['a search beside it', { query: '{ consentSimulate(draft: {}) { x } PatientList(name: "Smith") { id } }' }],
    [
      'a variable of both',
      {
        query: 'query ($n: String) { consentSimulate(draft: {id: $n}) { x } PatientList(name: $n) { id } }',
        variables: { n: 'Smith' },
      },
    ],
    ['what its answer is asked for', { query: '{ consentSimulate(draft: {}) { x(name: "Smith") } }' }],
    ['a text that names it', { query: '{ PatientList(name: "Smith consentSimulate") { id } }' }],
  ])('and nothing else can hide behind it: %s', (_, sent) => {
    expect(kept(sent)).toContain('Smith')
  })
})

describe('attack: what is written stays in the audit log beyond its erasure', () => {
  const cases: readonly (readonly [how: string, sent: unknown])[] = [
    [
      'in a variable, beside a nested read',
      {
        query: 'mutation ($r: ObservationInput!) { ObservationCreate(res: $r) { subject { resource { id } } } }',
        variables: { r: { note: SECRET } },
      },
    ],
    ['as a literal', { query: `mutation { PatientCreate(res: {name: [{family: "${SECRET}"}]}) { id } }` }],
    ['as a block string', { query: `mutation { PatientCreate(res: {name: """${SECRET}"""}) { id } }` }],
    ['as an enum', { query: `mutation { PatientCreate(res: {gender: ${SECRET}}) { id } }` }],
    ['as a default', { query: `mutation ($r: String = "${SECRET}") { PatientDelete(id: $r) }` }],
    ['in a comment', { query: `# ${SECRET}\nmutation { PatientDelete(id: "1") }` }],
    ['in a document of several operations', { query: `query A { x } mutation B { y(z: "${SECRET}") }` }],
    [
      'in the second operation, which is meant',
      { query: `query A { x } mutation B { y(z: "${SECRET}") }`, operationName: 'B' },
    ],
    ['in what cannot be parsed', { query: `mutation { ${SECRET} (` }],
    ['in a document that is printed already', { query: print(parse('mutation { a }')), variables: { SECRET } }],
    ['in no request', [{ query: SECRET }]],
    ['in a query that is no text', { query: { SECRET } }],
    ['in operationName and extensions', { query: 'mutation { a }', operationName: SECRET, extensions: { SECRET } }],
  ]
  test.each(cases)('%s', (_, sent) => {
    expect(kept(sent)).not.toContain(SECRET)
    expect(kept(sent)).not.toMatch(/[0-9a-f]{64}/)
  })

  test('any string value in any place', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 6 }), (text) => {
        const secret = `S${Buffer.from(text).toString('hex')}`
        const query = `mutation M($a: A = {b: ["${secret}"]}) { p(q: {r: [{s: "${secret}"}]}) @skip(if: "${secret}") { id(x: "${secret}") } }`
        expect(kept({ query, variables: { secret } })).not.toContain(secret)
      }),
    )
  })

  test('the shape is told, so that people see what was done', () => {
    const { document } = rawRequest({ query: 'mutation { PatientDelete(id: "1", why: 7) }' })
    expect(document).toContain('PatientDelete(id: "", why: 0)')
  })
})
