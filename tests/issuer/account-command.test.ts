// `npm run -s account`: people who can sign in and who cannot any more, and keys that follow one another.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { decodeProtectedHeader } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { readCommand } from '../../src/server/account.ts'
import { signingKey, signingKeys } from '../../src/server/issuer/keys.ts'
import { mintFor, realmOf } from '../../src/server/issuer/mint.ts'
import { fromBase32, hotp, stepAt } from '../../src/server/issuer/totp.ts'
import { authorization, Browser, exchange, type TestIssuer, testIssuer } from './issuer-at.ts'
import { statement } from './statement.ts'

let at: TestIssuer
beforeAll(async () => {
  at = await testIssuer()
})
afterAll(async () => {
  expect(at.faults).toEqual([])
  await at.close()
})
afterEach(() => {
  vi.useRealTimers()
})

const account = async (line: string) => readCommand(line.split(' '))(at.owner)
const GP = '--role practitioner --user Practitioner/gp --organization north --purpose TREAT'
const said = (lines: string[], what: string) => lines.find((line) => line.startsWith(what))?.split(/\s+/)[1] ?? ''

/** The tokens that a person gets by signing in; undefined where the password is not taken. */
async function tokens(username: string, password: string, totp?: string) {
  const request = authorization(at.base, 'user/*.rs offline_access')
  const browser = new Browser()
  let step = await browser.open(request.url)
  step = await browser.submit(step.url, { step: 'password', username, password })
  if (step.answer.status === 401) return undefined
  if (totp) step = await browser.submit(step.url, { step: 'code', code: hotp(fromBase32(totp), stepAt(Date.now())) })
  step = await browser.submit(step.url, { step: 'confirm' })
  return (await exchange(at.base, request, new URL(step.url).searchParams.get('code')!)).body
}
const refused = (token: string) =>
  vi.waitFor(() => expect(at.verifier.verify(token)).rejects.toMatchObject({ code: 'invalid-token' }), 4000)

describe('people', () => {
  test('who is added signs in, and the server takes what they get', async () => {
    const lines = await account(`add --username gp ${GP}`)
    const body = await tokens('gp', said(lines, 'password'))
    const asker = { role: 'practitioner', user: 'Practitioner/gp', organisation: 'north', purpose: 'TREAT' }
    expect(await at.verifier.verify(body.access_token)).toMatchObject(asker)
    expect(await account('list')).toContain('gp\tpractitioner\tPractitioner/gp\tOrganization/north\tTREAT\tpassword')
  })

  test('who may break the glass has a second factor', async () => {
    const er = 'add --username er --role practitioner --user Practitioner/er --organization north --purpose BTG'
    await expect(account(er)).rejects.toThrow(/--totp/)
    const lines = await account(`${er} --totp`)
    expect(lines.at(-1)).toMatch(/^otpauth:\/\/totp\/HealthChain:er\?secret=[A-Z2-7]{32}&issuer=HealthChain$/)
    const body = await tokens('er', said(lines, 'password'), said(lines, 'totp'))
    expect(await at.verifier.verify(body.access_token)).toMatchObject({ purpose: 'BTG', acr: 'mfa' })
  })

  test.for([
    ['lock', 'lock --username NAME'],
    ['another password', 'password --username NAME'],
    ['another second factor', 'totp --username NAME'],
  ] as const)('%s ends the session, the access and the refresh token', async ([, command], { task }) => {
    const name = `u${task.id.replace(/\D/g, '')}`
    const password = said(await account(`add --username ${name} ${GP}`), 'password')
    const body = await tokens(name, password)
    await at.verifier.verify(body.access_token)
    const lines = await account(command.replace('NAME', name))
    await refused(body.access_token)
    const form = { grant_type: 'refresh_token', refresh_token: body.refresh_token, client_id: 'demo-app' }
    const again = await fetch(`${at.base}/oidc/token`, { method: 'POST', body: new URLSearchParams(form) })
    expect(await again.json()).toMatchObject({ error: 'invalid_grant' })
    const open =
      "select 1 from issuer_record where payload::json ->> 'accountId' = $1 and model in ('Grant', 'Session', 'RefreshToken')"
    expect(await statement(at.url, open, [name])).toEqual([])
    if (command.startsWith('totp'))
      expect((await tokens(name, password, said(lines, 'totp'))).access_token).toBeDefined()
    else expect(await tokens(name, password)).toBeUndefined()
    if (command.startsWith('password')) expect(await tokens(name, said(lines, 'password'))).toBeDefined()
  })

  test('others keep what they have', async () => {
    const password = said(await account(`add --username other ${GP}`), 'password')
    await account(`add --username third ${GP}`)
    const body = await tokens('other', password)
    await account('lock --username third')
    await new Promise((resolve) => setTimeout(resolve, 1100))
    expect(await at.verifier.verify(body.access_token)).toMatchObject({ role: 'practitioner' })
  })

  test.for([
    ['nothing', '', /commands/],
    ['a command that is none', 'constructor', /commands/],
    ['a flag that is none', 'list --verbose', /unknown/],
    ['no name', `add ${GP}`, /--username/],
    ['a name that sign-in would change', `add --username GP ${GP}`, /--username/],
    ['a name that stands', `add --username gp ${GP}`, /already/],
    ['a name that does not stand', 'lock --username nobody', /no account/],
    ['no role', 'add --username x --user Practitioner/x', /--role/],
    ['no organization', 'add --username x --role nurse --user Practitioner/x --purpose TREAT', /--organization/],
  ] as const)('%s is refused, saying what to do', async ([, line, message]) => {
    await expect(async () => account(line)).rejects.toThrow(message)
  })

  test('on the command line: bad input ends with 1, the usage, and nothing on stdout', async () => {
    // Nothing is opened for that: there is no such database.
    const env = { ...process.env, DATABASE_URL: 'postgres://127.0.0.1:1/x' }
    const command = promisify(execFile)(process.execPath, ['--import', 'tsx', 'src/server/account.ts', 'lock'], { env })
    await expect(command).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/--username.*rotate-keys/s),
    })
  })
})

