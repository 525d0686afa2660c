// Attacks on the verifier by a log without end: it reads no more than shows that something is wrong, and keeps no more.
import { beforeAll, describe, expect, it, test } from 'vitest'
import { entryBundle } from '../../src/provenance/entry-bundle.ts'
import { hasher, leafHash } from '../../src/provenance/merkle.ts'
import { sha256 } from '../../src/provenance/native-hash.ts'
import { formatNote } from '../../src/provenance/note.ts'
import { parseTilePath, type Tile } from '../../src/provenance/tiles.ts'
import { FINDINGS_MAX, Findings } from '../../src/provenance/verifier/finding.ts'
import { type Policy, readPolicy, verifyGrowth, verifyLog } from '../../src/provenance/verifier/index.ts'
import { Log, seed } from './log.ts'

const ENTRY = Buffer.from('the same again')
const { signer } = new Log()
let policy: Policy
beforeAll(async () => {
  policy = await readPolicy({ log: [signer.vkey] })
})

/** So many copies of one entry: the hash of a complete subtree is known at each level. @param lie what is served instead */
function copies(size: number, lie: (tile: Tile) => Uint8Array | undefined | null = () => null) {
  const hashes = [leafHash(ENTRY)]
  for (let level = 1; level < 64; level++) hashes.push(hasher.node(hashes[level - 1]!, hashes[level - 1]!))
  const asked: string[] = []
  const read = async (path: string): Promise<Uint8Array> => {
    asked.push(path)
    if (path === 'checkpoint') {
      const text = `${signer.name}\n${size}\n${Buffer.from(seed(9)).toString('base64')}\n`
      return Buffer.from(formatNote({ text, signatures: [await signer.sign(text)] }))
    }
    const tile = parseTilePath(path)!
    const told = lie(tile)
    if (told === undefined) throw new Error('not found')
    if (told !== null) return told
    if (tile.level === 'entries') return entryBundle(Array.from({ length: tile.width }, () => ENTRY))
    return Buffer.concat(Array.from({ length: tile.width }, () => hashes[8 * (tile.level as number)]!))
  }
  return { read, asked }
}

describe.for([2 ** 53 - 1, 2 ** 52, 2 ** 40 + 7])('attack: a log of %d entries', (size) => {
  it('that serves none of them ends with the first that is missing', async () => {
    const { read, asked } = copies(size, () => undefined)
    const { findings } = await verifyLog({ read, policy, sha256 })
    expect(findings).toEqual([{ code: 'not-served', at: 'tile/entries/000' }])
    expect(asked).toHaveLength(3)
  })

  it('that serves some of them ends with the first that is missing', async () => {
    const { read, asked } = copies(size, ({ index }) => (index < 20 ? null : undefined))
    const { findings } = await verifyLog({ read, policy, sha256 })
    expect(findings).toEqual([{ code: 'not-served', at: 'tile/entries/020' }])
    expect(asked).toHaveLength(43)
  })

  const WRONG: [string, (tile: Tile) => Uint8Array | null][] = [
    ['a wrong hash for each entry', ({ level }) => (level === 0 ? new Uint8Array(8192) : null)],
    ['a tile of no length for each bundle', ({ level }) => (level === 0 ? new Uint8Array(0) : null)],
  ]
  test.for(WRONG)('with %s ends when enough was found', async ([, lie]) => {
    const { read, asked } = copies(size, lie)
    const { findings } = await verifyLog({ read, policy, sha256 })
    expect(findings).toHaveLength(FINDINGS_MAX + 1)
    expect(findings.at(-1)).toMatchObject({ code: 'too-many' })
    expect(asked.length).toBeLessThan(2 * FINDINGS_MAX + 10)
  })

  it('ends where whoever is told of the entries has enough, and is not believed', async () => {
    const { read, asked } = copies(size)
    const seen: number[] = []
    const { findings } = await verifyLog({ read, policy, sha256, onEntry: (index) => seen.push(index) < 300 })
    expect([seen.length, asked.length, findings]).toEqual([300, 5, [{ code: 'too-many', at: '256' }]])
  })

  it('cannot show that it grew, and is asked for few tiles', async () => {
    const { read, asked } = copies(size)
    const remembered = { size: 1000, root: seed(8) }
    expect((await verifyGrowth({ read, policy, remembered })).findings).toMatchObject([{ code: 'growth-not-proved' }])
    expect(asked.length).toBeLessThan(20)
  })
})

it('attack: upper tiles of a log in which enough was found are not asked for', async () => {
  const { read, asked } = copies(4 * 256, ({ level }) => (level === 0 ? new Uint8Array(8192) : null))
  expect((await verifyLog({ read, policy, sha256 })).findings).toHaveLength(FINDINGS_MAX + 1)
  expect(asked).not.toContain('tile/1/000.p/4')
})

describe('findings', () => {
  it('are kept up to a bound; then it is said, once, that there were more', () => {
    const found = new Findings()
    for (let i = 0; i < FINDINGS_MAX; i++) found.add('not-a-leaf', i)
    expect([found.full, found.list.length, found.list.at(-1)?.code]).toEqual([false, FINDINGS_MAX, 'not-a-leaf'])
    for (let i = 0; i < 10_000; i++) found.add('not-a-leaf', i)
    expect([found.full, found.list.length, found.list.at(-1)?.code]).toEqual([true, FINDINGS_MAX + 1, 'too-many'])
  })
})
