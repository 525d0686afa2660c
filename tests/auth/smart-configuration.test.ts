// http://hl7.org/fhir/smart-app-launch/conformance.html#metadata
import { expect, test } from 'vitest'
import { type Issuing, smartConfiguration } from '../../src/auth/smart-configuration.ts'

const base = 'https://server.example/oidc'
const issuing: Issuing = {
  issuer: base,
  authorizationEndpoint: `${base}/auth`,
  tokenEndpoint: `${base}/token`,
  introspectionEndpoint: `${base}/introspection`,
  revocationEndpoint: `${base}/revocation`,
  jwksUri: `${base}/jwks`,
  grants: ['authorization_code', 'refresh_token', 'client_credentials'],
  clientAuthentication: ['private_key_jwt', 'none'],
  algorithms: ['RS384', 'ES384'],
  scopes: ['openid', 'fhirUser', 'launch/patient', 'offline_access'],
}

test('what the standard requires is there', () => {
  const found = smartConfiguration(issuing)
  expect(found).toMatchObject({
    issuer: base,
    jwks_uri: `${base}/jwks`,
    authorization_endpoint: `${base}/auth`,
    token_endpoint: `${base}/token`,
    introspection_endpoint: `${base}/introspection`,
    revocation_endpoint: `${base}/revocation`,
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['private_key_jwt', 'none'],
    token_endpoint_auth_signing_alg_values_supported: ['RS384', 'ES384'],
  })
  expect(found.grant_types_supported).toEqual(['authorization_code', 'refresh_token', 'client_credentials'])
  expect(found.scopes_supported).toEqual([...issuing.scopes, 'patient/*.cruds', 'user/*.cruds', 'system/*.cruds'])
  expect(JSON.parse(JSON.stringify(found))).toEqual(found)
})

test('nothing is claimed that is not so', () => {
  const { capabilities } = smartConfiguration(issuing)
  for (const absent of ['launch-ehr', 'client-confidential-symmetric', 'context-ehr-patient', 'authorize-post'])
    expect(capabilities).not.toContain(absent)
  expect(capabilities).toEqual([
    ...['launch-standalone', 'client-public', 'client-confidential-asymmetric', 'context-standalone-patient'],
    ...['permission-patient', 'permission-user', 'permission-offline', 'permission-v1', 'permission-v2'],
    'sso-openid-connect',
  ])
})

test.for<[string, Partial<Issuing> & { authorizationEndpoint?: string }, string[]]>([
  ['public clients', { clientAuthentication: ['private_key_jwt'] }, ['client-public']],
  ['signed assertions', { clientAuthentication: ['none'] }, ['client-confidential-asymmetric']],
  ['refresh tokens', { scopes: ['openid', 'launch/patient'] }, ['permission-offline']],
  ['a patient picker', { scopes: ['openid', 'offline_access'] }, ['context-standalone-patient']],
  ['the code grant', { grants: ['client_credentials'] }, ['launch-standalone']],
  ['OpenID', { scopes: ['launch/patient', 'offline_access'] }, ['sso-openid-connect']],
])('an issuer without %s is not said to have it', ([, changes, lost]) => {
  const all = smartConfiguration(issuing).capabilities as string[]
  expect(smartConfiguration({ ...issuing, ...changes }).capabilities).toEqual(
    all.filter((name) => !lost.includes(name)),
  )
})

test('grants that SMART knows nothing of are left out', () => {
  const found = smartConfiguration({ ...issuing, grants: ['implicit', 'password', 'authorization_code'] })
  expect(found.grant_types_supported).toEqual(['authorization_code'])
})
