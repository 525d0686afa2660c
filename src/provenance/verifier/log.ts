// Verifies a log from what it serves, every entry and every tile: that they are what the signed checkpoint says, and that
// what was seen before is still its beginning. Trusts the policy's keys and the remembered checkpoint, nothing else.
import { concat, equalBytes } from '../bytes.ts'
import type { Checkpoint } from '../checkpoint.ts'
import { readEntryBundle } from '../entry-bundle.ts'
import { EMPTY_FRONTIER, type Frontier, grow, rootOf } from '../frontier.ts'
import { type Believed, openCheckpoint, type Policy } from '../policy.ts'
import { consistencyHolds } from '../proof-check.ts'
import { consistencyFromTiles } from '../tile-reader.ts'
import { type Tile, tileAt, tileLevels, tilePath, tilesOfLevel } from '../tiles.ts'
import { HASH_SIZE, type Sha256, type TreeHasher, treeHasher } from '../tree-hasher.ts'
import { type Finding, type FindingCode, Findings } from './finding.ts'
import { sha256 as ownSha256 } from './sha-256.ts'

/** Reads what a log serves under its prefix: `checkpoint`, `tile/0/000` … May reject. */
export type Read = (path: string) => Promise<Uint8Array>

/** What a verifier keeps between two visits. */
export type Remembered = Pick<Checkpoint, 'size' | 'root'>

export interface LogQuestion {
  readonly read: Read
  readonly policy: Policy
  readonly remembered?: Remembered
  /** Other checkpoints of this log, by size: its tree must have had each of these roots. */
  readonly checkpoints?: readonly Remembered[]
  /** Cosignatures later than this, in seconds since the epoch, do not count. */
  readonly before?: number
  /** A faster SHA-256 than the verifier's own, where there is one. */
  readonly sha256?: Sha256
  /** Called for each entry read, in order; believe them once the report is without findings. False: read no further. */
  readonly onEntry?: (index: number, entry: Uint8Array) => unknown
}

export interface LogReport {
  /** What to remember, if nothing was found. */
  readonly believed?: Believed
  readonly findings: readonly Finding[]
}

/** Reads the whole log. No findings: all entries are those of the checkpoint, and the remembered log is its beginning. */
export async function verifyLog(question: LogQuestion): Promise<LogReport> {
  const opened = await openServed(question)
  if ('findings' in opened) return opened
  const found = new Findings()
  const walk = new Walk(question, opened.checkpoint, found)
  await walk.entries()
  await walk.upperTiles()
  return { believed: opened, findings: found.list }
}

/** Reads the right border only. No findings: the remembered log is the beginning of the log in the checkpoint. */
export async function verifyGrowth(question: LogQuestion & { readonly remembered: Remembered }): Promise<LogReport> {
  const opened = await openServed(question)
  if ('findings' in opened) return opened
  const { size, root } = opened.checkpoint
  const { size: size1, root: root1 } = question.remembered
  const hasher = treeHasher(question.sha256 ?? ownSha256)
  try {
    const proof = await consistencyFromTiles(hasher, size1, size, (tile) => question.read(tilePath(tile)))
    const grown = consistencyHolds(hasher, { size1, size2: size, root1, root2: root, proof })
    return grown ? { believed: opened, findings: [] } : reported('growth-not-proved', size1)
  } catch {
    return reported('not-served', 'tile')
  }
}

async function openServed({ read, policy, before, remembered }: LogQuestion): Promise<Believed | LogReport> {
  const note = await read('checkpoint').catch(() => undefined)
  if (!note) return reported('not-served', 'checkpoint')
  const opened = await openCheckpoint(note, policy, before)
  if ('fault' in opened) return reported('checkpoint-not-believed', opened.fault)
  if (remembered && remembered.size > opened.checkpoint.size) return reported('log-shrank', remembered.size)
  return opened
}

const reported = (code: FindingCode, at: string | number): LogReport => ({ findings: [{ code, at: String(at) }] })

