// Tiles, entry bundles and the growing right border, against the definitions of https://c2sp.org/tlog-tiles.
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { entryBundle, readEntryBundle } from '../../src/provenance/entry-bundle.ts'
import { EMPTY_FRONTIER, frontierBytes, frontierFrom } from '../../src/provenance/frontier.ts'
import { appendLeaves, frontierRoot, hasher, verifyConsistency, verifyInclusion } from '../../src/provenance/merkle.ts'
import {
  borderFromTiles,
  consistencyFromTiles,
  inclusionFromTiles,
  rootFromTiles,
} from '../../src/provenance/tile-reader.ts'
import { parseTilePath, type Tile, tileAt, tileLevels, tilePath, tilesOfLevel } from '../../src/provenance/tiles.ts'
import { Log } from './log.ts'
import { leavesOf, MTH, PATH, PROOF } from './rfc-9162.ts'

const SIZE = 70_000
const leaves = leavesOf(SIZE)

describe('paths', () => {
  test.for<[Tile, string]>([
    [{ level: 0, index: 0, width: 256 }, 'tile/0/000'],
    [{ level: 2, index: 1234067, width: 256 }, 'tile/2/x001/x234/067'],
    [{ level: 1, index: 1, width: 17 }, 'tile/1/001.p/17'],
    [{ level: 'entries', index: 273, width: 112 }, 'tile/entries/273.p/112'],
    [{ level: 63, index: 999_999, width: 255 }, 'tile/63/x999/999.p/255'],
  ])('%o', ([tile, path]) => {
    expect(tilePath(tile)).toBe(path)
    expect(parseTilePath(path)).toEqual(tile)
  })

  it('are read back for every tile', () => {
    const tile = fc.record({
      level: fc.oneof(fc.nat(63), fc.constant('entries' as const)),
      index: fc.maxSafeNat(),
      width: fc.integer({ min: 1, max: 256 }),
    })
    fc.assert(
      fc.property(tile, (t) => {
        expect(parseTilePath(tilePath(t))).toEqual(t)
      }),
    )
  })

  test.for([
    'tile/64/000',
    'tile/00/000',
    'tile/-1/000',
    'tile/0/0',
    'tile/0/0000',
    'tile/0/x000/001',
    'tile/0/001/002',
    'tile/0/x001/x002',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/01',
    'tile/0/000.p/',
    'tile/0/000.p/1/',
    'tile/0/000/',
    '/tile/0/000',
    'tile/0/../000',
    'tile/Entries/000',
    'tile/0/000\n',
    'tile/0/%30%30%30',
    `tile/0/${'x999/'.repeat(6)}999`,
    'tile/0/x999/x999/x999/x999/x999/999',
    '',
  ])('%j is no path', (path) => {
    expect(parseTilePath(path)).toBeUndefined()
  })
})

it('a tree of 70,000 has the tiles that the specification counts', () => {
  const widths = [0, 1, 2].map((level) => [...tilesOfLevel(level, SIZE)].map(({ width }) => width))
  expect(widths.map((w) => w.filter((width) => width === 256).length)).toEqual([273, 1, 0])
  expect(widths.map((w) => w.at(-1))).toEqual([112, 17, 1])
  expect([tileLevels(SIZE), tileLevels(256), tileLevels(255), tileLevels(0)]).toEqual([3, 2, 1, 0])
  expect([...tilesOfLevel(1, 256)]).toEqual([{ level: 1, index: 0, width: 1 }])
  expect([...tilesOfLevel('entries', 257)].map(({ width }) => width)).toEqual([256, 1])
  expect(tileAt(0, 274, SIZE).width).toBeLessThanOrEqual(0)
})

