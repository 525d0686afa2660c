// A server that sequences and signs its log, asked over HTTP as clients and verifiers would.

import { OPERATOR } from '../../src/consent/read-scope.ts'
import type { Asker } from '../../src/kernel/asker.ts'
import type { NoteSigner } from '../../src/provenance/note-signer.ts'
import { type AppOptions, startApp } from '../../src/server/app.ts'
import type { Policies } from '../../src/server/interaction-for.ts'
import { logSigner } from '../../src/server/log/key.ts'
import { STRICT } from '../support/app.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'

// biome-ignore lint/suspicious/noExplicitAny: an answer has the shape of its query
type Any = any

export interface Answer {
  readonly status: number
  readonly data?: Any
  readonly errors?: Any[]
  readonly extensions?: Any
}

export interface LogServer extends TestDatabase {
  readonly url: string
  readonly log: string
  readonly vkey: string
  readonly signer: NoteSigner
  readonly faults: unknown[]
  /** Lines of its log. */
  readonly said: string[]
  ask(query: string, options?: { as?: Asker | null; wait?: boolean; variables?: object }): Promise<Answer>
  /** A file of the log. */
  get(path: string, init?: RequestInit): Promise<Response>
  close(): Promise<void>
}

interface Options extends Pick<AppOptions, 'interactionFor' | 'provenanceLog'> {
  readonly policies?: Policies
  /** False: nobody sequences and signs, as where another process does. */
  readonly signs?: boolean
}

export async function logServer({
  policies = STRICT,
  signs = true,
  provenanceLog = {},
  ...more
}: Options = {}): Promise<LogServer> {
  const db = await testDatabase()
  const signer = provenanceLog.signer ?? (await logSigner(db.owner, {}))
  const faults: unknown[] = []
  const said: string[] = []
  const app = await startApp({
    ...{ database: db.database, host: '127.0.0.1', port: 0, development: false, policies },
    ...{ ...more, provenanceLog: { ...(signs && { signer }), ...provenanceLog } },
    log: { info: (line) => void said.push(line), fault: (error) => void faults.push(error) },
    signIn: async (url) => ({
      publicUrl: url,
      asker: async ({ headers }) => {
        const as = headers['x-as']
        return as === 'nobody' ? undefined : as ? (JSON.parse(String(as)) as Asker) : OPERATOR
      },
    }),
  })
  const log = `${app.url}/log`
  return {
    ...db,
    ...{ url: app.url, log, vkey: signer.vkey, faults, said, signer },
    async ask(query, { as, wait, variables = {} } = {}) {
      const headers = {
        'content-type': 'application/json',
        ...(as !== undefined && { 'x-as': as === null ? 'nobody' : JSON.stringify(as) }),
        ...(wait && { 'x-wait-for-inclusion': '1' }),
      }
      const body = JSON.stringify({ query, variables })
      const answer = await fetch(`${app.url}/graphql`, { method: 'POST', headers, body })
      return { status: answer.status, ...((await answer.json()) as object) }
    },
    get: (path, init) => fetch(`${log}/${path}`, init),
    async close() {
      await app.close()
      await db.drop()
    },
  }
}

/** A patient is stored; the answer's data and extensions. */
export const CREATE =
  'mutation { PatientCreate(res: {name: [{family: "Ash"}]}) { id meta { versionId } provenance { entry proof } } }'
