// An issuer on its own database, and a browser that knows cookies and forms, to sign in as a person would.
import { createHash, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { makeVerifier, type Verifier } from '../../src/auth/verify.ts'
import type { IssuerClient } from '../../src/server/issuer/clients.ts'
import { type Issuer, makeIssuer } from '../../src/server/issuer/issuer.ts'
import { hashPassword } from '../../src/server/issuer/password.ts'
import { type Account, addAccount } from '../../src/store/issuer/accounts.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'

export const PASSWORD = 'correct horse battery'
export const REDIRECT = 'http://127.0.0.1:9/callback'

export interface TestIssuer extends TestDatabase {
  readonly url: string
  readonly issuer: Issuer
  readonly base: string
  readonly faults: unknown[]
  readonly verifier: Verifier
  /** Adds an account whose password is PASSWORD. */
  account(account: Partial<Account> & { username: string }): Promise<void>
  close(): Promise<void>
}

export async function testIssuer(clients: readonly IssuerClient[] = [], shared?: TestDatabase): Promise<TestIssuer> {
  const db = shared ?? (await testDatabase())
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const faults: unknown[] = []
  const log = { info: () => {}, fault: (error: unknown) => void faults.push(error) }
  const issuer = await makeIssuer({ database: db.accounts, issuer: `${base}/oidc`, audience: base, log, clients })
  server.on('request', issuer.handle)
  const { isRevoked, jwks } = issuer
  const verifier = makeVerifier({ issuers: [{ issuer: `${base}/oidc`, jwks }], audience: [base], isRevoked })
  const password = await hashPassword(PASSWORD)
  return {
    ...db,
    ...{ issuer, base, faults, verifier },
    account: async (given) => {
      await addAccount(db.accounts, {
        ...{ password, role: 'practitioner', user: 'Practitioner/p1', organisation: 'Organization/o1' },
        purposes: ['TREAT'],
        ...given,
      })
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      if (!shared) await db.drop()
    },
  }
}

/** Cookies with their paths, and redirects one by one. */
export class Browser {
  readonly #jar = new Map<string, { value: string; path: string }>()

  async go(url: string, init: RequestInit = {}): Promise<Response> {
    const { pathname } = new URL(url)
    const cookies = [...this.#jar].filter(([, { path }]) => pathname.startsWith(path))
    const cookie = cookies.map(([key, { value }]) => `${key.split('@')[0]}=${value}`).join('; ')
    const headers = { ...(cookie && { cookie }), ...(init.headers as Record<string, string>) }
    const answer = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const line of answer.headers.getSetCookie()) this.#keep(line)
    return answer
  }

  #keep(line: string): void {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!
    const path = /path=([^;]+)/i.exec(line)?.[1] ?? '/'
    if (value === '' || /expires=Thu, 01 Jan 1970/.test(line)) this.#jar.delete(`${name}@${path}`)
    else this.#jar.set(`${name}@${path}`, { value: value!, path })
  }

  /** Follows redirects while they stay on the issuer's origin. */
  async follow(answer: Response, at: string): Promise<{ answer: Response; url: string }> {
    let url = at
    let last = answer
    while (last.status >= 300 && last.status < 400) {
      url = new URL(last.headers.get('location')!, url).href
      if (new URL(url).origin !== new URL(at).origin) break
      last = await this.go(url)
    }
    return { answer: last, url }
  }

  async open(url: string) {
    return this.follow(await this.go(url), url)
  }

  async submit(url: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
    return this.follow(await this.go(url, { method: 'POST', body: new URLSearchParams(fields), headers }), url)
  }
}

export interface Authorization {
  readonly url: string
  readonly verifier: string
}

/** An authorization request; `more` adds or replaces parameters, '' removes one. */
export function authorization(base: string, scope: string, more: Record<string, string> = {}): Authorization {
  const verifier = randomBytes(32).toString('base64url')
  const query = new URLSearchParams({
    ...{ client_id: 'demo-app', redirect_uri: REDIRECT, response_type: 'code', scope, state: 'st', aud: base },
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  })
  for (const [name, value] of Object.entries(more)) value === '' ? query.delete(name) : query.set(name, value)
  return { url: `${base}/oidc/auth?${query}`, verifier }
}

/** Signs in and confirms; the parameters that come back to the application. */
export async function signIn(
  browser: Browser,
  { url }: Authorization,
  username: string,
  code?: () => string,
): Promise<URLSearchParams> {
  let step = await browser.open(url)
  step = await browser.submit(step.url, { step: 'password', username, password: PASSWORD })
  if (code) step = await browser.submit(step.url, { step: 'code', code: code() })
  if (step.answer.status === 200) step = await browser.submit(step.url, { step: 'confirm' })
  return new URL(step.url).searchParams
}

export async function post(url: string, fields: Record<string, string>) {
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(fields) })
  const text = await answer.text()
  // biome-ignore lint/suspicious/noExplicitAny: an answer has the shape of its question
  return { status: answer.status, body: (text ? JSON.parse(text) : {}) as any }
}

export const exchange = (base: string, { verifier }: Authorization, code: string, more: Record<string, string> = {}) =>
  post(`${base}/oidc/token`, {
    ...{ grant_type: 'authorization_code', client_id: 'demo-app', code, redirect_uri: REDIRECT },
    code_verifier: verifier,
    ...more,
  })

export const refresh = (base: string, token: string) =>
  post(`${base}/oidc/token`, { grant_type: 'refresh_token', client_id: 'demo-app', refresh_token: token })

/** Tokens of a whole sign-in. */
export async function tokens(at: TestIssuer, username: string, scope: string, more?: Record<string, string>) {
  const request = authorization(at.base, scope, more)
  const answer = await signIn(new Browser(), request, username)
  return (await exchange(at.base, request, answer.get('code')!)).body
}
