// Roots and proofs from tiles, wherever they are kept: plans which tiles it takes, reads them at once. Runs in browsers.
// What a source tells is not trusted here; whoever asks compares the outcome with a signed root.
import { HealthChainError } from '../kernel/errors.ts'
import { consistencyProofFrom, type HashReader, inclusionProofFrom, rootFrom } from './proof-builder.ts'
import { completeSubtrees, consistencyRanges, inclusionRanges, type Range } from './subtrees.ts'
import { placeOf, type Tile, tileAt, tilePath } from './tiles.ts'
import { HASH_SIZE, type Hash, type TreeHasher } from './tree-hasher.ts'

/** The hashes of a tile, `width` times 32 bytes. */
export type TileSource = (tile: Tile) => Promise<Uint8Array>

/** Reads what the ranges of a tree of `size` leaves need. @throws HealthChainError fault, on a tile of another width */
async function readerOf(
  hasher: TreeHasher,
  ranges: readonly Range[],
  size: number,
  source: TileSource,
): Promise<HashReader> {
  const places = ranges.flatMap(completeSubtrees).map(placeOf)
  const tiles = new Map(places.map(({ level, index }) => [`${level}/${index}`, tileAt(level, index, size)]))
  const bytes = new Map(
    await Promise.all([...tiles].map(async ([key, tile]) => [key, checked(tile, await source(tile))] as const)),
  )
  return (subtree) => {
    const { level, index, offset, count } = placeOf(subtree)
    return completeRoot(hasher, bytes.get(`${level}/${index}`)!, offset, count)
  }
}

function checked(tile: Tile, bytes: Uint8Array): Uint8Array {
  if (bytes.length === tile.width * HASH_SIZE) return bytes
  throw new HealthChainError('fault', 'broken-tile', `${tilePath(tile)} has another length: verify the log.`)
}

/** The root over `count` hashes, a power of two. */
function completeRoot(hasher: TreeHasher, tile: Uint8Array, offset: number, count: number): Hash {
  if (count === 1) return tile.slice(offset * HASH_SIZE, (offset + 1) * HASH_SIZE)
  const half = count / 2
  return hasher.node(completeRoot(hasher, tile, offset, half), completeRoot(hasher, tile, offset + half, half))
}

export async function rootFromTiles(hasher: TreeHasher, size: number, source: TileSource): Promise<Hash> {
  return rootFrom(hasher, size, await readerOf(hasher, [[0, size]], size, source))
}

/** @throws HealthChainError incorrect, unless index < size */
export async function inclusionFromTiles(
  hasher: TreeHasher,
  index: number,
  size: number,
  source: TileSource,
): Promise<Hash[]> {
  const read = await readerOf(hasher, inclusionRanges(index, size), size, source)
  return inclusionProofFrom(hasher, index, size, read)
}

/** Reads tiles of the larger tree only. @throws HealthChainError incorrect, if size1 > size2 */
export async function consistencyFromTiles(
  hasher: TreeHasher,
  size1: number,
  size2: number,
  source: TileSource,
): Promise<Hash[]> {
  const read = await readerOf(hasher, consistencyRanges(size1, size2), size2, source)
  return consistencyProofFrom(hasher, size1, size2, read)
}

/** The roots of the complete subtrees, largest first: what a sequencer goes on from. */
export async function borderFromTiles(hasher: TreeHasher, size: number, source: TileSource): Promise<Hash[]> {
  const read = await readerOf(hasher, [[0, size]], size, source)
  return completeSubtrees([0, size]).map(read)
}
