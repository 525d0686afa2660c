// Tampers with the tree as it is kept: log_tile, log_checkpoint, log_state.
import { TILE_WIDTH, tileAt, tilePath } from '../../../src/provenance/tiles.ts'
import type { Found } from '../dumped.ts'
import { bit, coded, flipped, type Make, named, type Tamper } from './tamper.ts'
import type { StoredTile } from './world.ts'

/** A tile by its path, whole or as the log has it; of the lowest level also by an entry below it. */
const namesTile =
  ({ level, index, width }: StoredTile, size: number) =>
  (found: readonly Found[]): boolean =>
    [
      tilePath(tileAt(level, index, size)),
      tilePath({ level, index, width: TILE_WIDTH }),
      ...Array.from({ length: level === 0 ? width : 0 }, (_, i) => index * TILE_WIDTH + i),
    ].some((name) => named(name)(found))

const where = ({ level, index }: StoredTile) => `where level = ${level} and index = ${index}`
const tile = (what: string, sql: string, one: StoredTile, size: number, more: unknown[] = []): Tamper => ({
  what: `log_tile ${one.level}/${one.index}: ${what}`,
  statements: [[`${sql} ${where(one)}`, more]],
  seen: namesTile(one, size),
})

const hash = (n: number) => `substring(hashes from ${n * 32 + 1} for 32)`
const SWAPS = [
  `hashes = ${hash(1)} || ${hash(0)} || substring(hashes from 65)`,
  `hashes = ${hash(0)} || ${hash(2)} || ${hash(1)} || substring(hashes from 97)`,
]

const TILES: Readonly<Record<string, readonly Make[]>> = {
  flip: [
    ({ tiles, size }, random) => {
      const one = random.of(tiles)
      const [at, more] = [random.below(one.width), random.below(32)]
      const sql = `update log_tile set hashes = ${flipped('hashes', 0)}`
      const tamper = tile('flip a bit', sql, one, size, [at * 32 + more, bit(random)])
      // The hash of an entry is named by it.
      return one.level === 0 ? { ...tamper, seen: named(one.index * TILE_WIDTH + at) } : tamper
    },
  ],
  remove: [
    ({ tiles, size }, random) => tile('deleted', 'delete from log_tile', random.of(tiles), size),
    ({ tiles, size }, random) => {
      const one = random.of(tiles.filter(({ width }) => width > 1))
      const sql = `update log_tile set hashes = substring(hashes for ${32 * (1 + random.below(one.width - 1))})`
      return tile('truncated', sql, one, size)
    },
  ],
  insert: [
    ({ tiles, size }, random) => {
      const sql = "update log_tile set hashes = hashes || sha256('x')"
      return tile('one hash more', sql, random.of(tiles.filter(({ width }) => width < TILE_WIDTH)), size)
    },
    ({ size }, random) => {
      const one = { level: random.below(5), index: 3 + random.below(9), width: 1 }
      return {
        what: `log_tile: one more at ${one.level}/${one.index}`,
        statements: [
          ["insert into log_tile (level, index, hashes) values ($1, $2, sha256('x'))", [one.level, one.index]],
        ],
        seen: namesTile({ ...one, width: 0 }, size),
      }
    },
  ],
  reorder: [
    ({ tiles, size }, random) => {
      const sql = `update log_tile set ${random.of(['level = level + 3', 'index = index + 3'])}`
      return tile('moved', sql, random.of(tiles), size)
    },
    ({ tiles, size }, random) => {
      const one = random.of(tiles.filter(({ level, width }) => level === 0 && width > 2))
      const n = random.below(2)
      const [first, second] = [one.index * TILE_WIDTH + n, one.index * TILE_WIDTH + n + 1]
      const tamper = tile(`hashes ${n} and ${n + 1} swapped`, `update log_tile set ${SWAPS[n]}`, one, size)
      return { ...tamper, seen: named(first, second) }
    },
  ],
}

/** The newest is what is served; an older one is named by its size. */
const ofCheckpoint = (size: number, newest: number) => (found: readonly Found[]) =>
  size >= newest ? coded('checkpoint-not-believed')(found) : named(size)(found)

const CHECKPOINTS: Readonly<Record<string, readonly Make[]>> = {
  flip: [
    ({ checkpoints, size: newest }, random) => {
      const [size, at] = [random.of(checkpoints), 30 + random.below(100)]
      const sql = `update log_checkpoint set note = overlay(note placing case when substr(note, $2, 1) = 'A' then 'B' else 'A' end from $2) where size = $1`
      return {
        what: `log_checkpoint ${size}: letter ${at}`,
        statements: [[sql, [size, at]]],
        seen: ofCheckpoint(size, newest),
      }
    },
  ],
  insert: [
    ({ checkpoints, size: newest }, random) => {
      const from = random.of(checkpoints)
      const size = random.of([newest + 1, 3, 7])
      const sql = 'insert into log_checkpoint (size, note) select $2, note from log_checkpoint where size = $1'
      return {
        what: `log_checkpoint ${from} as that of ${size}`,
        statements: [[sql, [from, size]]],
        // The note of a smaller tree, newest or not, is that of another size.
        seen: (found) => named(size)(found) || coded('checkpoint-not-believed')(found),
      }
    },
  ],
  reorder: [
    ({ checkpoints }, random) => {
      const [a, b] = random.two(checkpoints)
      const sql =
        'update log_checkpoint as c set note = o.note from log_checkpoint as o where (c.size, o.size) in (($1, $2), ($2, $1))'
      return { what: `log_checkpoint ${a} and ${b} swapped`, statements: [[sql, [a, b]]], seen: named(a, b) }
    },
  ],
}

const SETS = [
  'size = size - 1',
  'size = size + 1',
  'size = 0',
  'frontier = set_byte(frontier, 5, get_byte(frontier, 5) # 1)',
  "frontier = ''",
  'root = set_byte(root, 5, get_byte(root, 5) # 1)',
  // Earlier changes nothing: no version of that time is there.
  "since = since + interval '1 day'",
]
const STATE: Readonly<Record<string, readonly Make[]>> = {
  flip: [
    (_, random) => {
      const set = random.of(SETS)
      return {
        what: `log_state: ${set}`,
        statements: [[`update log_state set ${set}`, []]],
        seen: coded('state-differs'),
      }
    },
  ],
  remove: [
    () => ({ what: 'log_state deleted', statements: [['delete from log_state', []]], seen: coded('state-differs') }),
  ],
}

export { CHECKPOINTS, STATE, TILES }