/** One pass over a log from its first entry, building the tree anew. */
class Walk {
  readonly #found: Findings
  readonly #question: LogQuestion
  readonly #checkpoint: Checkpoint
  readonly #hasher: TreeHasher
  #frontier: Frontier = EMPTY_FRONTIER
  /** Roots that the tree must come by, smallest first, and how many it has come to. */
  readonly #known: readonly (Remembered & { readonly code: FindingCode })[]
  #passed = 0
  /** Tiles above level 0 as they must be, by path, with what they hold so far. */
  readonly #upper = new Map<string, Uint8Array[]>()

  constructor(question: LogQuestion, checkpoint: Checkpoint, found: Findings) {
    this.#found = found
    this.#question = question
    this.#checkpoint = checkpoint
    this.#hasher = treeHasher(question.sha256 ?? ownSha256)
    const { remembered, checkpoints = [] } = question
    const known = checkpoints.map((one) => ({ ...one, code: 'checkpoint-differs' as const }))
    this.#known = [...(remembered ? [{ ...remembered, code: 'history-rewritten' as const }] : []), ...known].sort(
      (a, b) => a.size - b.size,
    )
  }

  async entries(): Promise<void> {
    const { size, root } = this.#checkpoint
    this.#compareKnown()
    for (const bundle of tilesOfLevel('entries', size)) if (!(await this.#bundle(bundle))) return
    if (!equalBytes(rootOf(this.#hasher, this.#frontier), root)) this.#found.add('root-differs', size)
    for (const known of this.#known.slice(this.#passed)) this.#found.add(known.code, known.size)
  }

  #read(tile: Tile): Promise<Uint8Array | undefined> {
    return this.#question.read(tilePath(tile)).catch(() => undefined)
  }

  /** False when the walk cannot go on. */
  async #bundle(bundle: Tile): Promise<boolean> {
    const tile = tileAt(0, bundle.index, this.#checkpoint.size)
    const [bytes, hashes] = await Promise.all([this.#read(bundle), this.#read(tile)])
    const entries = bytes && readEntryBundle(bytes, bundle.width)
    if (!entries) {
      this.#found.add('not-served', tilePath(bundle))
      return false
    }
    const first = this.#frontier.size
    const leaves = entries.map((entry) => this.#hasher.leaf(entry))
    if (hashes?.length !== leaves.length * HASH_SIZE) this.#found.add('tile-differs', tilePath(tile))
    else
      leaves.forEach((leaf, i) => {
        if (!equalBytes(leaf, hashes.subarray(i * HASH_SIZE, (i + 1) * HASH_SIZE)))
          this.#found.add('entry-not-in-tile', first + i)
      })
    this.#append(leaves)
    const all = entries.every((entry, i) => this.#question.onEntry?.(first + i, entry) !== false)
    if (!all) this.#found.add('too-many', first)
    return all && !this.#found.full
  }

  /** Appends, stopping wherever a root is known. */
  #append(leaves: readonly Uint8Array[]): void {
    for (let rest = leaves; rest.length > 0; ) {
      const part = rest.slice(0, (this.#known[this.#passed]?.size ?? Number.MAX_SAFE_INTEGER) - this.#frontier.size)
      const { frontier, tiles } = grow(this.#hasher, this.#frontier, part)
      this.#frontier = frontier
      this.#compareKnown()
      rest = rest.slice(part.length)
      for (const { level, index, added } of tiles) {
        if (level === 0) continue
        const path = tilePath(tileAt(level, index, this.#checkpoint.size))
        this.#upper.set(path, [...(this.#upper.get(path) ?? []), added])
      }
    }
  }

  #compareKnown(): void {
    for (let next = this.#known[this.#passed]; next?.size === this.#frontier.size; next = this.#known[++this.#passed])
      if (!equalBytes(rootOf(this.#hasher, this.#frontier), next.root)) this.#found.add(next.code, next.size)
  }

  async upperTiles(): Promise<void> {
    const { size } = this.#checkpoint
    if (this.#frontier.size < size) return
    for (let level = 1; level < tileLevels(size); level++)
      for (const tile of tilesOfLevel(level, size)) {
        if (this.#found.full) return
        const path = tilePath(tile)
        const served = await this.#read(tile)
        if (!served) this.#found.add('not-served', path)
        else if (!equalBytes(served, concat(this.#upper.get(path) ?? []))) this.#found.add('tile-differs', path)
      }
  }
}
