// The normalised cache: generated keys, and what a write makes stale.
// https://nearform.com/open-source/urql/docs/graphcache/cache-updates/
import type { Exchange } from '@urql/core'
import { type Cache, type CacheExchangeOpts, cacheExchange, type UpdateResolver } from '@urql/exchange-graphcache'
import { resource } from './cache-key.ts'
import { keys, possibleTypes } from './generated/cache-keys.ts'

/** Every `Type/id` that a resource to be written points to. */
function targets(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  const own = 'reference' in value ? /^([A-Za-z]+)\/([^/]+)/.exec(String(value.reference)) : null
  return [...(own ? [`${own[1]}:${own[2]}`] : []), ...Object.values(value).flatMap(targets)]
}

/** Lists of a type, here on a cached entity; queries that show them ask the server again. */
function forgetLists(cache: Cache, entity: string, type: string): void {
  const stale = new Set([`${type}List`, `${type}Connection`, `${type}History`])
  for (const { fieldName, arguments: args } of cache.inspectFields(entity))
    if (stale.has(fieldName)) cache.invalidate(entity, fieldName, args)
}

/** A write may add to, take from or reorder any list of its type: at the root and on what the resource points to. */
const written =
  (type: string): UpdateResolver =>
  (_result, args, cache) => {
    for (const entity of new Set(['Query', ...targets(args.res)])) forgetLists(cache, entity, type)
  }

const deleted =
  (type: string): UpdateResolver =>
  (result, args, cache) => {
    written(type)(result, args, cache, {} as never)
    cache.invalidate(`${type}:${args.id}`)
  }

const resourceTypes = Object.keys(keys).filter((type) => keys[type] === resource)

export const healthChainCache = (options: Pick<CacheExchangeOpts, 'logger'> = {}): Exchange =>
  cacheExchange({
    ...options,
    keys,
    possibleTypes,
    updates: {
      Mutation: Object.fromEntries(
        resourceTypes.flatMap((type) => [
          [`${type}Create`, written(type)],
          [`${type}Update`, written(type)],
          [`${type}Delete`, deleted(type)],
        ]),
      ),
    },
  })
