// Which Type/id a resource gets. Derived from what the source says of it, never drawn: importing again finds it again.
import { createHash } from 'node:crypto'
import { isObject } from '../../kernel/json.ts'

/** http://hl7.org/fhir/R4/datatypes.html#id */
const ID = '[A-Za-z0-9\\-.]{1,64}'
const TYPE_AND_ID = new RegExp(`(?:^|/)([A-Z][A-Za-z]+)/(${ID})(?:/_history/${ID})?$`)
const UUID = /^urn:uuid:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i
/** RFC 9562, appendix A: the namespace of names that are URLs. */
const URL_NAMESPACE = Buffer.from('6ba7b8119dad11d180b400c04fd430c8', 'hex')

/** RFC 9562 section 5.5, a UUID of version 5. */
function uuidOf(url: string): string {
  const hash = createHash('sha1').update(URL_NAMESPACE).update(url).digest().subarray(0, 16)
  hash[6] = ((hash[6] as number) & 0x0f) | 0x50
  hash[8] = ((hash[8] as number) & 0x3f) | 0x80
  return hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** The last Type/id of a reference or URL. */
export function typeAndId(url: string): { type: string; id: string } | undefined {
  const [, type, id] = TYPE_AND_ID.exec(url) ?? []
  return type === undefined || id === undefined ? undefined : { type, id }
}

/** Equal content, equal id: a repeated line without an id is the same resource, not a second one. */
export const contentId = (resource: object, name = ''): string =>
  uuidOf(`data:application/fhir+json;name=${name},${JSON.stringify(resource)}`)

/**
 * The id of an entry's resource: its own; that of `PUT Type/id`; that of its fullUrl.
 * @returns undefined when only the content can tell
 */
export function statedId(entry: Record<string, unknown>): string | undefined {
  const { resource, fullUrl, request } = entry
  if (!isObject(resource)) return undefined
  if (typeof resource.id === 'string') return resource.id
  const put = isObject(request) && request.method === 'PUT' && typeof request.url === 'string'
  const named = typeAndId(put ? String(request.url) : typeof fullUrl === 'string' ? fullUrl : '')
  if (named?.type === resource.resourceType) return named?.id
  if (typeof fullUrl !== 'string') return undefined
  const [, uuid] = UUID.exec(fullUrl) ?? []
  if (uuid !== undefined) return uuid
  // `urn:uuid:patient-1` stands in many files and means another patient in each.
  return fullUrl.startsWith('urn:uuid:') ? undefined : uuidOf(fullUrl)
}

/** The id that the entry's resource is stored under; the entry must have been read losslessly. */
export function entryId(entry: Record<string, unknown>): string {
  const name = typeof entry.fullUrl === 'string' ? entry.fullUrl : ''
  return statedId(entry) ?? contentId(isObject(entry.resource) ? entry.resource : {}, name)
}
