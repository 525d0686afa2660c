// HTTP: /graphql, /healthz, /readyz. Bodies are read strictly, so that decimals keep their digits and no key is lost.
import { isUtf8 } from 'node:buffer'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ApolloServer, HeaderMap } from '@apollo/server'
import { HealthChainError } from '../kernel/errors.ts'
import { JsonError, type ParsedJson, parseJson } from '../kernel/json.ts'
import { type Database, isUp } from '../store/database.ts'
import { errorAnswer, statusOf } from './errors.ts'
import type { RequestContext } from './execute.ts'
import { graphiqlPage } from './graphiql.ts'
import type { Logger } from './logger.ts'

export interface HandlerOptions {
  apollo: ApolloServer<RequestContext>
  makeContext: (duplicates: RequestContext['duplicates']) => RequestContext
  database: Database
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

const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i

/** A web page may make its own name resolve to this machine; its requests then still carry that name. */
function requireLoopbackHost({ headers }: IncomingMessage): void {
  if (!LOOPBACK.test(headers.host ?? ''))
    throw new HealthChainError(
      'forbidden',
      'foreign-host',
      'This server answers only to localhost until sign-in lands.',
    )
}

async function route(options: HandlerOptions, req: IncomingMessage, res: ServerResponse): Promise<void> {
  requireLoopbackHost(req)
  const url = req.url ?? '/'
  const mark = url.indexOf('?')
  const path = mark < 0 ? url : url.slice(0, mark)
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
    default:
      throw new HealthChainError('not-found', 'no-such-path', 'There is nothing here. GraphQL is at /graphql.')
  }
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
  const { value, duplicates } = await readBody(req)
  const headers = new HeaderMap()
  for (const name in req.headers) {
    const header = req.headers[name]
    if (header !== undefined) headers.set(name, Array.isArray(header) ? header.join(', ') : header)
  }
  const answer = await options.apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { method: req.method?.toUpperCase() ?? 'GET', headers, search, body: value },
    context: async () => options.makeContext(duplicates),
  })
  if (answer.body.kind !== 'complete')
    throw new HealthChainError('unsupported', 'no-increments', '@defer and @stream are not served here.')
  const body = answer.body.string
  const own = { 'content-length': Buffer.byteLength(body), 'x-content-type-options': 'nosniff' }
  res.writeHead(answer.status ?? 200, { ...Object.fromEntries(answer.headers), ...own })
  res.end(body)
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
