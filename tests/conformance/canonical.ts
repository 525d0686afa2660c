// JSON in one form whatever the order of its keys, every number with the digits it was written with. Pure.
import { isObject, parseJson } from '../../src/kernel/json.ts'

type Node = Record<string, unknown>

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  )
}

/** Indented, so that a difference is a line of a diff. */
export const canonical = (value: unknown): string => JSON.stringify(sorted(value), null, 1)

export const parsed = (text: string): Node => parseJson(text).value as unknown as Node

/**
 * Without `meta.versionId` and `meta.lastUpdated`: the server sets them and ignores what a client sends,
 * https://hl7.org/fhir/R4/http.html#update. A meta that holds nothing else goes with them.
 */
export function withoutServerMeta(resource: Node): Node {
  const { meta, ...rest } = resource
  if (!isObject(meta)) return resource
  const { versionId: _, lastUpdated: __, ...kept } = meta
  return Object.keys(kept).length > 0 ? { ...rest, meta: kept } : rest
}
