// `npm run -s token`: what it takes, what it refuses, and that the server takes what it prints.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { makeVerifier } from '../../src/auth/verify.ts'
import { signingKey } from '../../src/server/issuer/keys.ts'
import { mintFor, realmOf } from '../../src/server/issuer/mint.ts'
import { readArguments } from '../../src/server/token.ts'
import { testDatabase } from '../support/database.ts'

const GOOD = {
  ...{ role: 'practitioner', user: 'Practitioner/p', organization: 'o', purpose: 'TREAT', scope: 'user/*.rs' },
}
const args = (changes: Record<string, string | undefined> = {}) =>
  Object.entries({ ...GOOD, ...changes }).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]))

test('flags become what the token says', () => {
  expect(readArguments(args({ purpose: 'TREAT,BTG', scope: 'openid user/*.rs  patient/*.r', patient: 'x' }))).toEqual({
    ...{ role: 'practitioner', user: 'Practitioner/p', organisation: 'Organization/o', acr: 'mfa', patient: 'x' },
    ...{ purposes: ['TREAT', 'BTG'], scope: 'openid user/*.rs patient/*.r' },
  })
})

test('a patient is the patient in context and needs no organisation', () => {
  const own = { role: 'patient', user: 'Patient/x', organization: undefined, purpose: 'PATRQT', scope: 'patient/*.rs' }
  expect(readArguments(args(own))).toMatchObject({ patient: 'x' })
  expect(readArguments(args({ ...own, role: 'proxy' }))).toMatchObject({ patient: 'x' })
  expect(readArguments(args({ ...own, role: 'proxy', user: 'RelatedPerson/r', patient: 'Patient/x' }))).toMatchObject({
    ...{ user: 'RelatedPerson/r', patient: 'x' },
  })
})

test.for<[string, Record<string, string | undefined>, RegExp]>([
  ['no role', { role: undefined }, /--role/],
  ['a role that is none', { role: 'boss' }, /--role/],
  ['no user', { user: undefined }, /--user/],
  ['a user that is no reference', { user: 'p' }, /--user/],
  ['a user of a type that asks nothing', { user: 'Observation/p' }, /--user/],
  ['no organisation', { organization: undefined }, /--organization/],
  ['an organisation that is no id', { organization: 'a b' }, /--organization/],
  ['no purpose', { purpose: undefined }, /--purpose/],
  ['a purpose that is none', { purpose: 'TREAT,FUN' }, /--purpose/],
  ['no scope', { scope: undefined }, /--scope/],
  ['a scope that is none', { scope: 'user/*.sr' }, /--scope.*user\/\*\.sr/s],
  ['patient/ scopes without a patient', { scope: 'patient/*.rs' }, /--patient/],
  ['a patient that is no id', { patient: 'a/b/c' }, /--patient/],
  ['a patient in another’s record', { role: 'patient', user: 'Patient/x', patient: 'y' }, /--patient/],
  ['a patient who is a practitioner', { role: 'patient' }, /--user Patient/],
  ['a practitioner who is a patient', { user: 'Patient/x' }, /cannot act/],
  ['a proxy for nobody', { role: 'proxy', user: 'RelatedPerson/r' }, /--patient/],
  ['an unknown flag', { verbose: 'yes' }, /unknown/],
])('%s is refused, saying what to do', ([, changes, message]) => {
  expect(() => readArguments(args(changes))).toThrow(message)
})

test('the resource server takes what is minted for it', async () => {
  const { accounts: database, drop } = await testDatabase()
  const realm = realmOf('http://127.0.0.1:4000')
  const jwks = async () => ({ keys: [(await signingKey(database)).publicJwk as { kty: string }] })
  const verifier = makeVerifier({ issuers: [{ issuer: realm.issuer, jwks }], audience: [realm.audience] })
  const token = await mintFor(database, realm, { ...readArguments(args()), groups: ['Group/g'] })
  expect(await verifier.verify(token)).toMatchObject({
    ...{ role: 'practitioner', client: 'token-command', acr: 'mfa', groups: ['Group/g'], organisation: 'o' },
  })
  const old = await mintFor(database, realm, { ...readArguments(args()), lifetime: -120 })
  await expect(verifier.verify(old)).rejects.toMatchObject({ category: 'unauthenticated' })
  await drop()
})

const run = promisify(execFile)
const command = (given: string[], env: Record<string, string>) =>
  run(process.execPath, ['--import', 'tsx', 'src/server/token.ts', ...given], { env: { ...process.env, ...env } })

test('on the command line: bad input and DATABASE_URL end with 1, a message and nothing on stdout', async () => {
  await expect(command([], {})).rejects.toMatchObject({ code: 1, stdout: '', stderr: /--role/ })
  const url = { DATABASE_URL: 'postgres://127.0.0.1:1/x' }
  await expect(command(args(), url)).rejects.toMatchObject({ code: 1, stdout: '', stderr: /DATABASE_URL/ })
})
