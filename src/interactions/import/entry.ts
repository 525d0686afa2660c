// One resource, from a line or from a Bundle entry, as an item to write; or why not. Pure.
// http://hl7.org/fhir/R4/bundle.html#transaction
import { isObject, isRawNumber } from '../../kernel/json.ts'
import { conditionalReferences, searchOf } from './conditional.ts'
import type { ImportItem, Resource } from './events.ts'
import { contentId, entryId, typeAndId } from './identity.ts'
import { type Fault, isFault, type ParsedObject, parsePiece } from './parse-piece.ts'
import type { Piece } from './piece.ts'
import { rewriteReferences } from './references.ts'
import type { BundleOutline } from './survey.ts'

/** An item before its place in the import is added. */
export type Reading = Omit<ImportItem, 'kind' | 'file' | 'line' | 'bundle'>

/** A Bundle on the way through the second pass. */
export interface OpenBundle {
  readonly outline: BundleOutline
  /** Type/id of the entries so far, where it matters: a history's newest version comes first, a transaction has one. */
  readonly seen: Set<string>
}

type Entry = Record<string, unknown>
type Rule = (resource: Entry, request: Entry, entry: Entry) => string | undefined

const isResource: Rule = ({ resourceType }) =>
  typeof resourceType === 'string' && resourceType !== '' ? undefined : 'resourceType is missing'

const hasTextId: Rule = ({ id }) => (id === undefined || typeof id === 'string' ? undefined : 'id is not a string')

const isWrite: Rule = (_resource, { method }) =>
  method === undefined || method === 'POST' || method === 'PUT'
    ? undefined
    : 'only POST and PUT entries can be imported; apply this one over the API'

/** A conditional update would need the search before the id of the resource is known. */
const isPlainUpdate: Rule = (_resource, { method, url }) =>
  method === 'PUT' && typeof url === 'string' && url.includes('?')
    ? 'conditional update cannot be imported; use POST with ifNoneExist, or PUT Type/id'
    : undefined

const urlAgrees: Rule = ({ resourceType, id }, { method, url }) => {
  const named = method === 'PUT' && typeof url === 'string' ? typeAndId(url) : undefined
  const agrees = named === undefined || (named.type === resourceType && (id === undefined || named.id === id))
  return agrees ? undefined : 'request.url names another resource than the one in the entry'
}

const wellTyped: Rule = (_resource, { ifNoneExist, method }, { fullUrl }) => {
  if (fullUrl !== undefined && typeof fullUrl !== 'string') return 'fullUrl is not a string'
  if (ifNoneExist !== undefined && (typeof ifNoneExist !== 'string' || method !== 'POST')) {
    return 'request.ifNoneExist must be a string, and stand with POST'
  }
  return undefined
}

const RESOURCE_RULES: Rule[] = [isResource, hasTextId]
const ENTRY_RULES: Rule[] = [...RESOURCE_RULES, isWrite, isPlainUpdate, urlAgrees, wellTyped]

function broken(rules: Rule[], resource: Entry, request: Entry, entry: Entry): string | undefined {
  for (const rule of rules) {
    const fault = rule(resource, request, entry)
    if (fault !== undefined) return fault
  }
  return undefined
}

const holdsRawNumber = (value: unknown): boolean =>
  isRawNumber(value) ||
  (Array.isArray(value) ? value.some(holdsRawNumber) : isObject(value) && Object.values(value).some(holdsRawNumber))

/** `id` goes behind `resourceType`, where FHIR has it. */
const withId = (resource: Entry, id: string): Resource => {
  if (resource.id === id) return resource as Resource
  const { resourceType, id: _absent, ...rest } = resource
  return { resourceType: String(resourceType), id, ...rest }
}

/** A line of NDJSON, an element of an array or a document by itself. */
export function readResource(piece: Piece): Reading | Fault {
  const parsed = parsePiece(piece)
  if (isFault(parsed)) return parsed
  const fault = broken(RESOURCE_RULES, parsed.value, {}, {})
  if (fault !== undefined) return { fault }
  const { value, size, lossless, duplicates } = parsed
  const resource = withId(value, typeof value.id === 'string' ? value.id : contentId(value))
  const conditional = conditionalReferences(resource)
  return { resource, size, lossless, duplicates, conditional }
}

/** Marks a Type/id as met. @returns why the entry must not be written, if so */
function repeated({ outline, seen }: OpenBundle, target: string): string | undefined {
  if (outline.type !== 'history' && outline.type !== 'transaction') return undefined
  if (!seen.has(target)) {
    seen.add(target)
    return undefined
  }
  return outline.type === 'history'
    ? 'an older version than an entry before it; only the newest is imported'
    : 'another entry of this transaction has the same id'
}

/** A deletion in a history hides the versions behind it. */
function noResource(entry: Entry, request: Entry, bundle: OpenBundle): Fault {
  const url = typeof request.url === 'string' ? request.url : entry.fullUrl
  const named = typeof url === 'string' ? typeAndId(url) : undefined
  if (named) repeated(bundle, `${named.type}/${named.id}`)
  return { fault: isWrite({}, request, entry) ?? 'the entry has no resource' }
}

function readParsed({ value: entry, size, lossless, duplicates }: ParsedObject, bundle: OpenBundle): Reading | Fault {
  if (duplicates.some((path) => path.length === 1 || path[0] !== 'resource')) {
    return { fault: 'the entry repeats one of its own members' }
  }
  const request = isObject(entry.request) ? entry.request : {}
  if (!isObject(entry.resource)) return noResource(entry, request, bundle)
  const id = entryId(entry)
  const target = `${String(entry.resource.resourceType)}/${id}`
  const fault = broken(ENTRY_RULES, entry.resource, request, entry) ?? repeated(bundle, target)
  if (fault !== undefined) return { fault }
  const resource = withId(entry.resource, id)
  rewriteReferences(resource, bundle.outline.targets)
  return {
    resource,
    size,
    lossless: lossless && holdsRawNumber(resource),
    duplicates: duplicates.map((path) => path.slice(1)),
    conditional: conditionalReferences(resource),
    fullUrl: entry.fullUrl as string | undefined,
    method: request.method as Reading['method'],
    ifNoneExist: searchOf(entry),
    matched: bundle.outline.matched.get(target),
  }
}

export function readEntry(piece: Piece, bundle: OpenBundle): Reading | Fault {
  const parsed = parsePiece(piece)
  return isFault(parsed) ? parsed : readParsed(parsed, bundle)
}