describe('keys', () => {
  const wanted = { role: 'practitioner', user: 'Practitioner/p', purposes: ['TREAT'], scope: 'user/*.rs' } as const
  const minted = () => mintFor(at.accounts, realmOf(at.base), { ...wanted, organisation: 'Organization/o' })
  const shown = async () =>
    (await (await fetch(`${at.base}/oidc/jwks`)).json()).keys.map(({ kid }: { kid: string }) => kid)
  const ageNewest = (minutes: number) =>
    statement(
      at.url,
      "update server_secret set name = 'issuer-key-' || to_char((now() - $1 * interval '1 minute') at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"') where name = (select max(name) from server_secret where name like 'issuer-key-%')",
      [minutes],
    )

  test('a new one signs, and what the old one signed is taken until it is over', async () => {
    const before = await minted()
    const [old] = await signingKeys(at.accounts)
    await account('rotate-keys')
    const [newest, former, ...more] = await signingKeys(at.accounts)
    expect([former!.kid, more]).toEqual([old.kid, []])
    expect(newest.kid).not.toBe(old.kid)
    vi.useFakeTimers({ toFake: ['performance'] })
    // The issuer looks for new keys after a minute, the verifier for an unknown one after half a minute; the clock of this
    // test begins at nought.
    vi.advanceTimersByTime(5 * 60_000)
    const after = await minted()
    expect([before, after].map((token) => decodeProtectedHeader(token).kid)).toEqual([old.kid, newest.kid])
    expect(await shown()).toEqual([newest.kid, old.kid])
    for (const token of [before, after]) expect((await at.verifier.verify(token)).role).toBe('practitioner')
    const { access_token, id_token } = await tokens(
      'keys',
      said(await account(`add --username keys ${GP}`), 'password'),
    )
    for (const token of [access_token, id_token].filter(Boolean))
      expect(decodeProtectedHeader(token).kid).toBe(newest.kid)
    await ageNewest(34)
    expect((await signingKeys(at.accounts)).length).toBe(2)
    await ageNewest(36)
    expect((await signingKeys(at.accounts)).map(({ kid }) => kid)).toEqual([newest.kid])
  })

  test('a key that leaked is withdrawn, and what it signed is refused', async () => {
    const before = await minted()
    expect((await at.verifier.verify(before)).role).toBe('practitioner')
    await account('rotate-keys --withdraw')
    const names = await statement(at.url, "select name from server_secret where name like 'issuer-key%'")
    expect(names).toEqual([{ name: expect.stringMatching(/^issuer-key-2/) }])
    vi.useFakeTimers({ toFake: ['performance'] })
    vi.advanceTimersByTime(15 * 60_000)
    await expect(at.verifier.verify(before)).rejects.toMatchObject({ code: 'invalid-token' })
    expect(decodeProtectedHeader(await minted()).kid).toBe((await signingKey(at.accounts)).kid)
    expect(await shown()).toEqual([(await signingKey(at.accounts)).kid])
  })

  test('attack: the issuer’s own role takes keys away', async () => {
    const removal = { sql: "delete from server_secret where name like 'issuer-key%'", parameters: [] }
    await expect(at.accounts.query(removal)).rejects.toMatchObject({ code: '42501' })
  })
})
