// A server on its own database, asked over HTTP as a client would.
import { type App, startApp } from '../../src/server/app.ts'
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
  ask(query: string, variables?: Record<string, unknown> | string): Promise<Answer>
  close(): Promise<void>
}

export async function testApp(): Promise<TestApp> {
  const db = await testDatabase()
  const faults: unknown[] = []
  const log = { info: () => {}, fault: (error: unknown) => void faults.push(error) }
  const app = await startApp({ database: db.database, log, host: '127.0.0.1', port: 0, development: true })
  const ask = async (query: string, variables: Record<string, unknown> | string = {}): Promise<Answer> => {
    const values = typeof variables === 'string' ? variables : JSON.stringify(variables)
    const body = `{"query":${JSON.stringify(query)},"variables":${values}}`
    const answer = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
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
