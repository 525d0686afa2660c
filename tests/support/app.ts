// A server on its own database, asked over HTTP as a client would.
import { OPERATOR } from '../../src/consent/read-scope.ts'
import type { Asker } from '../../src/kernel/asker.ts'
import { type App, type AppOptions, startApp } from '../../src/server/app.ts'
import { type TestDatabase, testDatabase } from './database.ts'

export interface Answer {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: an answer has the shape of its query
  data?: any
  // biome-ignore lint/suspicious/noExplicitAny: extensions are what the test looks at
  errors?: { message: string; path?: (string | number)[]; extensions?: any }[]
  /** The body as it came, digit for digit. */
  text: string
}

export interface TestApp extends TestDatabase {
  readonly app: App
  /** Faults that reached the log. */
  readonly faults: unknown[]
  /** `variables` may be JSON text, to send digits as written. */
  ask(query: string, variables?: Record<string, unknown> | string, as?: Asker): Promise<Answer>
  close(): Promise<void>
}

const ASKER = 'x-test-asker'

/** Sign-in of tests: the operator, or whoever the header names. The port that production fills with bearer tokens. */
export const testSignIn: AppOptions['signIn'] = async (url) => ({
  publicUrl: url,
  asker: async ({ headers }) => (headers[ASKER] ? asker(String(headers[ASKER])) : OPERATOR),
})

// One object per asker, as the verifier hands them out.
const askers = new Map<string, Asker>()
function asker(text: string): Asker {
  const known = askers.get(text) ?? (JSON.parse(text) as Asker)
  askers.set(text, known)
  return known
}

/** Nobody has consented to anything, and nothing is implied. */
export const STRICT: AppOptions['policies'] = { implicit: { byDefault: 'deny', byCustodian: new Map() }, packs: [] }

export async function testApp(
  options: Partial<Pick<AppOptions, 'policies' | 'signIn' | 'development'>> = {},
): Promise<TestApp> {
  const db = await testDatabase()
  const faults: unknown[] = []
  const log = { info: () => {}, fault: (error: unknown) => void faults.push(error) }
  const app = await startApp({
    database: db.database,
    log,
    host: '127.0.0.1',
    port: 0,
    development: true,
    policies: STRICT,
    signIn: testSignIn,
    ...options,
  })
  const ask = async (query: string, variables: Record<string, unknown> | string = {}, as?: Asker): Promise<Answer> => {
    const values = typeof variables === 'string' ? variables : JSON.stringify(variables)
    const body = `{"query":${JSON.stringify(query)},"variables":${values}}`
    const answer = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(as && { [ASKER]: JSON.stringify(as) }) },
      body,
    })
    const text = await answer.text()
    return { status: answer.status, ...JSON.parse(text), text }
  }
  const close = async () => {
    await app.close()
    await db.drop()
  }
  return { ...db, app, faults, ask, close }
}