describe('growing', () => {
  it('gives the same tree and tiles however the leaves come in batches', () => {
    const batches = fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(batches, (sizes) => {
        const log = new Log()
        let at = 0
        for (const n of sizes) {
          log.appendHashes(leaves.slice(at, at + n))
          at += n
          expect(log.frontier.size).toBe(at)
          expect(frontierRoot(log.frontier)).toEqual(MTH(leaves.slice(0, at)))
        }
        const once = new Log()
        once.appendHashes(leaves.slice(0, at))
        expect(log.tiles).toEqual(once.tiles)
      }),
      { numRuns: 20 },
    )
  })

  it('makes each tile of MTHs as the specification defines them, in a tree of 70,000', () => {
    const log = new Log()
    for (let at = 0; at < SIZE; at += 1000) log.appendHashes(leaves.slice(at, at + 1000))
    for (let level = 0; level < 3; level++)
      for (const tile of tilesOfLevel(level, SIZE)) {
        const span = 256 ** level
        const expected = Array.from({ length: tile.width }, (_, i) => {
          const start = (tile.index * 256 + i) * span
          return MTH(leaves.slice(start, start + span))
        })
        expect(Buffer.compare(log.tile(tile), Buffer.concat(expected))).toBe(0)
      }
  })

  it('leaves the frontier that it was given as it was, and is kept and read back', () => {
    const { frontier } = appendLeaves(EMPTY_FRONTIER, leaves.slice(0, 1003))
    const kept = frontierBytes(frontier)
    appendLeaves(frontier, leaves.slice(1003, 1100))
    expect(frontierBytes(frontier)).toEqual(kept)
    expect(frontierFrom(1003, kept)).toEqual(frontier)
    expect(frontierFrom(0, new Uint8Array())).toEqual(EMPTY_FRONTIER)
  })

  test.for([
    ['one hash too few', 1003, 32 * 7],
    ['one hash too many', 1003, 32 * 9],
    ['half a hash', 1, 16],
    ['hashes of nothing', 0, 32],
    ['a negative size', -1, 0],
    ['no size', Number.NaN, 0],
    ['an unsafe size', 2 ** 53, 32],
  ] as const)('refuses a kept frontier with %s', ([, size, length]) => {
    expect(() => frontierFrom(size, new Uint8Array(length))).toThrow(/verify the log/)
  })

  it('refuses a leaf hash of another length', () => {
    expect(() => appendLeaves(EMPTY_FRONTIER, [new Uint8Array(31)])).toThrow()
  })
})

describe('proofs from tiles', () => {
  const log = new Log()
  log.appendHashes(leaves)
  const read = async (tile: Tile) => log.tile(tile)

  it('are the RFC’s for any leaf and any two sizes, older ones too', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: SIZE }), fc.nat(), fc.nat(), async (size, i, j) => {
        const [index, size1] = [i % size, j % (size + 1)]
        const D = leaves.slice(0, size)
        const [root1, root] = [await rootFromTiles(hasher, size1, read), await rootFromTiles(hasher, size, read)]
        const proof = await inclusionFromTiles(hasher, index, size, read)
        const growth = await consistencyFromTiles(hasher, size1, size, read)
        expect([root, proof, growth]).toEqual([MTH(D), PATH(index, D), PROOF(size1, D)])
        expect(verifyInclusion({ index, size, leafHash: D[index]!, proof, root })).toBe(true)
        expect(verifyConsistency({ size1, size2: size, root1, root2: root, proof: growth })).toBe(true)
      }),
      { numRuns: 6 },
    )
  })

  it('read few tiles, each once, at the width of the size asked for', async () => {
    const asked: string[] = []
    await inclusionFromTiles(hasher, 66_000, SIZE, async (tile) => {
      asked.push(tilePath(tile))
      return log.tile(tile)
    })
    expect(asked.toSorted()).toEqual(
      ['tile/0/257', 'tile/0/273.p/112', 'tile/1/000', 'tile/1/001.p/17', 'tile/2/000.p/1']
        .filter((p) => asked.includes(p))
        .toSorted(),
    )
    expect(asked.length).toBeLessThanOrEqual(5)
  })

  it('give a sequencer the border to go on from', async () => {
    const hashes = await borderFromTiles(hasher, 1003, read)
    expect({ size: 1003, hashes }).toEqual(appendLeaves(EMPTY_FRONTIER, leaves.slice(0, 1003)).frontier)
  })

  it('refuse a tile of another length', async () => {
    await expect(rootFromTiles(hasher, 300, async (tile) => log.tile(tile).slice(1))).rejects.toThrow(/verify the log/)
  })
})

describe('entry bundles', () => {
  it('are read back', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 256 }), (entries) => {
        const bundle = entryBundle(entries)
        expect(readEntryBundle(bundle, entries.length)).toEqual(entries)
        expect(readEntryBundle(bundle, entries.length + 1)).toBeUndefined()
        if (entries.length > 0) expect(readEntryBundle(bundle, entries.length - 1)).toBeUndefined()
        if (bundle.length > 0) expect(readEntryBundle(bundle.slice(0, -1), entries.length)).toBeUndefined()
      }),
    )
  })
  it('hold 65,535 bytes an entry and 256 entries, no more', () => {
    expect(readEntryBundle(entryBundle([new Uint8Array(65_535)]), 1)?.[0]).toHaveLength(65_535)
    expect(() => entryBundle([new Uint8Array(65_536)])).toThrow(/at most/)
    expect(() => entryBundle(Array.from({ length: 257 }, () => new Uint8Array()))).toThrow()
  })
  it('are big-endian', () => {
    expect([...entryBundle([new Uint8Array(258)]).subarray(0, 2)]).toEqual([1, 2])
  })
})
