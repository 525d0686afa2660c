// What the log says of one event: canonical JSON of a salted commitment and opaque ids, never personal data. Pure; runs in
// browsers. Ids are UUIDs by force, so that nobody can put a name, a number or a FHIR id of their own making there.
import { HealthChainError } from '../kernel/errors.ts'
import { fromBase64, toBase64 } from './base64.ts'
import { fromUtf8, utf8 } from './bytes.ts'
import { ENTRY_MAX } from './entry-bundle.ts'
import { HASH_SIZE, type Hash } from './tree-hasher.ts'

export const LEAF_TYPES = ['fhir.write', 'fhir.delete', 'consent', 'btg', 'erase', 'audit.batch'] as const
export type LeafType = (typeof LEAF_TYPES)[number]

export interface Leaf {
  /** `t` */
  readonly type: LeafType
  /** `e`: UUID of this entry. */
  readonly entry: string
  /** `c`: 32 bytes, see commitment.ts; of a batch, and where `events` stand beside a version, the root of a tree, see batch.ts. */
  readonly commitment: Hash
  /** `ts`: instant in UTC with milliseconds. */
  readonly time: string
  /** `k`: UUID of the salt. One salt serves one entry: shared, it would tie a patient's entries together. */
  readonly salt: string
  /** `n`, of the leaf of a version only: so many audit events follow it in the tree that the leaf commits to; absent: none. */
  readonly events?: number
  /** `x`, of an erase leaf only: the indices of the leaves whose salt and content are destroyed, ascending. */
  readonly erased?: readonly number[]
}

/** Leaves of these types stand for a version of a resource each, the others for what an AuditEvent says. */
export const VERSIONED: readonly LeafType[] = ['fhir.write', 'fhir.delete', 'consent']

/** Events beside one version at most: a write changes one record or two. */
export const BESIDE_MAX = 99

/** So many indices surely fit into an entry; erase more with several leaves. */
export const ERASED_MAX = 3000

// The one text of a leaf, canonical JSON: members in their order, no escapes, no leading zeros. Whatever fits is canonical,
// and a verifier that reads millions need not print each again.
const VERSION = 1
const ID = '"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"'
const INDEX = '(?:0|[1-9][0-9]*)'
const ERASED = `\\[${INDEX}(?:,${INDEX})*\\]`
const SHAPE = new RegExp(
  `^\\{"c":"([^"]+)","e":${ID},"k":${ID}(?:,"n":([1-9][0-9]?))?,"t":"([^"]+)","ts":"(.{24})","v":${VERSION}(?:,"x":(${ERASED}))?\\}$`,
)

/** The bytes of a leaf: the entry of the log. @throws HealthChainError fault, for what is no leaf */
export function leafEntry({ type, entry, commitment, time, salt, events, erased }: Leaf): Uint8Array {
  if (!(commitment instanceof Uint8Array)) throw noLeaf()
  const [n, x] = [events === undefined ? '' : `,"n":${events}`, erased ? `,"x":[${erased}]` : '']
  const text = `{"c":"${toBase64(commitment)}","e":"${entry}","k":"${salt}"${n},"t":"${type}","ts":"${time}","v":${VERSION}${x}}`
  const bytes = utf8(text)
  if (readLeaf(bytes)) return bytes
  throw noLeaf()
}

const noLeaf = () => new HealthChainError('fault', 'no-leaf', 'This cannot be logged: correct the writer.')

/** The leaf that `leafEntry` wrote; undefined for all other bytes. */
export function readLeaf(bytes: Uint8Array): Leaf | undefined {
  const [, c, entry, salt, n, type, time, x] = (bytes.length <= ENTRY_MAX && SHAPE.exec(fromUtf8(bytes) ?? '')) || []
  const commitment = fromBase64(c ?? '')
  if (commitment?.length !== HASH_SIZE || !isInstant(time!) || !LEAF_TYPES.includes(type as LeafType)) return undefined
  const erased: number[] | undefined = x && JSON.parse(x)
  if ((type === 'erase') !== isAscending(erased) || (n && !VERSIONED.includes(type as LeafType))) return undefined
  const more = { ...(n && { events: Number(n) }), ...(erased && { erased }) }
  return { type: type as LeafType, entry: entry!, commitment, time: time!, salt: salt!, ...more }
}

/** A moment that exists, in the one spelling. */
function isInstant(text: string): boolean {
  const at = new Date(text)
  return !Number.isNaN(at.getTime()) && at.toISOString() === text
}

const isAscending = (list: readonly number[] | undefined): boolean =>
  list !== undefined &&
  list.length <= ERASED_MAX &&
  list.every((at, i) => Number.isSafeInteger(at) && (i === 0 || at > list[i - 1]!))
