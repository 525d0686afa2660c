// Completeness of the audit log: every event is in its batch as it was logged, in its place, and every batch has its events;
// so have the versions that events stand beside, erased or not.
// Pure. Takes the entries of a verified log first, then the events, batch by batch; findings name entries only.
import { eventBytes } from '../batch.ts'
import { copied, fromUtf8, packed } from '../bytes.ts'
import { EMPTY_FRONTIER, type Frontier, grow, rootOf } from '../frontier.ts'
import { readLeaf } from '../leaf.ts'
import { type FrameHashes, frameHashes, frameOf, isExact, leafOfStored, type StoredEvent } from '../stored-event.ts'
import { type Sha256, type TreeHasher, treeHasher } from '../tree-hasher.ts'
import { type Finding, Findings } from './finding.ts'
import { sha256 as ownSha256 } from './sha-256.ts'

const HAS_EVENTS = /"audit\.batch"|,"n":/

interface Batch {
  readonly index: number
  readonly root: string
  /** How many follow a version; undefined for a batch of nothing but events. */
  readonly beside: number | undefined
  seen: boolean
}

export class EventCheck {
  readonly #found = new Findings()
  readonly #batches = new Map<string, Batch>()
  readonly #frames = new Map<string, FrameHashes>()
  readonly #sha256: Sha256
  readonly #hasher: TreeHasher
  /** The batch whose events are coming, with the tree that they make so far; undefined once they cannot be its events. */
  #open: Batch | undefined
  #tree: Frontier | undefined
  #events = 0

  /** @param sha256 a faster SHA-256 than the verifier's own, where there is one */
  constructor(sha256: Sha256 = ownSha256) {
    this.#sha256 = sha256
    this.#hasher = treeHasher(sha256)
  }

  /** Events that stand in a batch. */
  get events(): number {
    return this.#events
  }

  /** So much was found that nothing further is taken. */
  get full(): boolean {
    return this.#found.full
  }

  /** In the order of the log. What is no leaf, VersionCheck names. */
  addEntry(index: number, entry: Uint8Array): void {
    // Reading a leaf costs more than looking at its text, and VersionCheck has read it already.
    const leaf = HAS_EVENTS.test(fromUtf8(entry) ?? '') ? readLeaf(entry) : undefined
    if (leaf?.type !== 'audit.batch' && leaf?.events === undefined) return
    this.#batches.set(copied(leaf.entry), { index, root: packed(leaf.commitment), beside: leaf.events, seen: false })
  }

  /** A line of the dump: batches in any order, the events of each together and in their places. */
  addEvent(event: StoredEvent | undefined, line: number): void {
    if (event === undefined) return this.#found.add('event-unreadable', line)
    const batch = this.#batches.get(event.batch)
    if (event.frame) this.#keep(event.frame)
    if (batch === undefined) return this.#found.add('event-without-batch', event.batch || `line ${line}`)
    if (batch !== this.#open) this.#begin(batch, event)
    this.#events++
    this.#append(event)
  }

  #keep(frame: readonly string[]): void {
    const hashes = frameHashes(this.#sha256, frame)
    // Under another name than its own, or with columns that may be taken for others, it is none.
    if (hashes.name === frame[0] && frame.every(isExact)) this.#frames.set(hashes.name, hashes)
  }

  #begin(batch: Batch, { version }: StoredEvent): void {
    this.#end()
    this.#open = batch
    // Events of a batch that was done already have come to it from somewhere else.
    const fits = !batch.seen && (version === undefined) === (batch.beside === undefined)
    this.#tree = fits ? grow(this.#hasher, EMPTY_FRONTIER, version ? [version] : []).frontier : undefined
    batch.seen = true
  }

  #append(event: StoredEvent): void {
    if (this.#tree === undefined) return
    const frame = this.#frames.get(frameOf(event))
    const leaf = frame && leafOfStored(this.#sha256, event, frame)
    const fits = leaf !== undefined && event.place === this.#tree.size
    this.#tree = fits ? grow(this.#hasher, this.#tree, [this.#hasher.leaf(eventBytes(leaf))]).frontier : undefined
  }

  #end(): void {
    const batch = this.#open
    this.#open = undefined
    if (batch === undefined) return
    const { index, root, beside } = batch
    const whole = this.#tree !== undefined && (beside === undefined || this.#tree.size === beside + 1)
    if (!whole || packed(rootOf(this.#hasher, this.#tree!)) !== root) this.#found.add('events-differ', index)
  }

  /** All that was found, once every line was added. `whole`: the dump claims to hold every event. */
  findings({ whole }: { readonly whole: boolean }): readonly Finding[] {
    this.#end()
    const empty = [...this.#batches.values()].filter(({ seen }) => !seen)
    const lost = empty.map(({ index }): Finding => ({ code: 'batch-without-events', at: String(index) }))
    return [...this.#found.list, ...(whole && !this.full ? lost : [])]
  }
}
