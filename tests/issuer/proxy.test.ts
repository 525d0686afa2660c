// Behind a proxy that ends TLS: addresses are the public ones, and cookies are marked for https only.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { makeIssuer } from '../../src/server/issuer/issuer.ts'
import { testDatabase } from '../support/database.ts'
import { authorization } from './issuer-at.ts'

test.for(['/oidc', '/ehr/oidc'])('an https issuer reached at %s', async (path) => {
  const { accounts: database, drop } = await testDatabase()
  const log = { info: () => {}, fault: () => {} }
  const audience = 'https://fhir.example.org/ehr'
  const issuer = await makeIssuer({ database, issuer: `${audience}/oidc`, audience, log })
  const server = createServer(issuer.handle)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { search } = new URL(authorization(audience, 'user/*.rs').url)
  const answer = await fetch(`${base}${path}/auth${search}`, { redirect: 'manual' })
  expect(answer.status).toBe(303)
  expect(answer.headers.get('location')).toMatch(/^\/ehr\/oidc\/interaction\//)
  const cookies = answer.headers.getSetCookie()
  expect(cookies.length).toBeGreaterThan(1)
  for (const cookie of cookies) expect(cookie).toMatch(/; secure; httponly/i)
  const found = await (await fetch(`${base}${path}/.well-known/openid-configuration`)).json()
  expect(found.token_endpoint).toBe('https://fhir.example.org/ehr/oidc/token')
  server.closeAllConnections()
  server.close()
  await drop()
})
