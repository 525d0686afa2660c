// HTTP: /graphql, /oidc, /log, /fhir/R4/.well-known, /healthz, /readyz, /metrics. Bodies are read strictly, so that decimals
// keep their digits and no key is lost.
import { isUtf8 } from 'node:buffer'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ApolloServer, HeaderMap } from '@apollo/server'
import { challenge, challengeFor } from '../auth/bearer.ts'
import type { Asker } from '../kernel/asker.ts'
import { HealthChainError } from '../kernel/errors.ts'
import { JsonError, type ParsedJson, parseJson } from '../kernel/json.ts'
import { type Database, isUp } from '../store/database.ts'
import { addressOf } from './client-address.ts'
import { errorAnswer, statusOf } from './errors.ts'
import type { RequestContext } from './execute.ts'
import { graphiqlPage } from './graphiql.ts'
import { hostsOf } from './hosts.ts'
import type { RequestFacts } from './interaction-for.ts'
import type { LogRoutes } from './log/http.ts'
import type { Logger } from './logger.ts'
import type { Metrics } from './metrics.ts'
import { rawRequest } from './raw-request.ts'
import type { Refusals } from './refusals.ts'
import type { SignIn } from './sign-in.ts'

export interface HandlerOptions {
  apollo: ApolloServer<RequestContext>
  makeContext: (
    asker: Asker | undefined,
    facts: RequestFacts,
    duplicates: RequestContext['duplicates'],
  ) => Promise<RequestContext>
  signIn: SignIn
  metrics: Metrics
  refusals: Pick<Refusals, 'record'>
  database: Database
  provenanceLog: LogRoutes
  log: Logger
  development: boolean
}

const BODY_MAX = 10 * 1024 * 1024

export function handler(options: HandlerOptions) {
  return (req: IncomingMessage, res: ServerResponse): void => {
    route(options, req, res).catch((error) => {
      if (req.destroyed && !req.complete) return // the caller hung up
      if (!(error instanceof HealthChainError)) options.log.fault(error)
      const known =
        error instanceof HealthChainError
          ? error
          : new HealthChainError('fault', 'fault', 'Something went wrong on the server.')
      if (known.category === 'unauthenticated') res.setHeader('www-authenticate', challengeFor(known))
      if (res.headersSent) res.destroy()
      else send(res, statusOf(known), JSON.stringify(errorAnswer(known)))
    })
  }
}

function send(res: ServerResponse, status: number, body: string, type = 'application/json; charset=utf-8'): void {
  res.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'x-content-type-options': 'nosniff',
  })
  res.end(body)
}

function requireHost({ signIn: { hosts }, metrics }: HandlerOptions, { headers }: IncomingMessage, path: string): void {
  if (!hosts || hosts(headers.host, path)) return
  metrics.turnedAway('foreign-host')
  const message =
    'The Host of this request is not ours. We answer to the host of PUBLIC_URL and, on this machine, to localhost: call the server by that name, or let the proxy pass it on.'
  throw new HealthChainError('forbidden', 'foreign-host', message)
}

const PEER = addressOf([])

/** Before anything is done for it: who makes a request must be clear. @throws HealthChainError incorrect (forwarded-twice) */
function requireAddress({ signIn, metrics }: HandlerOptions, req: IncomingMessage): void {
  try {
    signIn.addressOf?.(req)
  } catch (error) {
    metrics.turnedAway('forwarded-twice')
    throw error
  }
}

async function route(options: HandlerOptions, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const url = req.url ?? '/'
  const mark = url.indexOf('?')
  const path = mark < 0 ? url : url.slice(0, mark)
  requireHost(options, req, path)
  requireAddress(options, req)
  switch (path) {
    case '/graphql':
      return graphql(options, req, res, mark < 0 ? '' : url.slice(mark))
    case '/healthz':
      return send(res, 200, '{"status":"up"}')
    case '/readyz':
      return ready(options, res)
    case '/':
      res.writeHead(302, { location: '/graphql' }).end()
      return
    case '/metrics':
      return metrics(options, req, res)
    case '/fhir/R4/.well-known/smart-configuration':
      return smartConfiguration(options, res)
    default:
      if (options.signIn.issuer && (path === '/oidc' || path.startsWith('/oidc/')))
        return options.signIn.issuer.handle(req, res)
      if (path === '/log' || path.startsWith('/log/'))
        return options.provenanceLog(req, res, path.slice('/log/'.length))
      throw new HealthChainError('not-found', 'no-such-path', 'There is nothing here. GraphQL is at /graphql.')
  }
}

const LOCAL = hostsOf(undefined)
/** A proxy on this machine speaks for others. */
const isProxied = ({ headers }: IncomingMessage) =>
  headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined || headers.via !== undefined

