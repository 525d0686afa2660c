// The verifier against a log that is honest, and against logs that lie in one place: each lie by name, each found.
import { beforeAll, describe, expect, it, test } from 'vitest'
import { frontierRoot, hasher, inclusionProof } from '../../src/provenance/merkle.ts'
import { sha256 } from '../../src/provenance/native-hash.ts'
import { cosigner } from '../../src/provenance/note-signer.ts'
import { inclusionFromTiles } from '../../src/provenance/tile-reader.ts'
import { formatTlogProof } from '../../src/provenance/tlog-proof.ts'
import {
  type Policy,
  readPolicy,
  verifyGrowth,
  verifyLog,
  verifyTlogProof,
} from '../../src/provenance/verifier/index.ts'
import { Log, seed } from './log.ts'
import { entriesOf, leavesOf, MTH } from './rfc-9162.ts'

const witness = cosigner('witness.example/w1', seed(2))
const SIZE = 66_100
const entries = entriesOf(SIZE)
const log = new Log('log.example/health', [witness])
log.append(entries)
/** A log that may be made to lie. */
const honest = () => {
  const copy = new Log('log.example/health', [witness])
  for (const [key, tile] of log.tiles) copy.tiles.set(key, tile)
  copy.entries.push(...entries)
  copy.frontier = log.frontier
  return copy
}
const leaves = leavesOf(SIZE)
const remembered = (size: number) => ({ size, root: MTH(leaves.slice(0, size)) })
let policy: Policy
beforeAll(async () => {
  policy = await readPolicy({ log: [log.signer.vkey], witnesses: [witness.vkey] })
})

describe('an honest log', () => {
  it('has no findings, with either SHA-256, whatever was remembered', async () => {
    expect(await verifyLog({ read: log.read, policy })).toMatchObject({
      findings: [],
      believed: { checkpoint: { size: SIZE } },
    })
    for (const size of [0, 256, 65_537, SIZE])
      expect(await verifyLog({ read: log.read, policy, sha256, remembered: remembered(size) })).toMatchObject({
        findings: [],
      })
  })
  it('shows that it grew by a few tiles', async () => {
    const asked: string[] = []
    const read = (path: string) => {
      asked.push(path)
      return log.read(path)
    }
    for (const size of [0, 1, 300, 65_536, 66_000, SIZE])
      expect(await verifyGrowth({ read, policy, remembered: remembered(size) })).toMatchObject({ findings: [] })
    expect(asked.length).toBeLessThan(6 * 8)
  })
  it('has had the tree of every checkpoint that is kept, and no other', async () => {
    const sizes = [0, 1, 255, 256, 257, 257, 1000, 65_536, SIZE]
    const checkpoints = sizes.map(remembered)
    const question = { read: log.read, policy, sha256, checkpoints: checkpoints.toReversed() }
    expect((await verifyLog(question)).findings).toEqual([])
    const wrong = { ...checkpoints[4]!, root: checkpoints[3]!.root }
    expect((await verifyLog({ ...question, checkpoints: checkpoints.with(4, wrong) })).findings).toEqual([
      { code: 'checkpoint-differs', at: '257' },
    ])
    const beyond = { size: SIZE + 1, root: checkpoints[8]!.root }
    expect((await verifyLog({ ...question, checkpoints: [...checkpoints, beyond] })).findings).toEqual([
      { code: 'checkpoint-differs', at: String(SIZE + 1) },
    ])
    const both = { ...question, checkpoints: [wrong], remembered: { size: 256, root: checkpoints[4]!.root } }
    expect((await verifyLog(both)).findings).toEqual([
      { code: 'history-rewritten', at: '256' },
      { code: 'checkpoint-differs', at: '257' },
    ])
  })
  it('hands out every entry in order', async () => {
    const seen: number[] = []
    await verifyLog({
      read: log.read,
      policy,
      sha256,
      onEntry: (index, entry) => Buffer.compare(entry, entries[index]!) === 0 && seen.push(index),
    })
    expect(seen).toEqual(entries.map((_, i) => i))
  })
  it('may be empty', async () => {
    const empty = new Log('log.example/health', [witness])
    expect(await verifyLog({ read: empty.read, policy, remembered: remembered(0) })).toMatchObject({ findings: [] })
    expect(await verifyGrowth({ read: empty.read, policy, remembered: remembered(0) })).toMatchObject({ findings: [] })
  })
})

