// A leaf and its salt, drawn for one event. Pure but for chance: nothing is stored here.
import { instant } from '../../kernel/clock.ts'
import { HealthChainError } from '../../kernel/errors.ts'
import { newSecret } from '../../kernel/random.ts'
import { rootWith } from '../../provenance/batch.ts'
import { type Committed, commitment, fitsLeaf, SALT_SIZE } from '../../provenance/commitment.ts'
import { type LeafType, leafEntry } from '../../provenance/leaf.ts'
import { hasher } from '../../provenance/merkle.ts'
import { hmacSha256 } from '../../provenance/native-hash.ts'
import { HASH_SIZE } from '../../provenance/tree-hasher.ts'

export interface MadeLeaf {
  /** UUID of the entry. */
  readonly entry: string
  readonly leaf: Uint8Array
  /** UUID under which the salt is kept. */
  readonly salt: string
  readonly secret: Buffer
  /** The instant that the leaf names. */
  readonly recorded: string
  /** Where events follow a version: the leaves of the tree that this leaf commits to, the version's commitment first. */
  readonly tree?: Buffer
}

export interface Logged extends Committed {
  /** Of an erase leaf only: indices of the leaves that are erased, ascending. */
  readonly erased?: readonly number[]
}

const UUID_SIZE = 10
const NONE = new Uint8Array(0)

/** Drawn before the content is known, which may name its entry. */
export interface Drawn extends Pick<MadeLeaf, 'entry' | 'salt' | 'secret'> {}

/** @param at milliseconds since the epoch */
export function drawLeaf(at: number): Drawn {
  const drawn = newSecret(SALT_SIZE + 2 * UUID_SIZE)
  const secret = drawn.subarray(0, SALT_SIZE)
  return { entry: uuid(at, drawn, SALT_SIZE), salt: uuid(at, drawn, SALT_SIZE + UUID_SIZE), secret }
}

/**
 * @param at milliseconds since the epoch
 * @param events leaves of the audit events that follow a version
 * @throws HealthChainError fault, for a leaf that may not say this
 */
export function makeLeaf(
  type: LeafType,
  content: Logged,
  at: number,
  drawn = drawLeaf(at),
  events: Uint8Array = NONE,
): MadeLeaf {
  if (!fitsLeaf(type, content))
    throw new HealthChainError('fault', 'other-leaf', 'This type of leaf is not for this content: correct the writer.')
  const { entry, salt, secret } = drawn
  const { erased } = content
  const recorded = instant(at)
  const own = commitment(hmacSha256, secret, content)
  const leaf = leafEntry({
    ...{ type, entry, salt, time: recorded, commitment: rootWith(hasher, own, events) },
    ...(events.length > 0 && { events: events.length / HASH_SIZE }),
    ...(erased !== undefined && { erased }),
  })
  const made = { entry, leaf, salt, secret, recorded }
  return events.length === 0 ? made : { ...made, tree: Buffer.concat([own, events]) }
}

/** The leaves of the events in a tree; none where there is no tree. */
export const eventsIn = (tree: Uint8Array | null): Uint8Array => tree?.subarray(HASH_SIZE) ?? NONE

/** Version 7 (RFC 9562 section 5.7): those that come together stand together in an index. The time is in the leaf anyway. */
function uuid(at: number, drawn: Buffer, offset: number): string {
  const time = at.toString(16).padStart(12, '0')
  const rest = drawn.toString('hex', offset, offset + UUID_SIZE)
  const variant = ((Number.parseInt(rest[3]!, 16) & 3) | 8).toString(16)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(0, 3)}-${variant}${rest.slice(4, 7)}-${rest.slice(7, 19)}`
}