/** For who runs this machine, and asks from it. */
async function metrics(options: HandlerOptions, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const here = /^(?:127\.|::1$|::ffff:127\.)/.test(req.socket.remoteAddress ?? '')
  if (!here || isProxied(req) || !LOCAL(req.headers.host, '/metrics'))
    throw new HealthChainError('forbidden', 'metrics', 'Metrics are told to this machine only.')
  const { text, type } = await options.metrics.read()
  send(res, 200, text, type)
}

/** For browsers of any origin: it says nothing but where to sign in. */
async function smartConfiguration({ signIn }: HandlerOptions, res: ServerResponse): Promise<void> {
  if (!signIn.smartConfiguration)
    throw new HealthChainError('not-found', 'no-issuer', 'No issuer is configured here: see TRUSTED_ISSUERS.')
  res.setHeader('access-control-allow-origin', '*')
  send(res, 200, JSON.stringify(await signIn.smartConfiguration()))
}

async function ready({ database }: HandlerOptions, res: ServerResponse): Promise<void> {
  const up = await isUp(database)
  send(res, up ? 200 : 503, up ? '{"status":"ready"}' : '{"status":"no database"}')
}

const wantsPage = (req: IncomingMessage, search: string) =>
  req.method === 'GET' && !/[?&]query=/.test(search) && (req.headers.accept ?? '').includes('text/html')

async function graphql(
  options: HandlerOptions,
  req: IncomingMessage,
  res: ServerResponse,
  search: string,
): Promise<void> {
  if (options.development && wantsPage(req, search))
    return send(res, 200, await graphiqlPage(), 'text/html; charset=utf-8')
  const asker = await options.signIn.asker(req).catch(async (error: unknown) => {
    const { query: _, ...facts } = factsOf(options.signIn, req, undefined, '')
    if (error instanceof HealthChainError) await options.refusals.record(error, facts)
    throw error
  })
  const { value, duplicates } = await readBody(req)
  const headers = new HeaderMap()
  for (const name in req.headers) {
    const header = req.headers[name]
    if (header !== undefined) headers.set(name, Array.isArray(header) ? header.join(', ') : header)
  }
  const answer = await options.apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { method: req.method?.toUpperCase() ?? 'GET', headers, search, body: value },
    context: () => options.makeContext(asker, factsOf(options.signIn, req, value, search), duplicates),
  })
  if (answer.body.kind !== 'complete')
    throw new HealthChainError('unsupported', 'no-increments', '@defer and @stream are not served here.')
  const body = answer.body.string
  if (answer.status === 401 && !answer.headers.has('www-authenticate')) res.setHeader('www-authenticate', challenge())
  const own = { 'content-length': Buffer.byteLength(body), 'x-content-type-options': 'nosniff' }
  res.writeHead(answer.status ?? 200, { ...Object.fromEntries(answer.headers), ...own })
  res.end(body)
}

const REQUEST_ID = /^[\w.:-]{1,128}$/

/** For the audit log: where the request came from, what it was. */
function factsOf({ addressOf = PEER }: SignIn, req: IncomingMessage, body: unknown, search: string): RequestFacts {
  const id = req.headers['x-request-id']
  const address = addressOf(req)
  const query = rawRequest(req.method === 'POST' ? body : Object.fromEntries(new URLSearchParams(search)))
  return {
    query,
    ...(address && { address }),
    ...(typeof id === 'string' && REQUEST_ID.test(id) && { requestId: id }),
    ...(req.headers['x-wait-for-inclusion'] === '1' && { waitsForInclusion: true }),
  }
}

async function readBody(req: IncomingMessage): Promise<Pick<ParsedJson, 'value' | 'duplicates'>> {
  if (req.method !== 'POST') return { value: {}, duplicates: [] }
  if (!/^application\/([\w.+-]+\+)?json\b/i.test(req.headers['content-type'] ?? ''))
    return { value: {}, duplicates: [] } // Apollo answers what is wrong
  if (![undefined, 'identity'].includes(req.headers['content-encoding']))
    throw new HealthChainError('unsupported', 'encoded-body', 'Send the body as it is, without Content-Encoding.')
  const text = await readText(req)
  try {
    return parseJson(text)
  } catch (error) {
    if (!(error instanceof JsonError)) throw error
    throw new HealthChainError('incorrect', 'bad-json', `The request body is no JSON: ${error.message}.`)
  }
}

function readText(req: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    req.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= BODY_MAX) chunks.push(chunk)
      else {
        reject(
          new HealthChainError(
            'too-costly',
            'body-too-large',
            `A request body holds at most ${BODY_MAX / 1024 / 1024} MB. Use npm run import for more.`,
          ),
        )
        // Read on without keeping: a caller that is cut off while sending never reads why.
        req.removeAllListeners('data').resume()
      }
    })
    req.on('end', () => {
      const bytes = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
      if (isUtf8(bytes)) resolve(bytes.toString('utf8'))
      else reject(new HealthChainError('incorrect', 'bad-utf8', 'The request body is not UTF-8.'))
    })
    req.on('error', reject)
  })
}
