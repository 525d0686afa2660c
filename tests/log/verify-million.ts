// node --import tsx tests/log/verify-million.ts [ENTRIES]: a log of a million entries as a folder, with every version beside it,
// made by the pure core; how long its verification takes, and what a proof in it costs. Prints figures with what they may be.
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { checkpointText } from '../../src/provenance/checkpoint.ts'
import { disclosedLine } from '../../src/provenance/disclosed-version.ts'
import { entryBundle } from '../../src/provenance/entry-bundle.ts'
import { EMPTY_FRONTIER } from '../../src/provenance/frontier.ts'
import { appendLeaves, frontierRoot, hasher, leafHash } from '../../src/provenance/merkle.ts'
import { formatNote } from '../../src/provenance/note.ts'
import { noteSigner } from '../../src/provenance/note-signer.ts'
import { inclusionFromTiles } from '../../src/provenance/tile-reader.ts'
import { TILE_WIDTH, tileAt, tilePath } from '../../src/provenance/tiles.ts'
import { formatTlogProof } from '../../src/provenance/tlog-proof.ts'
import { readPolicy, verifyTlogProof } from '../../src/provenance/verifier/index.ts'
import { verify } from '../../src/server/log/verify-log.ts'
import { versionLine } from '../../src/store/log/version-line.ts'
import { observation } from './world.ts'

const SIZE = Number(process.argv[2] ?? 1_000_000)
const PROOFS = 500
const signer = noteSigner('log.example/hospital', new Uint8Array(32).fill(7))
const folder = mkdtempSync(join(tmpdir(), 'healthchain-million-'))
let missed = 0

/** Prints one figure and whether it is within `max`. */
function told(what: string, value: number, unit: string, max: number): void {
  const ok = value <= max
  if (!ok) missed++
  console.log(`${ok ? 'ok    ' : 'MISSED'} ${what}: ${value.toFixed(value < 100 ? 2 : 0)} ${unit} (at most ${max})`)
}

const put = (path: string, bytes: Uint8Array | string) => {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), bytes)
}

/** One version and its leaf, of the kind that most are. */
function made(n: number, at: number) {
  const id = `o${n}`
  const meta = { versionId: '1', lastUpdated: new Date(at).toISOString() }
  const resource = JSON.stringify({ ...observation(n % 200), id, meta })
  const content = { resourceType: 'Observation', id, versionId: '1', op: 'create', resource, decision: '' } as const
  const { leaf, entry, secret } = versionLine({ type: 'Observation', id, version: 1, op: 'create' }, resource, at)
  return { leaf, line: disclosedLine({ ...content, provenance: '', entry, salt: secret }) }
}

async function build(): Promise<void> {
  const tiles = new Map<string, Uint8Array[]>()
  let frontier = EMPTY_FRONTIER
  for (let first = 0; first < SIZE; first += TILE_WIDTH) {
    const width = Math.min(TILE_WIDTH, SIZE - first)
    const some = Array.from({ length: width }, (_, i) => made(first + i, 1_790_000_000_000 + first + i))
    const leaves = some.map(({ leaf }) => leaf)
    put(tilePath({ level: 'entries', index: first / TILE_WIDTH, width }), entryBundle(leaves))
    appendFileSync(join(folder, 'versions.ndjson'), some.map(({ line }) => `${line}\n`).join(''))
    const grown = appendLeaves(frontier, leaves.map(leafHash))
    frontier = grown.frontier
    for (const { level, index, added } of grown.tiles) {
      const path = tilePath(tileAt(level, index, SIZE))
      tiles.set(path, [...(tiles.get(path) ?? []), added])
    }
  }
  for (const [path, parts] of tiles) put(path, Buffer.concat(parts))
  const text = checkpointText({ origin: signer.name, size: SIZE, root: frontierRoot(frontier) })
  put('checkpoint', formatNote({ text, signatures: [await signer.sign(text)] }))
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}

const quiet = () => {}
async function verified(more: { readonly versions?: string; readonly whole?: boolean }): Promise<void> {
  const findings = await verify({ place: folder, vkey: signer.vkey, ...more }, quiet)
  if (findings.length > 0) throw new Error(`the log has findings: ${JSON.stringify(findings.slice(0, 3))}`)
}

/** Milliseconds of making and of verifying a proof, each the median; the largest in bytes. */
async function proofs(): Promise<{ make: number; check: number; bytes: number }> {
  const policy = await readPolicy({ log: [signer.vkey] })
  const checkpoint = readFileSync(join(folder, 'checkpoint'), 'utf8')
  const [making, checking, sizes] = [[], [], []] as number[][]
  for (let i = 0; i < PROOFS; i++) {
    const index = (i * 7919) % SIZE
    const path = tilePath(tileAt('entries', Math.floor(index / TILE_WIDTH), SIZE))
    const entry = entryAt(readFileSync(join(folder, path)), index % TILE_WIDTH)
    let proof = ''
    const source = async (tile: Parameters<typeof tilePath>[0]) => readFileSync(join(folder, tilePath(tile)))
    making!.push(
      await seconds(async () => {
        const hashes = await inclusionFromTiles(hasher, index, SIZE, source)
        proof = formatTlogProof({ index, hashes, checkpoint })
      }),
    )
    checking!.push(
      await seconds(async () => {
        if ('fault' in (await verifyTlogProof(proof, entry, policy))) throw new Error('a proof does not hold')
      }),
    )
    sizes!.push(Buffer.byteLength(proof))
  }
  const median = (times: number[]) => times.sort((a, b) => a - b)[times.length >> 1]! * 1000
  return { make: median(making!), check: median(checking!), bytes: Math.max(...sizes!) }
}

function entryAt(bundle: Buffer, wanted: number): Uint8Array {
  let at = 0
  for (let i = 0; i < wanted; i++) at += 2 + bundle.readUInt16BE(at)
  return bundle.subarray(at + 2, at + 2 + bundle.readUInt16BE(at))
}

try {
  console.log(`made ${SIZE} entries in ${(await seconds(build)).toFixed(0)} s`)
  told(`verify of ${SIZE} entries`, await seconds(() => verified({})), 's', 60)
  told(
    'the same with each of their versions',
    await seconds(() => verified({ versions: join(folder, 'versions.ndjson'), whole: true })),
    's',
    60,
  )
  const { make, check, bytes } = await proofs()
  told('a proof in it', bytes, 'bytes', 1500)
  told('making it from tiles on disk', make, 'ms', 5)
  told('verifying it, as a browser would', check, 'ms', 5)
  console.log(`largest memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.exitCode = missed > 0 ? 1 : 0
