// Authorization code with PKCE (RFC 6749, RFC 7636, SMART App Launch) over HTTP, step by step as a browser does it.
import { get } from 'node:http'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { authorization, Browser, exchange, REDIRECT, signIn, type TestIssuer, testIssuer, tokens } from './issuer-at.ts'

let at: TestIssuer
beforeAll(async () => {
  at = await testIssuer()
  await at.account({ username: 'gp' })
  await at.account({
    ...{ username: 'pat', role: 'patient', user: 'Patient/a', patient: 'a', purposes: ['PATRQT'] },
    organisation: undefined,
  })
})
afterAll(async () => {
  expect(at.faults).toEqual([])
  await at.close()
})

test('a practitioner gets a token that the resource server takes', async () => {
  const body = await tokens(at, 'gp', 'openid fhirUser user/*.rs user/Observation.cu?category=laboratory')
  const { access_token, scope, id_token } = body
  expect(scope).toBe('openid fhirUser user/*.rs user/Observation.cu?category=laboratory')
  expect(decodeProtectedHeader(access_token)).toMatchObject({ alg: 'ES256', typ: 'at+jwt' })
  const claims = decodeJwt(access_token)
  expect(claims).toMatchObject({
    ...{ iss: `${at.base}/oidc`, sub: 'gp', aud: at.base, client_id: 'demo-app', fhirUser: 'Practitioner/p1' },
    ...{ acr: 'pwd', groups: [], scope },
    extensions: {
      ihe_iua: {
        subject_role: [{ system: 'urn:healthchain:role', code: 'practitioner' }],
        subject_organization_id: 'Organization/o1',
        purpose_of_use: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'TREAT' }],
      },
    },
  })
  expect(claims.exp! - claims.iat!).toBe(1800)
  expect(decodeJwt(id_token)).toMatchObject({ sub: 'gp', acr: 'pwd', fhirUser: `${at.base}/Practitioner/p1` })
  expect(await at.verifier.verify(access_token)).toMatchObject({
    ...{ role: 'practitioner', user: 'Practitioner/p1', organisation: 'o1', purpose: 'TREAT', client: 'demo-app' },
  })
})

test('a patient hands out patient/ scopes and nothing else, and the patient stands beside the token', async () => {
  const body = await tokens(at, 'pat', 'launch/patient patient/*.rs user/*.rs system/*.rs')
  expect(body).toMatchObject({ scope: 'launch/patient patient/*.rs', patient: 'a' })
  expect(await at.verifier.verify(body.access_token)).toMatchObject({ role: 'patient', patient: 'a' })
})

test('what only others may give is refused, not given in part', async () => {
  const answer = await signIn(new Browser(), authorization(at.base, 'openid user/*.rs'), 'pat')
  expect(answer.get('error')).toBe('access_denied')
  expect(answer.get('code')).toBeNull()
})

test('malformed scopes give nothing', async () => {
  const body = await tokens(at, 'gp', 'user/Patient.r user/Patient.sr user/patient.r user/*.rs?category foo')
  expect(body.scope).toBe('user/Patient.r')
})

test.for([
  ['no challenge', { code_challenge: '', code_challenge_method: '' }],
  ['a plain challenge', { code_challenge_method: 'plain' }],
  ['another server in aud', { aud: 'http://elsewhere.example' }],
  ['a resource that is not this server', { resource: 'http://elsewhere.example' }],
  ['a purpose that is none', { purpose_of_use: 'FUN' }],
  ['an implicit token', { response_type: 'token' }],
] as const)('an authorization request is refused for %s', async ([, more]) => {
  const { url } = await new Browser().open(authorization(at.base, 'user/*.rs', more).url)
  const answer = new URL(url)
  expect(answer.origin + answer.pathname).toBe(REDIRECT)
  const said = answer.searchParams.size > 0 ? answer.searchParams : new URLSearchParams(answer.hash.slice(1))
  expect(said.get('error')).toBeTruthy()
  expect(answer.href).not.toMatch(/code=|token=/)
})

