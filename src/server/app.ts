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
import { NOBODY } from '../consent/read-scope.ts'
import { Operations } from '../interactions/operations.ts'
import { Records } from '../interactions/records.ts'
import type { Database } from '../store/database.ts'
import './apollo-hash.ts'
import { formatError } from './errors.ts'
import { executor, type RequestContext } from './execute.ts'
import { type HandlerOptions, handler } from './http.ts'
import { interactionFor, makeServices, type Policies, type Services } from './interaction-for.ts'
import { introspectionForSignedIn } from './introspection.ts'
import { documentLimits, LIMITS } from './limits.ts'
import { type LogOptions, requireSoundStart, serveLog } from './log/serving.ts'
import type { Logger } from './logger.ts'
import { type Metrics, makeMetrics } from './metrics.ts'
import { Refusals } from './refusals.ts'
import { makeSchema } from './schema.ts'
import { guard } from './shield.ts'
import type { SignIn } from './sign-in.ts'

export interface AppOptions {
  readonly database: Database
  readonly log: Logger
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  readonly development: boolean
  readonly policies: Policies
  /** Who asks, made once the server's address is known. */
  readonly signIn: (url: string, metrics: Metrics) => Promise<SignIn>
  readonly provenanceLog?: LogOptions
  /** How a request becomes an interaction; default: with consent and audit. */
  readonly interactionFor?: typeof interactionFor
}

export interface App {
  readonly url: string
  /** Answers what is under way, then closes; the database stays open. */
  close(): Promise<void>
}

// Apollo's own messages may quote a request; what matters comes to formatError, which logs it without values.
const silent = { debug() {}, info() {}, warn() {}, error() {} }

let schema: Promise<GraphQLSchema> | undefined

export async function startApp(options: AppOptions): Promise<App> {
  const { database, log, development } = options
  await requireSoundStart(database, log, options.provenanceLog)
  schema ??= makeSchema().then(guard)
  const http = createServer()
  const metrics = makeMetrics()
  const apollo = makeApollo(await schema, http, metrics, options)
  await apollo.start()
  // Whoever asks before all is ready waits: a request that nobody listens to would never be answered.
  const ready = Promise.withResolvers<ReturnType<typeof handler>>()
  http.on('request', (req, res) => void ready.promise.then((answer) => answer(req, res)))
  const url = await listen(http, options)
  const signIn = await options.signIn(url, metrics)
  const provenanceLog = serveLog(database, { log, metrics, addressOf: signIn.addressOf }, options.provenanceLog)
  const made = await makeServices(database, signIn.publicUrl, options.policies)
  const services = { ...made, wake: provenanceLog.wake }
  const refusals = new Refusals({ audit: services.audit, observer: signIn.publicUrl, metrics, log })
  const makeContext = contexts(options.interactionFor ?? interactionFor, services, refusals)
  const { routes } = provenanceLog
  ready.resolve(
    handler({ apollo, makeContext, database, provenanceLog: routes, log, development, signIn, metrics, refusals }),
  )
  return {
    url,
    async close() {
      await apollo.stop()
      // What cannot be written down now is lost with the process; the log says that it could not.
      await refusals.close().catch(log.fault)
      await provenanceLog.stop()
      await services.audit.close()
    },
  }
}

function makeApollo(
  schema: GraphQLSchema,
  http: Server,
  metrics: Metrics,
  { log, development }: AppOptions,
): ApolloServer<RequestContext> {
  return new ApolloServer<RequestContext>({
    schema,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    logger: silent,
    persistedQueries: false,
    validationRules: [documentLimits],
    parseOptions: { maxTokens: LIMITS.tokens },
    formatError: (_formatted, error) => formatError(error, log),
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginDrainHttpServer({ httpServer: http, stopGracePeriodMillis: 10_000 }),
      introspectionForSignedIn(development),
      executor(schema, log, metrics),
    ],
  })
}

const EACH = () => true

/** How a request becomes what its resolvers reach. */
const contexts =
  (begin: typeof interactionFor, services: Services, refusals: Refusals): HandlerOptions['makeContext'] =>
  async (asker, facts, duplicates) => {
    const interaction = await begin(services, asker ?? NOBODY, facts)
    const faces = { records: new Records(interaction), operations: new Operations(interaction, services) }
    // Whoever has signed in answers for what they ask: each refusal is an event of its own.
    const heard = asker ? EACH : (code: string) => refusals.admit(code, facts.address)
    return { duplicates, ...faces, interaction, heard, ...(asker && { asker }) }
  }

/** The address. */
function listen(http: Server, { host, port }: AppOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    http.once('error', reject)
    http.listen(port, host, () => {
      http.off('error', reject)
      const at = http.address() as AddressInfo
      resolve(`http://${host.includes(':') ? `[${host}]` : host}:${at.port}`)
    })
  })
}
