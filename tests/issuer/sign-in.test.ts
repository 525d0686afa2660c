// Guessing: locks hold against everyone and in parallel, codes work once, and nothing tells which names exist.
import { argon2Sync } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { SignIn } from '../../src/server/issuer/sign-in.ts'
import { fromBase32, hotp, stepAt, toBase32 } from '../../src/server/issuer/totp.ts'
import { beginAttempt, FAILURES_MAX } from '../../src/store/issuer/failures.ts'
import { authorization, Browser, exchange, PASSWORD, signIn, type TestIssuer, testIssuer } from './issuer-at.ts'
import { statement } from './statement.ts'

const SECRET = toBase32(Buffer.from('12345678901234567890'))
const codeNow = (steps = 0) => hotp(fromBase32(SECRET), stepAt(Date.now()) + steps)

const salt = Buffer.from('0123456789abcdef')
const tag = argon2Sync('argon2id', {
  message: PASSWORD,
  nonce: salt,
  parallelism: 1,
  tagLength: 32,
  memory: 8,
  passes: 1,
})
const cheap = `$argon2id$v=19$m=8,t=1,p=1$${salt.toString('base64').replace(/=/g, '')}$${tag.toString('base64').replace(/=/g, '')}`

let at: TestIssuer
let door: SignIn
beforeAll(async () => {
  at = await testIssuer()
  door = new SignIn(at.accounts, 'secret')
  // Hashed cheaply but for ann and eve, whose time is measured.
  for (const username of ['bob', 'cat', 'dan']) await at.account({ username, password: cheap })
  await at.account({ username: 'one', password: cheap, purposes: ['TREAT', 'BTG'] })
  for (const username of ['ann', 'eve']) await at.account({ username })
  await at.account({ username: 'two', password: cheap, totp: SECRET, purposes: ['TREAT', 'BTG'] })
})
// Each test comes from an address of its own kind: none inherits the delay of another.
beforeEach(() => statement(at.url, 'delete from sign_in_failure'))
afterAll(async () => {
  expect(at.faults).toEqual([])
  await at.close()
})

const wrong = (name: string, from = 'x') => door.password(name, 'wrong', from)
const right = (name: string, from = 'x') => door.password(name, PASSWORD, from)

test('the right password opens, in any case of the name', async () => {
  expect((await right(' Ann '))?.username).toBe('ann')
})

test('five failures lock, and the right password does not open', async () => {
  for (let i = 0; i < FAILURES_MAX; i++) expect(await wrong('ann')).toBeUndefined()
  expect(await right('ann')).toBeUndefined()
})

test('a success before the fifth failure forgives', async () => {
  for (let i = 0; i < FAILURES_MAX - 1; i++) await wrong('bob')
  expect(await right('bob')).toBeDefined()
  for (let i = 0; i < FAILURES_MAX - 1; i++) await wrong('bob')
  expect(await right('bob')).toBeDefined()
})

test('the lock ends after 15 minutes, and attempts meanwhile do not lengthen it', async () => {
  for (let i = 0; i < FAILURES_MAX + 2; i++) await wrong('cat')
  const [row] = await statement(
    at.url,
    "select locked_until - last < interval '15 minutes' as kept from sign_in_failure where locked_until is not null",
  )
  expect(row?.kept).toBe(true)
  await statement(
    at.url,
    "update sign_in_failure set locked_until = now() - interval '1 second' where locked_until is not null",
  )
  expect(await right('cat')).toBeDefined()
})

test('parallel guesses: of forty attempts at once five are looked at', async () => {
  const open = await Promise.all(Array.from({ length: 40 }, () => beginAttempt(at.accounts, 'parallel')))
  expect(open.filter(Boolean)).toHaveLength(FAILURES_MAX)
})

test('parallel guesses: behind five wrong ones, of forty right ones none opens', async () => {
  for (let i = 0; i < FAILURES_MAX; i++) await wrong('dan', `a${i}`)
  const guesses = await Promise.all(Array.from({ length: 40 }, (_, i) => right('dan', `b${i}`)))
  expect(guesses.filter(Boolean)).toEqual([])
})

test('an unknown name locks like a known one', async () => {
  for (let i = 0; i < FAILURES_MAX; i++) await wrong('nobody')
  const rows = await statement(at.url, 'select subject from sign_in_failure where locked_until is not null')
  expect(rows).toHaveLength(1)
  expect(rows[0]!.subject).not.toContain('nobody')
})

test('account oracle: unknown name, wrong password and locked account answer with the same page and status', async () => {
  const answerTo = async (username: string) => {
    const browser = new Browser()
    const { url } = await browser.open(authorization(at.base, 'user/*.rs').url)
    const { answer } = await browser.submit(url, { step: 'password', username, password: 'wrong' })
    return { status: answer.status, text: (await answer.text()).replaceAll(username, 'NAME') }
  }
  const known = await answerTo('ann')
  expect(known.status).toBe(401)
  expect(known.text).toContain('role="alert"')
  expect(await answerTo('nobody')).toEqual(known)
  for (let i = 0; i < FAILURES_MAX; i++) await answerTo('cat')
  expect(await answerTo('cat')).toEqual(known)
})

