// Backend services (http://hl7.org/fhir/smart-app-launch/backend-services.html), introspection (RFC 7662), revocation
// (RFC 7009): who may ask what about whose token.
import { randomUUID } from 'node:crypto'
import { decodeJwt, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { backendClient } from '../../src/server/issuer/clients.ts'
import { demoBackendKey } from '../../src/server/issuer/keys.ts'
import { post, type TestIssuer, testIssuer, tokens } from './issuer-at.ts'

const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const rsa = await generateKeyPair('RS384', { extractable: true })
const rsaPublic = { ...(await exportJWK(rsa.publicKey)), kid: 'r1', alg: 'RS384', use: 'sig' }
const other = backendClient('rsa-backend', 'RSA', [rsaPublic], {
  ...{ user: 'Device/d1', role: 'device', purposes: ['TREAT'] },
})

let at: TestIssuer
let demo: Awaited<ReturnType<typeof demoBackendKey>>
beforeAll(async () => {
  at = await testIssuer([other])
  demo = await demoBackendKey(at.accounts)
  await at.account({ username: 'gp' })
})
afterAll(async () => {
  expect(at.faults).toEqual([])
  await at.close()
})

interface Change {
  claims?: Record<string, unknown>
  header?: Record<string, unknown>
  key?: Parameters<SignJWT['sign']>[0]
}
const seconds = () => Math.floor(Date.now() / 1000)
function assertion({ claims, header, key }: Change = {}): Promise<string> {
  const own = { iss: 'demo-backend', sub: 'demo-backend', aud: `${at.base}/oidc/token`, jti: randomUUID() }
  return new SignJWT({ ...own, exp: seconds() + 240, ...claims })
    .setProtectedHeader({ alg: 'ES384', kid: demo.kid, typ: 'JWT', ...header })
    .sign(key ?? demo.privateKey)
}
const ofRsa = () =>
  assertion({
    ...{ claims: { iss: 'rsa-backend', sub: 'rsa-backend' }, header: { alg: 'RS384', kid: 'r1' }, key: rsa.privateKey },
  })

const ask = async (made: string | Promise<string>, scope = 'system/*.rs') =>
  post(`${at.base}/oidc/token`, {
    ...{ grant_type: 'client_credentials', scope, client_assertion_type: TYPE, client_assertion: await made },
  })

test('a signed assertion gives a token for five minutes that the resource server takes', async () => {
  const { body } = await ask(assertion())
  expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 300, scope: 'system/*.rs' })
  expect(body.refresh_token).toBeUndefined()
  expect(await at.verifier.verify(body.access_token)).toMatchObject({
    ...{ client: 'demo-backend', role: 'system', organisation: 'demo-hospital-northlake', purpose: 'HOPERAT' },
  })
})

test('RS384 does as well', async () => {
  const { body } = await ask(ofRsa())
  expect(await at.verifier.verify(body.access_token)).toMatchObject({ user: 'Device/d1', role: 'device' })
})

test('scopes of people are not for services', async () => {
  expect((await ask(assertion(), 'system/*.rs user/*.rs patient/*.rs')).body.scope).toBe('system/*.rs')
  expect((await ask(assertion(), 'user/*.rs')).body.error).toBe('invalid_scope')
})

test('replayed assertion: the second time it is refused, in parallel too', async () => {
  const made = await assertion()
  const all = await Promise.all(Array.from({ length: 6 }, () => ask(made)))
  expect(all.filter(({ status }) => status === 200)).toHaveLength(1)
  expect((await ask(made)).body.error).toBe('invalid_client')
})

const stranger = await generateKeyPair('ES384')
test.for<[string, () => Change]>([
  ['for another server', () => ({ claims: { aud: 'http://elsewhere.example/token' } })],
  ['expired', () => ({ claims: { exp: seconds() - 60 } })],
  ['that lives an hour', () => ({ claims: { exp: seconds() + 3600 } })],
  ['without an end', () => ({ claims: { exp: undefined } })],
  ['without jti', () => ({ claims: { jti: undefined } })],
  ['of another issuer', () => ({ claims: { iss: 'rsa-backend' } })],
  ['for another client', () => ({ claims: { sub: 'rsa-backend' } })],
  ['by a stranger’s key', () => ({ key: stranger.privateKey })],
  ['that says where its key is', () => ({ header: { jku: 'http://evil.example/jwks' } })],
  ['with an algorithm that is not allowed', () => ({ header: { alg: 'HS256' }, key: Buffer.alloc(32, 1) })],
])('forged assertion: one %s is refused', async ([, change]) => {
  const { status, body } = await ask(assertion(change()))
  expect([400, 401]).toContain(status)
  expect(body.error).toBe('invalid_client')
})

