// HealthChain's client: @urql/core with a normalised cache, and the typed documents of operations/.
import { Client, fetchExchange } from '@urql/core'
import type { CacheExchangeOpts } from '@urql/exchange-graphcache'
import { healthChainCache } from './cache.ts'

export * from './generated/documents.ts'
export { type Issue, type OperationOutcome, outcomeOf } from './outcome.ts'
export { healthChainCache }

export interface ClientOptions {
  /** The GraphQL endpoint, such as `https://example.org/graphql`. */
  readonly url: string
  readonly fetch?: typeof fetch
  /** Asked at each request, so that a token may change. */
  readonly headers?: () => Record<string, string>
  /** Gets the cache's warnings; without one they go to the console in development. */
  readonly logger?: CacheExchangeOpts['logger']
}

/**
 * Queries show what the cache has and ask the server as well (`cache-and-network`): a chart may not stay stale. A promise
 * of a query resolves to the server's answer.
 */
export function createHealthChainClient({ url, fetch, headers, logger }: ClientOptions): Client {
  return new Client({
    url,
    exchanges: [healthChainCache({ logger }), fetchExchange],
    requestPolicy: 'cache-and-network',
    // Apollo Server refuses a simple GET as a possible cross-site request.
    preferGetMethod: false,
    ...(fetch && { fetch }),
    ...(headers && { fetchOptions: () => ({ headers: headers() }) }),
  })
}

/** The `_filter` of a time range, `from` included and `to` not; both are FHIR dates such as `2026-01` or an instant. */
export const during = (from: string, to: string): string => `date ge ${from} and date lt ${to}`