test('account oracle: unknown names, wrong passwords and locked accounts take the same time', async () => {
  const timed = async (name: string) => {
    const began = performance.now()
    expect(await wrong(name, name)).toBeUndefined()
    return performance.now() - began
  }
  const times: Record<string, number[]> = { known: [], unknown: [], locked: [] }
  // In turns and by the fastest: what else the machine does slows all of them alike.
  for (let round = 0; round < 8; round++) {
    await statement(at.url, 'delete from sign_in_failure')
    times.known!.push(await timed('ann'))
    times.unknown!.push(await timed(`nobody-${round}`))
    for (let i = 0; i < FAILURES_MAX; i++) await beginAttempt(at.accounts, door.subjectOf('eve'))
    times.locked!.push(await timed('eve'))
  }
  const [known, unknown, locked] = Object.values(times).map((all) => Math.min(...all))
  expect(Math.abs(known! - unknown!)).toBeLessThan(known! * 0.4)
  expect(Math.abs(known! - locked!)).toBeLessThan(known! * 0.4)
})

test('an address that fails often waits longer and longer', async () => {
  await statement(at.url, 'delete from sign_in_failure')
  for (let i = 0; i < 10; i++) await wrong(`n${i}`, 'slow')
  const began = performance.now()
  await Promise.all([wrong('m1', 'slow'), wrong('m2', 'slow'), wrong('m3', 'slow')])
  expect(performance.now() - began).toBeGreaterThan(1000)
})

test('the second factor is asked for, gives acr mfa and with it the break-glass purpose', async () => {
  const request = authorization(at.base, 'user/*.rs')
  const code = (await signIn(new Browser(), request, 'two', () => codeNow())).get('code')!
  const { access_token } = (await exchange(at.base, request, code)).body
  expect(await at.verifier.verify(access_token, 'BTG')).toMatchObject({ acr: 'mfa', purpose: 'BTG' })
})

test('break-glass without a second factor is not in the token', async () => {
  const request = authorization(at.base, 'user/*.rs')
  const code = (await signIn(new Browser(), request, 'one')).get('code')!
  const { access_token } = (await exchange(at.base, request, code)).body
  await expect(at.verifier.verify(access_token, 'BTG')).rejects.toMatchObject({ category: 'forbidden' })
  expect(await at.verifier.verify(access_token)).toMatchObject({ acr: 'pwd', purpose: 'TREAT' })
})

const two = { username: 'two', totp: SECRET } as Parameters<SignIn['code']>[0]
const unused = () => statement(at.url, "update account set totp_step = null where username = 'two'")

test('replayed code: it is taken once, in parallel too', async () => {
  await unused()
  const code = codeNow()
  const taken = await Promise.all([1, 2, 3, 4].map((i) => door.code(two, code, `r${i}`)))
  expect(taken.filter(Boolean)).toHaveLength(1)
  await statement(at.url, 'delete from sign_in_failure')
  expect(await door.code(two, code, 'r')).toBe(false)
})

test('a code older than one that was taken is not taken', async () => {
  await unused()
  expect(await door.code(two, codeNow(1), 'o')).toBe(true)
  expect(await door.code(two, codeNow(0), 'o')).toBe(false)
})

test('guessed codes: five lock, though the password opens each time', async () => {
  await unused()
  for (let i = 0; i < FAILURES_MAX; i++) {
    expect(await right('two', `g${i}`)).toBeDefined()
    expect(await door.code(two, '000000', `g${i}`)).toBe(false)
  }
  expect(await door.code(two, codeNow(), 'g')).toBe(false)
})

test('skipped code: the password alone does not lead to the application', async () => {
  const browser = new Browser()
  const step = await browser.open(authorization(at.base, 'user/*.rs').url)
  const asked = await browser.submit(step.url, { step: 'password', username: 'two', password: PASSWORD })
  expect(await asked.answer.text()).toContain('Six-digit code')
  const skipped = await browser.submit(asked.url, { step: 'confirm' })
  expect(new URL(skipped.url).pathname).toMatch(/^\/oidc\/interaction\//)
})

test('forged forms: without the cookie, from another site or for another conversation nothing happens', async () => {
  const browser = new Browser()
  const { url } = await browser.open(authorization(at.base, 'user/*.rs').url)
  const fields = { step: 'password', username: 'ann', password: PASSWORD }
  expect((await new Browser().submit(url, fields)).answer.status).toBe(400)
  expect((await browser.submit(url, fields, { origin: 'http://evil.example' })).answer.status).toBe(403)
  expect((await browser.submit(url, fields, { origin: 'null' })).answer.status).toBe(403)
  expect((await browser.submit(url, fields, { 'sec-fetch-site': 'cross-site' })).answer.status).toBe(403)
  expect((await browser.submit(`${url}x`, fields)).answer.status).toBe(400)
})

test('what a form or a request says is shown as text', async () => {
  const browser = new Browser()
  const hint = '"><script>alert(1)</script>'
  const { answer, url } = await browser.open(authorization(at.base, 'openid user/*.rs', { login_hint: hint }).url)
  expect(await answer.text()).not.toContain('<script')
  const again = await browser.submit(url, { step: 'password', username: hint, password: 'x' })
  expect(await again.answer.text()).not.toContain('<script')
})

test('pages are not kept, not framed, and run no script', async () => {
  const { answer } = await new Browser().open(authorization(at.base, 'user/*.rs').url)
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(answer.headers.get('x-frame-options')).toBe('DENY')
  expect(answer.headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self' http:\/\/127.0.0.1:9; base-uri 'none'; frame-ancestors 'none'$/,
  )
})
