// Tiles of a log: their paths, widths and where in them a subtree's hashes stand, https://c2sp.org/tlog-tiles. Pure;
// runs in browsers.
import type { Subtree } from './subtrees.ts'

/** Levels of the tree in one tile, and hashes in a full one. */
export const TILE_HEIGHT = 8
export const TILE_WIDTH = 256

export interface Tile {
  /** 0 to 63, or the bundle of entries beside level 0. */
  readonly level: number | 'entries'
  readonly index: number
  /** Hashes or entries: 256, or fewer in the last tile of its level. */
  readonly width: number
}

/** How many hashes a level of tiles has in a tree; entries count like level 0. */
const rowLength = (level: Tile['level'], size: number): number =>
  level === 'entries' ? size : Math.floor(size / TILE_WIDTH ** level)

/** The tile as a log of this size has it; width 0 or less if it has none. */
export const tileAt = (level: Tile['level'], index: number, size: number): Tile => ({
  level,
  index,
  width: Math.min(TILE_WIDTH, rowLength(level, size) - index * TILE_WIDTH),
})

/** Every tile of one level, left to right. */
export function* tilesOfLevel(level: Tile['level'], size: number): Generator<Tile> {
  const count = Math.ceil(rowLength(level, size) / TILE_WIDTH)
  for (let index = 0; index < count; index++) yield tileAt(level, index, size)
}

/** How many levels of tiles a log of this size has. */
export function tileLevels(size: number): number {
  let levels = 0
  while (rowLength(levels, size) > 0) levels++
  return levels
}

/** `tile/0/x001/x234/067`, `tile/entries/000.p/12`, below the log's prefix. */
export function tilePath({ level, index, width }: Tile): string {
  const groups = [String(index % 1000).padStart(3, '0')]
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000))
    groups.unshift(`x${String(rest % 1000).padStart(3, '0')}`)
  return `tile/${level}/${groups.join('/')}${width === TILE_WIDTH ? '' : `.p/${width}`}`
}

const PATH = /^tile\/(entries|0|[1-9]|[1-5][0-9]|6[0-3])\/((?:x[0-9]{3}\/){0,5}[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/

/** Undefined for every spelling but that of `tilePath`. */
export function parseTilePath(path: string): Tile | undefined {
  const [, level, groups, partial] = PATH.exec(path) ?? []
  if (level === undefined || groups === undefined) return undefined
  const index = Number(groups.replaceAll(/[x/]/g, ''))
  const tile = {
    level: level === 'entries' ? level : Number(level),
    index,
    width: Number(partial ?? TILE_WIDTH),
  } as const
  return Number.isSafeInteger(index) && tilePath(tile) === path ? tile : undefined
}

/** Where a complete subtree stands in tiles: the tile, and which of its hashes are below the subtree's root. */
export interface Place {
  readonly level: number
  readonly index: number
  readonly offset: number
  readonly count: number
}

export function placeOf({ level, index }: Subtree): Place {
  const count = 2 ** (level % TILE_HEIGHT)
  const first = index * count
  return {
    level: Math.floor(level / TILE_HEIGHT),
    index: Math.floor(first / TILE_WIDTH),
    offset: first % TILE_WIDTH,
    count,
  }
}
