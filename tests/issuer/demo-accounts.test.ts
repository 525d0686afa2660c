// The people who can sign in to a demo: made once, all with the one password, each with a token that the server takes.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureDemoAccounts } from '../../src/server/issuer/demo-accounts.ts'
import { fromBase32, hotp, stepAt } from '../../src/server/issuer/totp.ts'
import { listAccounts } from '../../src/store/issuer/accounts.ts'
import { authorization, Browser, exchange, type TestIssuer, testIssuer } from './issuer-at.ts'
import { statement } from './statement.ts'

let at: TestIssuer
beforeAll(async () => {
  at = await testIssuer()
  const content = JSON.stringify({ relationship: [{ coding: [{ code: 'MTH' }] }] })
  await statement(
    at.url,
    "insert into related_person (id, version, last_updated, deleted, lossless, content, patient) values ('demo-007-relative', 1, now(), false, false, $1, 'demo-patient-007')",
    [content],
  )
})
afterAll(async () => {
  expect(at.faults).toEqual([])
  await at.close()
})

test('two processes that start at once make them once', async () => {
  const [one, other] = await Promise.all([
    ensureDemoAccounts(at.database, at.accounts),
    ensureDemoAccounts(at.database, at.accounts),
  ])
  expect(other).toEqual(one)
  expect(one.password).toMatch(/^[a-z2-7]{4}(-[a-z2-7]{4}){3}$/)
  const names = (await listAccounts(at.accounts)).map(({ username }) => username)
  expect(names).toEqual([...one.accounts.map(({ username }) => username)].sort())
  expect(new Set((await listAccounts(at.accounts)).map(({ password }) => password)).size).toBe(names.length)
})

test('everyone can sign in, and the resource server takes what they get', async () => {
  const { password, totp, accounts } = await ensureDemoAccounts(at.database, at.accounts)
  const askers = []
  for (const { username } of accounts) {
    const personal = username === 'patient' || username === 'parent'
    const request = authorization(at.base, personal ? 'patient/*.rs' : 'user/*.rs')
    const browser = new Browser()
    let step = await browser.open(request.url)
    step = await browser.submit(step.url, { step: 'password', username, password })
    if (username === 'emergency') {
      const code = hotp(fromBase32(totp), stepAt(Date.now()))
      step = await browser.submit(step.url, { step: 'code', code })
    }
    step = await browser.submit(step.url, { step: 'confirm' })
    const { body } = await exchange(at.base, request, new URL(step.url).searchParams.get('code')!)
    const asker = await at.verifier.verify(body.access_token, username === 'emergency' ? 'BTG' : undefined)
    askers.push([username, asker.role, asker.user, asker.purpose, asker.patient])
  }
  expect(askers).toContainEqual([
    'emergency',
    'practitioner',
    'Practitioner/demo-practitioner-northlake-emergency-physician',
    'BTG',
    undefined,
  ])
  expect(askers).toContainEqual(['parent', 'proxy', 'RelatedPerson/demo-007-relative', 'FAMRQT', 'demo-patient-007'])
  expect(askers).toContainEqual(['patient', 'patient', 'Patient/demo-patient-001', 'PATRQT', 'demo-patient-001'])
  expect(new Set(askers.map(([, role]) => role)).size).toBe(9)
})

test('the sign-in page names the demo accounts, never the password', async () => {
  const { password } = await ensureDemoAccounts(at.database, at.accounts)
  const text = await (await new Browser().open(authorization(at.base, 'user/*.rs').url)).answer.text()
  expect(text).toContain('<dt>psychiatrist</dt>')
  expect(text).not.toContain(password)
})
