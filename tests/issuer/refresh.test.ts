// Refresh tokens turn with each use; one that comes twice was stolen, and everything under its grant ends (RFC 9700, 4.14).
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { post, refresh, type TestIssuer, testIssuer, tokens } from './issuer-at.ts'
import { statement } from './statement.ts'

let at: TestIssuer
let second: TestIssuer
beforeAll(async () => {
  at = await testIssuer()
  second = await testIssuer([], at)
  await at.account({ username: 'gp' })
})
afterAll(async () => {
  expect(at.faults).toEqual([])
  await second.close()
  await at.close()
})

const SCOPE = 'openid offline_access user/*.rs'

test('no refresh token without offline_access or online_access', async () => {
  expect((await tokens(at, 'gp', 'user/*.rs')).refresh_token).toBeUndefined()
  expect((await tokens(at, 'gp', 'openid online_access user/*.rs')).refresh_token).toBeTypeOf('string')
})

test('a refresh gives a new access token and a new refresh token', async () => {
  const first = await tokens(at, 'gp', SCOPE)
  expect(first.scope).toBe(SCOPE)
  const { body } = await refresh(at.base, first.refresh_token)
  expect(body.refresh_token).not.toBe(first.refresh_token)
  expect(body.scope).toBe(SCOPE)
  expect(decodeJwt(body.access_token).jti).not.toBe(decodeJwt(first.access_token).jti)
  await at.verifier.verify(body.access_token)
  expect((await refresh(at.base, body.refresh_token)).status).toBe(200)
})

test('stolen refresh token: used twice, it ends the whole grant, access tokens too', async () => {
  const first = await tokens(at, 'gp', SCOPE)
  const { body } = await refresh(at.base, first.refresh_token)
  await at.verifier.verify(body.access_token)
  expect((await refresh(at.base, first.refresh_token)).body.error).toBe('invalid_grant')
  expect((await refresh(at.base, body.refresh_token)).body.error).toBe('invalid_grant')
  for (const { access_token } of [first, body])
    await expect(at.verifier.verify(access_token)).rejects.toMatchObject({ category: 'unauthenticated' })
})

test('race for a refresh token: of many at once one wins at most, and nobody keeps anything', async () => {
  const first = await tokens(at, 'gp', SCOPE)
  const answers = await Promise.all(Array.from({ length: 8 }, () => refresh(at.base, first.refresh_token)))
  const won = answers.filter(({ status }) => status === 200)
  expect(won.length).toBeLessThanOrEqual(1)
  for (const { body } of [...won, { body: first }]) {
    await expect(at.verifier.verify(body.access_token)).rejects.toThrow()
    expect((await refresh(at.base, body.refresh_token)).status).toBe(400)
  }
})

test('a grant that ends leaves the person’s other grants alone', async () => {
  const [one, other] = [await tokens(at, 'gp', SCOPE), await tokens(at, 'gp', SCOPE)]
  await post(`${at.base}/oidc/token/revocation`, { client_id: 'demo-app', token: one.refresh_token })
  await expect(at.verifier.verify(one.access_token)).rejects.toThrow()
  await at.verifier.verify(other.access_token)
})

test('who loses a purpose, a role or the account loses it with the next token', async () => {
  await at.account({ username: 'leaver', purposes: ['TREAT', 'HOPERAT'] })
  const first = await tokens(at, 'leaver', SCOPE)
  await statement(at.url, "update account set purposes = '{HOPERAT}', role = 'nurse' where username = 'leaver'")
  const { body } = await refresh(at.base, first.refresh_token)
  expect(await at.verifier.verify(body.access_token)).toMatchObject({ role: 'nurse', purpose: 'HOPERAT' })
  await statement(at.url, "delete from account where username = 'leaver'")
  expect((await refresh(at.base, body.refresh_token)).body.error).toBe('invalid_grant')
})

test('a week after the sign-in it is over, however often the token has turned', async () => {
  const first = await tokens(at, 'gp', SCOPE)
  const life = async () => {
    const [row] = await statement(
      at.url,
      "select max((payload::jsonb->>'exp')::bigint) as expires from issuer_record where model = 'RefreshToken' and consumed is null",
    )
    return Number(row!.expires)
  }
  const before = await life()
  await new Promise((resolve) => setTimeout(resolve, 1100))
  await refresh(at.base, first.refresh_token)
  expect(await life()).toBeLessThanOrEqual(before)
})

test('another process refuses what this one took back, within a second', async () => {
  const { access_token } = await tokens(at, 'gp', 'user/*.rs')
  const { jti } = decodeJwt(access_token)
  expect(await second.issuer.isRevoked(`${second.base}/oidc`, jti!)).toBe(false)
  await post(`${at.base}/oidc/token/revocation`, { client_id: 'demo-app', token: access_token })
  await expect.poll(() => second.issuer.isRevoked(`${second.base}/oidc`, jti!), { timeout: 1500 }).toBe(true)
})

test('asking whether a token was taken back costs one statement a second at most', async () => {
  const name = `${at.base}/oidc`
  await at.issuer.isRevoked(name, 'warm')
  at.statements.length = 0
  for (let i = 0; i < 10_000; i++) await at.issuer.isRevoked(name, `t${i}`)
  expect(at.statements.length).toBeLessThanOrEqual(2)
})
