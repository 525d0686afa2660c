// What graphcache stores a GraphQL object under; the generated table gives every object type one of these two.
// https://nearform.com/open-source/urql/docs/graphcache/normalized-caching/#custom-keys-and-non-keyable-entities
import type { Data, KeyGenerator } from '@urql/exchange-graphcache'

/** A part of what holds it: elements, connections, edges. */
export const embedded: KeyGenerator = () => null

interface Versioned {
  readonly id?: string | null
  readonly meta?: { readonly versionId?: string | null } | null
  readonly pastVersion?: { readonly versionId?: string | null } | null
}

/**
 * A resource by its id; one that was read as a past version by its versioned address. One without a version is embedded:
 * it may be a contained resource, whose id (`med1`) names something else in every container.
 */
export const resource: KeyGenerator = (data: Data) => {
  const { id, meta, pastVersion } = data as Versioned
  if (!id) return null
  if (pastVersion?.versionId) return `${id}/_history/${pastVersion.versionId}`
  return meta?.versionId ? id : null
}
