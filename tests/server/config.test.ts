// The environment as configuration: what would open the server to others by mistake is refused, by the variable's name.
import { describe, expect, test } from 'vitest'
import { HealthChainError } from '../../src/kernel/errors.ts'
import { readConfig } from '../../src/server/config.ts'

const refusal = (env: Record<string, string>): string => {
  try {
    readConfig(env)
    return 'accepted'
  } catch (error) {
    if (!(error instanceof HealthChainError)) throw error
    return `${error.code}: ${error.message}`
  }
}

test('nothing set: this machine alone, the embedded issuer, silence means treatment of normal data', () => {
  const config = readConfig({})
  expect(config).toMatchObject({ host: '127.0.0.1', port: 4000, demo: true, development: true, trustedIssuers: [] })
  expect(config.publicUrl).toBeUndefined()
  expect(config.policies.implicit.byDefault).toBe('basic-normal')
  expect(config.policies.packs.length).toBeGreaterThan(0)
})

describe('HOST', () => {
  const everywhere = { HOST: '0.0.0.0', PUBLIC_URL: 'https://fhir.example.org', DEMO: '0' }

  test.for(['127.0.0.1', '::1', 'localhost'])('may be %s with nothing else said', (HOST) => {
    expect(readConfig({ HOST }).host).toBe(HOST)
  })

  test('may be another with PUBLIC_URL and DEMO=0', () => {
    expect(readConfig(everywhere)).toMatchObject({
      host: '0.0.0.0',
      demo: false,
      publicUrl: 'https://fhir.example.org',
    })
  })

  test.for([
    ['PUBLIC_URL', { PUBLIC_URL: '' }],
    ['DEMO=0', { DEMO: '' }],
    ['DEMO=0', { DEMO: '1' }],
  ] as const)('is refused without %s', ([name, more]) => {
    expect(refusal({ ...everywhere, ...more })).toMatch(/^bad-config: HOST /)
    expect(refusal({ ...everywhere, ...more })).toContain(name)
  })
})

test.for([
  ['PUBLIC_URL', 'http://fhir.example.org'],
  ['PUBLIC_URL', 'fhir.example.org'],
  ['PUBLIC_URL', 'https://fhir.example.org/?a=b'],
  ['PUBLIC_URL', 'javascript:alert(1)'],
  ['PUBLIC_URL', 'http://127.0.0.1.example.org'],
  ['TRUSTED_PROXIES', 'proxy.example'],
  ['TRUSTED_PROXIES', '0.0.0.0/0'],
  ['TRUSTED_PROXIES', '10.0.0.1 10.0.0.2'],
  ['TRUSTED_ISSUERS', 'https://issuer.example'],
  ['TRUSTED_ISSUERS', 'https://issuer.example=keys'],
  ['IMPLICIT_POLICY', 'all'],
  ['JURISDICTION', 'hipaa,nowhere'],
  ['JURISDICTION', 'constructor'],
  ['EMERGENCIES_MAX', '10'],
  ['EMERGENCIES_MAX', '0,10'],
  ['EMERGENCIES_MAX', '20,10'],
  ['EMERGENCIES_MAX', 'many,10'],
  ['PORT', '65536'],
  ['PORT', '4000x'],
  ['DATABASE_URL', 'mysql://a'],
] as const)('%s=%s is refused', ([name, value]) => {
  expect(refusal({ [name]: value })).toMatch(new RegExp(`^bad-config: ${name} `))
})

test('a disaster may raise how many emergencies one person opens', () => {
  expect(readConfig({}).policies.emergencies).toEqual({ atOnce: 10, perDay: 50 })
  expect(readConfig({ EMERGENCIES_MAX: '40,400' }).policies.emergencies).toEqual({ atOnce: 40, perDay: 400 })
})

test('no proxy is believed unless it is named', () => {
  expect(readConfig({}).trustedProxies).toEqual([])
  expect(readConfig({ TRUSTED_PROXIES: '10.0.0.1, fd00::/8,' }).trustedProxies).toEqual(['10.0.0.1', 'fd00::/8'])
})

test.for(['http://localhost:4000', 'http://127.0.0.1:4000', 'http://[::1]:4000'])(
  'PUBLIC_URL may be %s',
  (PUBLIC_URL) => {
    expect(readConfig({ PUBLIC_URL }).publicUrl).toBe(PUBLIC_URL)
  },
)

test('pairs of issuers and their keys are taken apart', () => {
  const TRUSTED_ISSUERS = 'https://a.example=https://a.example/jwks, https://b.example/oidc=https://keys.example/b'
  expect(readConfig({ TRUSTED_ISSUERS }).trustedIssuers).toEqual([
    { issuer: 'https://a.example', jwksUri: 'https://a.example/jwks' },
    { issuer: 'https://b.example/oidc', jwksUri: 'https://keys.example/b' },
  ])
})
