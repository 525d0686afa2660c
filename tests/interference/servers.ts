// The server twice: on the database with everything in it, and on the one in which what is forbidden never was. Asked over
// HTTP, by whomever the header names.
import { OPERATOR } from '../../src/consent/read-scope.ts'
import type { Asker } from '../../src/kernel/asker.ts'
import { type AppOptions, startApp } from '../../src/server/app.ts'
import type { Policies } from '../../src/server/interaction-for.ts'
import type { Database } from '../../src/store/database.ts'

export interface Answer {
  readonly status: number
  readonly data?: unknown
  readonly errors?: readonly unknown[]
  readonly extensions?: unknown
}

export interface Server {
  ask(query: string, variables: object, asker: Asker): Promise<Answer>
  /** What went to the log as a fault since the last time. */
  faults(): unknown[]
  close(): Promise<void>
}

const HEADER = 'x-test-asker'

export async function startServer(database: Database, policies: Policies, askers: readonly Asker[]): Promise<Server> {
  // Objects of its own: what a server remembers of an asker must not reach another server of this process.
  const all = [OPERATOR, ...askers.map((asker) => ({ ...asker }))]
  const order = [OPERATOR, ...askers]
  let faults: unknown[] = []
  const signIn: AppOptions['signIn'] = async (publicUrl) => ({
    publicUrl,
    asker: async ({ headers }) => all[Number(headers[HEADER])],
  })
  const log = { info: () => {}, fault: (error: unknown) => void faults.push(error) }
  const app = await startApp({ database, log, host: '127.0.0.1', port: 0, development: true, policies, signIn })
  return {
    async ask(query, variables, asker) {
      const answer = await fetch(`${app.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', [HEADER]: String(order.indexOf(asker)) },
        body: JSON.stringify({ query, variables }),
      })
      return { status: answer.status, ...((await answer.json()) as object) }
    },
    faults() {
      const seen = faults
      faults = []
      return seen
    },
    close: () => app.close(),
  }
}