test.for([
  ['another host', 'http://evil.example/callback'],
  ['another path', 'http://127.0.0.1:9/other'],
  ['user information', 'http://127.0.0.1@evil.example/callback'],
  ['a suffix', 'http://127.0.0.1:9/callback/../x'],
])('open redirect: a redirect URI with %s shows an error here and leads nowhere', async ([, redirect_uri]) => {
  const { answer, url } = await new Browser().open(
    authorization(at.base, 'user/*.rs', { redirect_uri: redirect_uri! }).url,
  )
  expect(answer.status).toBe(400)
  expect(new URL(url).origin).toBe(at.base)
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
})

test('stolen code: another verifier, another redirect URI or another client get nothing', async () => {
  const attempts: Record<string, string>[] = [
    { code_verifier: 'x'.repeat(43) },
    { redirect_uri: 'http://127.0.0.1:10/callback' },
    { client_id: 'console' },
    { code_verifier: '' },
  ]
  for (const more of attempts) {
    const request = authorization(at.base, 'user/*.rs')
    const code = (await signIn(new Browser(), request, 'gp')).get('code')!
    expect((await exchange(at.base, request, code, more)).status).toBe(400)
  }
})

test('replayed code: the second use fails and takes back what the first got', async () => {
  const request = authorization(at.base, 'user/*.rs')
  const code = (await signIn(new Browser(), request, 'gp')).get('code')!
  const first = await exchange(at.base, request, code)
  await at.verifier.verify(first.body.access_token)
  expect((await exchange(at.base, request, code)).body.error).toBe('invalid_grant')
  await expect(at.verifier.verify(first.body.access_token)).rejects.toThrow()
})

test('the purpose is the account’s, restricted by what was asked', async () => {
  await at.account({ username: 'two', purposes: ['TREAT', 'HOPERAT'] })
  const purposes = async (more?: Record<string, string>) => {
    const { access_token } = await tokens(at, 'two', 'user/*.rs', more)
    const { extensions } = decodeJwt<{ extensions: { ihe_iua: { purpose_of_use: { code: string }[] } } }>(access_token)
    return extensions.ihe_iua.purpose_of_use.map(({ code }) => code)
  }
  expect(await purposes()).toEqual(['TREAT', 'HOPERAT'])
  expect(await purposes({ purpose_of_use: 'HOPERAT HRESCH' })).toEqual(['HOPERAT'])
  const denied = await signIn(new Browser(), authorization(at.base, 'user/*.rs', { purpose_of_use: 'HRESCH' }), 'two')
  expect(denied.get('error')).toBe('access_denied')
})

test('declining gives the application access_denied with its state', async () => {
  const browser = new Browser()
  const step = await browser.open(authorization(at.base, 'user/*.rs').url)
  const { url } = await browser.submit(step.url, { cancel: 'yes' })
  expect(Object.fromEntries(new URL(url).searchParams)).toMatchObject({ error: 'access_denied', state: 'st' })
})

const asked = (path: string, headers: Record<string, string>) =>
  new Promise<{ status: number; location: string; body: string }>((resolve) => {
    get(`${at.base}${path}`, { headers }, (answer) => {
      let body = ''
      answer.on('data', (part) => {
        body += part
      })
      answer.on('end', () => resolve({ status: answer.statusCode!, location: answer.headers.location ?? '', body }))
    })
  })

test('forged Host: addresses carry the issuer’s name, whatever the request calls it', async () => {
  const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' }
  const { body } = await asked('/oidc/.well-known/openid-configuration', headers)
  expect(body).not.toContain('evil.example')
  expect(JSON.parse(body).token_endpoint).toBe(`${at.base}/oidc/token`)
})

test('a sign-in that begins at localhost goes on under the issuer’s own name', async () => {
  const { pathname, search, port } = new URL(authorization(at.base, 'user/*.rs').url)
  const { status, location } = await asked(pathname + search, { host: `localhost:${port}` })
  expect(status).toBe(303)
  expect(location).toBe(`${at.base}${pathname}${search}`)
})