const flipped = (bytes: Uint8Array, at: number) => bytes.map((b, i) => (i === at ? b ^ 1 : b))
type Lie = [name: string, lie: (log: Log) => Promise<unknown> | unknown, findings: { code: string; at: string }[]]
/** The tiles above an entry that is not what was logged. */
const ABOVE = ['tile/1/000', 'tile/2/000.p/1'].map((at) => ({ code: 'tile-differs', at }))
const LIES: Lie[] = [
  ['serves no checkpoint', (l) => l.forged.set('checkpoint', undefined), [{ code: 'not-served', at: 'checkpoint' }]],
  [
    'signs with another key',
    async (l) =>
      l.forged.set(
        'checkpoint',
        Buffer.from(await Object.assign(new Log('other.example', [witness]), { frontier: l.frontier }).checkpoint()),
      ),
    [{ code: 'checkpoint-not-believed', at: 'not-signed-by-log' }],
  ],
  [
    'changes an entry',
    async (l) => l.forged.set('tile/entries/003', flipped(await l.read('tile/entries/003'), 2)),
    [{ code: 'entry-not-in-tile', at: '768' }, { code: 'root-differs', at: String(SIZE) }, ...ABOVE],
  ],
  [
    'swaps two entries',
    async (l) => l.entries.splice(10, 2, l.entries[11]!, l.entries[10]!),
    [
      { code: 'entry-not-in-tile', at: '10' },
      { code: 'entry-not-in-tile', at: '11' },
      { code: 'root-differs', at: String(SIZE) },
      ...ABOVE,
    ],
  ],
  [
    'withholds a bundle',
    (l) => l.forged.set('tile/entries/258.p/52', undefined),
    [{ code: 'not-served', at: 'tile/entries/258.p/52' }],
  ],
  [
    'cuts a bundle short',
    async (l) => l.forged.set('tile/entries/000', (await l.read('tile/entries/000')).slice(0, -3)),
    [{ code: 'not-served', at: 'tile/entries/000' }],
  ],
  [
    'adds bytes to a bundle',
    async (l) => l.forged.set('tile/entries/000', Buffer.concat([await l.read('tile/entries/000'), Buffer.of(0, 0)])),
    [{ code: 'not-served', at: 'tile/entries/000' }],
  ],
  [
    'changes a leaf tile',
    async (l) => l.forged.set('tile/0/001', flipped(await l.read('tile/0/001'), 33)),
    [{ code: 'entry-not-in-tile', at: '257' }],
  ],
  [
    'cuts a leaf tile short',
    async (l) => l.forged.set('tile/0/001', (await l.read('tile/0/001')).slice(32)),
    [{ code: 'tile-differs', at: 'tile/0/001' }],
  ],
  ['withholds a leaf tile', (l) => l.forged.set('tile/0/001', undefined), [{ code: 'tile-differs', at: 'tile/0/001' }]],
  [
    'changes an upper tile',
    async (l) => l.forged.set('tile/1/001.p/2', flipped(await l.read('tile/1/001.p/2'), 0)),
    [{ code: 'tile-differs', at: 'tile/1/001.p/2' }],
  ],
  [
    'changes the top tile',
    async (l) => l.forged.set('tile/2/000.p/1', flipped(await l.read('tile/2/000.p/1'), 31)),
    [{ code: 'tile-differs', at: 'tile/2/000.p/1' }],
  ],
  ['withholds an upper tile', (l) => l.forged.set('tile/1/000', undefined), [{ code: 'not-served', at: 'tile/1/000' }]],
]
describe('a log that', () => {
  test.for(LIES)('%s', async ([, lie, findings]) => {
    const liar = honest()
    await lie(liar)
    expect((await verifyLog({ read: liar.read, policy, sha256 })).findings).toEqual(findings)
  })

  it('rewrites its history, tiles and all, is found by whoever remembers', async () => {
    const liar = new Log('log.example/health', [witness])
    liar.append(entries.with(500, new TextEncoder().encode('something else')))
    expect(await verifyLog({ read: liar.read, policy, sha256 })).toMatchObject({ findings: [] })
    const question = { read: liar.read, policy, sha256, remembered: remembered(1000) }
    expect((await verifyLog(question)).findings).toEqual([{ code: 'history-rewritten', at: '1000' }])
    expect((await verifyGrowth(question)).findings).toEqual([{ code: 'growth-not-proved', at: '1000' }])
    // What was rewritten later than the remembered size is not seen: remember the newest.
    expect((await verifyLog({ ...question, remembered: remembered(500) })).findings).toEqual([])
  })

  it('rolls back is found by whoever remembers', async () => {
    const short = new Log('log.example/health', [witness])
    short.append(entries.slice(0, 900))
    const question = { read: short.read, policy, remembered: remembered(1000) }
    for (const verify of [verifyLog, verifyGrowth])
      expect((await verify(question)).findings).toEqual([{ code: 'log-shrank', at: '1000' }])
  })

  it('shows another branch to a verifier is found: witnesses sign one', async () => {
    const branch = new Log('log.example/health')
    branch.append(entries.slice(0, 10))
    expect((await verifyLog({ read: branch.read, policy })).findings).toEqual([
      { code: 'checkpoint-not-believed', at: 'too-few-witnesses' },
    ])
  })

  it('serves a wrong tile cannot show that it grew', async () => {
    const liar = honest()
    liar.forged.set('tile/1/000', flipped(await liar.read('tile/1/000'), 5000))
    expect((await verifyGrowth({ read: liar.read, policy, remembered: remembered(1000) })).findings).toEqual([
      { code: 'growth-not-proved', at: '1000' },
    ])
    liar.forged.set('tile/1/000', undefined)
    expect((await verifyGrowth({ read: liar.read, policy, remembered: remembered(1000) })).findings).toEqual([
      { code: 'not-served', at: 'tile' },
    ])
  })
})

