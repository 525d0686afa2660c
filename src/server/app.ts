// Puts the parts together: database, schema, Apollo, HTTP. What main starts and tests start alike.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ApolloServer } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled'
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer'
import type { GraphQLSchema } from 'graphql'
import { Records } from '../interactions/records.ts'
import type { Database } from '../store/database.ts'
import './apollo-hash.ts'
import { formatError } from './errors.ts'
import { executor, type RequestContext } from './execute.ts'
import { handler } from './http.ts'
import { documentLimits, LIMITS } from './limits.ts'
import type { Logger } from './logger.ts'
import { cursorKey, developmentInteraction } from './open.ts'
import { makeSchema } from './schema.ts'

export interface AppOptions {
  readonly database: Database
  readonly log: Logger
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  readonly development: boolean
}

export interface App {
  readonly url: string
  /** Answers what is under way, then closes; the database stays open. */
  close(): Promise<void>
}

// Apollo's own messages may quote a request; what matters comes to formatError, which logs it without values.
const silent = { debug() {}, info() {}, warn() {}, error() {} }

let schema: Promise<GraphQLSchema> | undefined

export async function startApp({ database, log, host, port, development }: AppOptions): Promise<App> {
  schema ??= makeSchema()
  const http = createServer()
  const key = await cursorKey(database)
  const apollo = new ApolloServer<RequestContext>({
    schema: await schema,
    introspection: development,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    logger: silent,
    validationRules: [documentLimits],
    parseOptions: { maxTokens: LIMITS.tokens },
    formatError: (_formatted, error) => formatError(error, log),
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginDrainHttpServer({ httpServer: http, stopGracePeriodMillis: 10_000 }),
      executor(await schema, log),
    ],
  })
  await apollo.start()
  const makeContext = (duplicates: RequestContext['duplicates']): RequestContext => ({
    duplicates,
    records: new Records(developmentInteraction(database, key)),
  })
  http.on('request', handler({ apollo, makeContext, database, log, development }))
  await listen(http, host, port)
  const at = http.address() as AddressInfo
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${at.port}`, close: () => apollo.stop() }
}

function listen(http: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', reject)
    http.listen(port, host, () => {
      http.off('error', reject)
      resolve()
    })
  })
}
