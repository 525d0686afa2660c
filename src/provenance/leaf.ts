// What the log says of one event: canonical JSON of a salted commitment and opaque ids, never personal data. Pure; runs in
// browsers. Ids are UUIDs by force, so that nobody can put a name, a number or a FHIR id of their own making there.
import { HealthChainError } from '../kernel/errors.ts'
import { fromBase64, toBase64 } from './base64.ts'
import { fromUtf8, utf8 } from './bytes.ts'
import { canonicalJson } from './canonical-json.ts'
import { ENTRY_MAX } from './entry-bundle.ts'
import { HASH_SIZE, type Hash } from './tree-hasher.ts'

export const LEAF_TYPES = ['fhir.write', 'fhir.delete', 'consent', 'btg', 'erase', 'audit.batch'] as const
export type LeafType = (typeof LEAF_TYPES)[number]

export interface Leaf {
  /** `t` */
  readonly type: LeafType
  /** `e`: UUID of this entry. */
  readonly entry: string
  /** `c`: 32 bytes, see commitment.ts; of a batch the root of its tree, see batch.ts. */
  readonly commitment: Hash
  /** `ts`: instant in UTC with milliseconds. */
  readonly time: string
  /** `k`: UUID of the salt. One salt serves one entry: shared, it would tie a patient's entries together. */
  readonly salt: string
  /** `x`, of an erase leaf only: the indices of the leaves whose salt and content are destroyed, ascending. */
  readonly erased?: readonly number[]
}

/** So many indices surely fit into an entry; erase more with several leaves. */
export const ERASED_MAX = 3000

const VERSION = 1
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const INSTANT_SIZE = 24

/** The bytes of a leaf: the entry of the log. @throws HealthChainError fault, for what is no leaf */
export function leafEntry(leaf: Leaf): Uint8Array {
  if (!isLeaf(leaf)) throw new HealthChainError('fault', 'no-leaf', 'This cannot be logged: correct the writer.')
  const { type, entry, commitment, time, salt, erased } = leaf
  const members = { v: VERSION, t: type, e: entry, c: toBase64(commitment), ts: time, k: salt }
  return utf8(canonicalJson(erased === undefined ? members : { ...members, x: erased }))
}

// The one text of a leaf: members in their order, no escapes, no leading zeros. Whatever fits is canonical, and a verifier
// that reads millions need not print each again.
const ID = '"([-0-9a-f]{36})"'
const INDEX = '(?:0|[1-9][0-9]*)'
const ERASED = `\\[${INDEX}(?:,${INDEX})*\\]`
const SHAPE = new RegExp(
  `^\\{"c":"([^"]+)","e":${ID},"k":${ID},"t":"([^"]+)","ts":"([^"]+)","v":${VERSION}(?:,"x":(${ERASED}))?\\}$`,
)

/** The leaf that `leafEntry` wrote; undefined for all other bytes. */
export function readLeaf(bytes: Uint8Array): Leaf | undefined {
  const [, c, entry, salt, type, time, x] = (bytes.length <= ENTRY_MAX && SHAPE.exec(fromUtf8(bytes) ?? '')) || []
  if (c === undefined) return undefined
  const leaf = { type, entry, commitment: fromBase64(c), time, salt, ...(x && { erased: JSON.parse(x) }) }
  return isLeaf(leaf) ? leaf : undefined
}

function isLeaf(leaf: { readonly [member in keyof Leaf]?: unknown }): leaf is Leaf {
  const { type, entry, commitment, time, salt, erased } = leaf
  if (!LEAF_TYPES.includes(type as LeafType) || !isUuid(entry) || !isUuid(salt) || !isInstant(time)) return false
  if (!(commitment instanceof Uint8Array) || commitment.length !== HASH_SIZE) return false
  return type === 'erase' ? isAscending(erased) : erased === undefined
}

const isUuid = (value: unknown) => typeof value === 'string' && UUID.test(value)

/** A moment that exists, in the one spelling; years of more than four digits take more. */
function isInstant(value: unknown): boolean {
  if (typeof value !== 'string' || value.length !== INSTANT_SIZE) return false
  const at = new Date(value)
  return !Number.isNaN(at.getTime()) && at.toISOString() === value
}

const isAscending = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.length <= ERASED_MAX &&
  value.every((at, i) => Number.isSafeInteger(at) && at >= 0 && (i === 0 || at > value[i - 1]))
