// http://hl7.org/fhir/smart-app-launch/conformance.html#metadata
import { expect, test } from 'vitest'
import { smartConfiguration } from '../../src/auth/smart-configuration.ts'

const base = 'https://server.example/oidc'
const endpoints = {
  issuer: base,
  authorizationEndpoint: `${base}/auth`,
  tokenEndpoint: `${base}/token`,
  introspectionEndpoint: `${base}/introspection`,
  revocationEndpoint: `${base}/revocation`,
  jwksUri: `${base}/jwks`,
}

test('what the standard requires is there', () => {
  const found = smartConfiguration(endpoints)
  expect(found).toMatchObject({
    issuer: base,
    jwks_uri: `${base}/jwks`,
    authorization_endpoint: `${base}/auth`,
    token_endpoint: `${base}/token`,
    introspection_endpoint: `${base}/introspection`,
    revocation_endpoint: `${base}/revocation`,
    code_challenge_methods_supported: ['S256'],
  })
  expect(found.grant_types_supported).toEqual(['authorization_code', 'refresh_token', 'client_credentials'])
  expect(JSON.parse(JSON.stringify(found))).toEqual(found)
})

test('nothing is claimed that is not so', () => {
  const { capabilities, token_endpoint_auth_methods_supported } = smartConfiguration(endpoints)
  for (const absent of ['launch-ehr', 'client-confidential-symmetric', 'context-ehr-patient', 'authorize-post'])
    expect(capabilities).not.toContain(absent)
  expect(token_endpoint_auth_methods_supported).not.toContain('client_secret_basic')
  expect(smartConfiguration({ ...endpoints, authorizePost: true }).capabilities).toContain('authorize-post')
})
