// The right border of a tree: the roots of its complete subtrees, at most 53 hashes, which is all that appending needs.
// Appending tells which tiles grow by what, so that a sequencer reads nothing back. Pure; runs in browsers.
import { HealthChainError } from '../kernel/errors.ts'
import { concat } from './bytes.ts'
import { joined } from './proof-builder.ts'
import { completeSubtrees } from './subtrees.ts'
import { TILE_HEIGHT, TILE_WIDTH } from './tiles.ts'
import { HASH_SIZE, type Hash, type TreeHasher } from './tree-hasher.ts'

export interface Frontier {
  readonly size: number
  /** Largest subtree first: one hash for each 1 in the binary size. */
  readonly hashes: readonly Hash[]
}

/** What is added at the end of one tile. */
export interface TileGrowth {
  readonly level: number
  readonly index: number
  /** Hashes that the tile has already. */
  readonly width: number
  /** The hashes that follow, 32 bytes each. */
  readonly added: Uint8Array
}

export interface Grown {
  readonly frontier: Frontier
  readonly tiles: readonly TileGrowth[]
}

export const EMPTY_FRONTIER: Frontier = { size: 0, hashes: [] }

/** The hashes of a frontier in one piece, for keeping. */
export const frontierBytes = ({ hashes }: Frontier): Uint8Array => concat(hashes)

/** @throws HealthChainError fault, if the bytes cannot belong to the size */
export function frontierFrom(size: number, bytes: Uint8Array): Frontier {
  if (!Number.isSafeInteger(size) || size < 0) throw broken()
  const count = completeSubtrees([0, size]).length
  if (bytes.length !== count * HASH_SIZE) throw broken()
  const hashes = Array.from({ length: count }, (_, i) => bytes.slice(i * HASH_SIZE, (i + 1) * HASH_SIZE))
  return { size, hashes }
}

const broken = () =>
  new HealthChainError('fault', 'broken-frontier', 'The log state is damaged: stop, and verify the log.')

export const rootOf = (hasher: TreeHasher, { hashes }: Frontier): Hash => joined(hasher, hashes)

/** The tree after appending; one node hash for each leaf. The frontier given stays as it is. */
export function grow(hasher: TreeHasher, { size, hashes }: Frontier, leaves: readonly Hash[]): Grown {
  const border = [...hashes]
  const rows = new Rows()
  let at = size
  for (const leaf of leaves) {
    if (leaf.length !== HASH_SIZE || at === Number.MAX_SAFE_INTEGER) throw broken()
    rows.add(0, at, leaf)
    let root = leaf
    let level = 0
    // Each 1 at the end of the size is a complete subtree that this leaf makes part of a larger one.
    for (let rest = at; rest % 2 === 1; rest = (rest - 1) / 2) {
      root = hasher.node(border.pop()!, root)
      level++
      if (level % TILE_HEIGHT === 0) rows.add(level / TILE_HEIGHT, (rest - 1) / 2, root)
    }
    border.push(root)
    at++
  }
  return { frontier: { size: at, hashes: border }, tiles: rows.done() }
}

/** Collects, level by level, the hashes that come to tiles. */
class Rows {
  private readonly open: { level: number; index: number; width: number; hashes: Hash[] }[] = []
  private readonly closed: TileGrowth[] = []

  /** `position` counts the hashes of this tile level from the left end of the tree. */
  add(level: number, position: number, hash: Hash): void {
    const width = position % TILE_WIDTH
    let row = this.open[level]
    if (row === undefined || width === 0) {
      if (row !== undefined) this.closed.push(growthOf(row))
      row = this.open[level] = { level, index: (position - width) / TILE_WIDTH, width, hashes: [] }
    }
    row.hashes.push(hash)
  }

  done(): TileGrowth[] {
    return [...this.closed, ...this.open.map(growthOf)]
  }
}

const growthOf = ({ level, index, width, hashes }: { hashes: Hash[] } & Omit<TileGrowth, 'added'>): TileGrowth => ({
  level,
  index,
  width,
  added: concat(hashes),
})
