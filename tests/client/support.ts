// A server with one patient's record, and a client on it whose cache warnings are kept: a test that ends with one fails.
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { createHealthChainClient, type ObservationInput } from '../../client/index.ts'
import { type TestApp, testApp } from '../support/app.ts'

export const LOINC = 'http://loinc.org'
export const ANA = 'Patient/ana'

export interface TestClient {
  readonly server: TestApp
  readonly requests: Request[]
  /** A new client: its cache is empty. */
  connect(): ReturnType<typeof createHealthChainClient>
}

export function testClient(): TestClient {
  const requests: Request[] = []
  const warnings: string[] = []
  let server: TestApp
  beforeAll(async () => {
    server = await testApp()
    const ana = { name: [{ family: 'Müller', given: ['Ana'] }], birthDate: '1980-02-03', gender: 'female' }
    await put('Patient', 'ana', ana)
  })
  afterAll(() => server.close())
  afterEach(() => expect(warnings.splice(0)).toEqual([]))
  const put = async (type: string, id: string, res: Record<string, unknown>) => {
    const write = `mutation($id: ID!, $res: ${type}Input!) { ${type}Update(id: $id, res: $res) { id } }`
    expect((await server.ask(write, { id, res: { id, ...res } })).errors).toBeUndefined()
  }
  const connect = () =>
    createHealthChainClient({
      url: `${server.app.url}/graphql`,
      headers: () => ({ 'x-request': String(requests.length) }),
      fetch: (...request) => {
        requests.push(new Request(...request))
        return fetch(...request)
      },
      logger: (severity, message) => void (severity !== 'debug' && warnings.push(message)),
    })
  return {
    requests,
    connect,
    get server() {
      return server
    },
  }
}

export const heartRate = (value: number, effectiveDateTime: string): ObservationInput => ({
  status: 'final',
  category: [
    { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }] },
  ],
  code: { coding: [{ system: LOINC, code: '8867-4' }] },
  subject: { reference: ANA },
  effectiveDateTime,
  valueQuantity: { value, unit: '/min', system: 'http://unitsofmeasure.org', code: '/min' },
})
