// Limits on what one request may cost, each with a clear error.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestApp, testApp } from '../support/app.ts'

let server: TestApp
beforeAll(async () => {
  server = await testApp()
  const res = { name: [{ family: 'Many' }] }
  await server.ask('mutation($res: PatientInput!) { PatientUpdate(id: "p", res: $res) { id } }', { res })
  const observation = { status: 'final', code: { text: 'x' }, subject: { reference: 'Patient/p' } }
  const create = 'mutation($res: ObservationInput!) { ObservationCreate(res: $res) { id } }'
  await Promise.all(Array.from({ length: 30 }, () => server.ask(create, { res: observation })))
})
afterAll(() => server.close())

const nest = (levels: number): string =>
  levels === 0
    ? 'id'
    : `ObservationList(_reference: subject) { subject { resource { ... on Patient { ${nest(levels - 1)} } } } }`

test('nested lists that multiply are refused, though each list alone is short', async () => {
  expect((await server.ask(`{ Patient(id: "p") { ${nest(2)} } }`)).errors).toBeUndefined()
  const { errors, text } = await server.ask(`{ Patient(id: "p") { ${nest(3)} } }`)
  expect(errors?.[0]?.extensions.code).toBe('TOO_COSTLY')
  expect(text.length).toBeLessThan(20_000_000)
})

test('root fields count wherever they stand, in fragments too', async () => {
  const fields = Array.from({ length: 31 }, (_, i) => `a${i}: PatientList(_count: 1) { id }`).join(' ')
  for (const query of [`{ ${fields} }`, `{ ... { ${fields} } }`, `{ ...F } fragment F on Query { ${fields} }`]) {
    const { errors, data } = await server.ask(query)
    expect(errors?.[0]?.extensions.code).toBe('TOO_COSTLY')
    expect(data).toBeUndefined()
  }
})

test('a sort of many keys is refused', async () => {
  const { errors } = await server.ask('query($s: String) { PatientConnection(_sort: $s) { next } }', {
    s: 'birthdate,'.repeat(9),
  })
  expect(errors?.[0]?.extensions.reason).toBe('too-many-sorts')
})
