// Which version a resource is that the caller was told, for finding its entry in the log. Pure.
import { isObject } from '../../kernel/json.ts'

const VERSION = /^[1-9]\d{0,8}$/

/** Undefined for what has no version of its own: a contained resource may bear any id, and must not tell what stands there. */
export function versionOf(resource: object): { type: string; id: string; version: number } | undefined {
  const { resourceType: type, id, meta } = resource as Record<string, unknown>
  // dom-4 keeps versionId out of what is contained, in everything that is stored.
  const version = isObject(meta) ? meta.versionId : undefined
  if (typeof type !== 'string' || typeof id !== 'string' || typeof version !== 'string') return undefined
  return VERSION.test(version) ? { type, id, version: Number(version) } : undefined
}