describe('a tlog-proof', () => {
  const index = 4321
  const proofOf = async (l: Log) =>
    formatTlogProof({
      index,
      hashes: await inclusionFromTiles(hasher, index, l.frontier.size, async (t) => l.tile(t)),
      checkpoint: await l.checkpoint(100),
    })
  it('is verified offline', async () => {
    expect(await verifyTlogProof(await proofOf(log), entries[index]!, policy)).toMatchObject({
      index,
      checkpoint: { size: SIZE },
      witnesses: [{ time: 100 }],
    })
  })
  it('holds for its entry, index, keys and time alone', async () => {
    const text = await proofOf(log)
    expect(await verifyTlogProof(text, entries[index + 1]!, policy)).toEqual({ fault: 'not-included' })
    expect(await verifyTlogProof(text.replace('index 4321', 'index 4320'), entries[index]!, policy)).toEqual({
      fault: 'not-included',
    })
    expect(await verifyTlogProof(text.replace('index 4321', `index ${SIZE}`), entries[index]!, policy)).toEqual({
      fault: 'not-included',
    })
    expect(await verifyTlogProof(text.replace(String(SIZE), String(SIZE + 1)), entries[index]!, policy)).toEqual({
      fault: 'bad-signature',
    })
    expect(await verifyTlogProof(text, entries[index]!, policy, 99)).toEqual({ fault: 'too-few-witnesses' })
    expect(await verifyTlogProof('', entries[index]!, policy)).toEqual({ fault: 'malformed-proof' })
  })
  it('of the server’s hash reader is the same', () => {
    const few = leaves.slice(0, 300)
    const read = ({ level, index: at }: { level: number; index: number }) =>
      MTH(few.slice(at * 2 ** level, (at + 1) * 2 ** level))
    expect(inclusionProof(7, 300, read)).toHaveLength(9)
    expect(frontierRoot(log.frontier)).toEqual(MTH(leaves))
  })
})
