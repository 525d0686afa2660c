// A leaf and its salt, drawn for one event. Pure but for chance: nothing is stored here.
import { instant } from '../../kernel/clock.ts'
import { HealthChainError } from '../../kernel/errors.ts'
import { newSecret } from '../../kernel/random.ts'
import { type Committed, commitment, fitsLeaf, SALT_SIZE } from '../../provenance/commitment.ts'
import { type LeafType, leafEntry } from '../../provenance/leaf.ts'
import { hmacSha256 } from '../../provenance/native-hash.ts'

export interface MadeLeaf {
  /** UUID of the entry. */
  readonly entry: string
  readonly leaf: Uint8Array
  /** UUID under which the salt is kept. */
  readonly salt: string
  readonly secret: Buffer
  /** The instant that the leaf names. */
  readonly recorded: string
}

export interface Logged extends Committed {
  /** Of an erase leaf only: indices of the leaves that are erased, ascending. */
  readonly erased?: readonly number[]
}

const UUID_SIZE = 10

/** Drawn before the content is known, which may name its entry. */
export interface Drawn extends Pick<MadeLeaf, 'entry' | 'salt' | 'secret'> {}

/** @param at milliseconds since the epoch */
export function drawLeaf(at: number): Drawn {
  const drawn = newSecret(SALT_SIZE + 2 * UUID_SIZE)
  const secret = drawn.subarray(0, SALT_SIZE)
  return { entry: uuid(at, drawn, SALT_SIZE), salt: uuid(at, drawn, SALT_SIZE + UUID_SIZE), secret }
}

/** @param at milliseconds since the epoch @throws HealthChainError fault, for a leaf that may not say this */
export function makeLeaf(type: LeafType, content: Logged, at: number, drawn = drawLeaf(at)): MadeLeaf {
  if (!fitsLeaf(type, content))
    throw new HealthChainError('fault', 'other-leaf', 'This type of leaf is not for this content: correct the writer.')
  const { entry, salt, secret } = drawn
  const { erased } = content
  const recorded = instant(at)
  const leaf = leafEntry({
    ...{ type, entry, salt, time: recorded, commitment: commitment(hmacSha256, secret, content) },
    ...(erased !== undefined && { erased }),
  })
  return { entry, leaf, salt, secret, recorded }
}

/** Version 7 (RFC 9562 section 5.7): those that come together stand together in an index. The time is in the leaf anyway. */
function uuid(at: number, drawn: Buffer, offset: number): string {
  const time = at.toString(16).padStart(12, '0')
  const rest = drawn.toString('hex', offset, offset + UUID_SIZE)
  const variant = ((Number.parseInt(rest[3]!, 16) & 3) | 8).toString(16)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(0, 3)}-${variant}${rest.slice(4, 7)}-${rest.slice(7, 19)}`
}