test('a public client gets no token of its own', async () => {
  const fields = { grant_type: 'client_credentials', client_id: 'demo-app', scope: 'system/*.rs' }
  expect((await post(`${at.base}/oidc/token`, fields)).status).toBe(400)
})

const about = async (what: 'introspection' | 'revocation', token: string, made: string | Promise<string>) =>
  post(`${at.base}/oidc/token/${what}`, { token, client_assertion_type: TYPE, client_assertion: await made })

test('a client may introspect its own token, and learns what is in it', async () => {
  const { access_token } = (await ask(assertion())).body
  const { body } = await about('introspection', access_token, assertion())
  const { jti, exp } = decodeJwt(access_token)
  expect(body).toMatchObject({ active: true, client_id: 'demo-backend', jti, exp, scope: 'system/*.rs' })
})

test('wrong client: it learns nothing of another’s token and cannot take it back', async () => {
  const { access_token } = (await ask(assertion())).body
  expect((await about('introspection', access_token, ofRsa())).body).toEqual({ active: false })
  expect((await about('revocation', access_token, ofRsa())).status).toBe(200)
  await at.verifier.verify(access_token)
})

test('a revoked token is refused at once and introspects as inactive', async () => {
  const { access_token } = (await ask(assertion())).body
  await at.verifier.verify(access_token)
  expect((await about('revocation', access_token, assertion())).status).toBe(200)
  await expect(at.verifier.verify(access_token)).rejects.toMatchObject({ category: 'unauthenticated' })
  expect((await about('introspection', access_token, assertion())).body).toEqual({ active: false })
})

test('a public client takes back its user’s token, and what was under the same grant', async () => {
  const { access_token, refresh_token } = await tokens(at, 'gp', 'openid offline_access user/*.rs')
  await post(`${at.base}/oidc/token/revocation`, { client_id: 'demo-app', token: access_token })
  await expect(at.verifier.verify(access_token)).rejects.toThrow()
  const again = { grant_type: 'refresh_token', client_id: 'demo-app', refresh_token }
  expect((await post(`${at.base}/oidc/token`, again)).status).toBe(400)
})

test('a jti from a log is no token: it takes nothing back', async () => {
  const { access_token } = await tokens(at, 'gp', 'user/*.rs')
  const fields = { client_id: 'demo-app', token: decodeJwt(access_token).jti! }
  await post(`${at.base}/oidc/token/revocation`, fields)
  await at.verifier.verify(access_token)
})

test.for(['', 'x', 'a.b.c', 'eyJhbGciOiJub25lIn0.e30.'])('garbage is not active: "%s"', async (token) => {
  const { body } = await about('introspection', token, assertion())
  expect(body.active ?? false).toBe(false)
})

test('a tampered token is not active', async () => {
  const { access_token } = (await ask(assertion())).body
  const [header, , signature] = access_token.split('.')
  const claims = Buffer.from(JSON.stringify({ ...decodeJwt(access_token), scope: 'system/*.cruds' }))
  const { body } = await about('introspection', `${header}.${claims.toString('base64url')}.${signature}`, assertion())
  expect(body.active ?? false).toBe(false)
})

test('the keys that are shown are public', async () => {
  const shown = await (await fetch(`${at.base}/oidc/jwks`)).json()
  expect(shown.keys).toHaveLength(1)
  expect(Object.keys(shown.keys[0])).not.toContain('d')
  const own = await at.issuer.jwks()
  expect(own.keys[0]).toMatchObject({ kid: shown.keys[0].kid, x: shown.keys[0].x })
  expect(JSON.stringify(own)).not.toContain('"d"')
})

test('discovery names the addresses that are served, and what SMART is told is what discovery says', async () => {
  const found = await (await fetch(`${at.base}/oidc/.well-known/openid-configuration`)).json()
  const { issuing } = at.issuer
  expect(found).toMatchObject({
    ...{ issuer: issuing.issuer, authorization_endpoint: issuing.authorizationEndpoint },
    ...{ token_endpoint: issuing.tokenEndpoint, jwks_uri: issuing.jwksUri },
    ...{ introspection_endpoint: issuing.introspectionEndpoint, revocation_endpoint: issuing.revocationEndpoint },
    code_challenge_methods_supported: ['S256'],
  })
  const sorted = (list: readonly string[] | undefined) => [...(list ?? [])].sort()
  expect(sorted(issuing.grants)).toEqual(sorted(found.grant_types_supported))
  expect(sorted(issuing.clientAuthentication)).toEqual(sorted(found.token_endpoint_auth_methods_supported))
  expect(sorted(issuing.algorithms)).toEqual(sorted(found.token_endpoint_auth_signing_alg_values_supported))
  expect(sorted(issuing.scopes)).toEqual(sorted(found.scopes_supported))
})
