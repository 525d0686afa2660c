// The provenance log as one request sees it: what it wrote there, and proofs of that and of everything else. The log says
// nothing of people, so nobody is asked for consent here; which entry stands for a record is told with the record alone.
import { elapsed } from '../../kernel/clock.ts'
import { HealthChainError } from '../../kernel/errors.ts'
import { toBase64 } from '../../provenance/base64.ts'
import { hasher } from '../../provenance/merkle.ts'
import { consistencyFromTiles, inclusionFromTiles, type TileSource } from '../../provenance/tile-reader.ts'
import { tilePath } from '../../provenance/tiles.ts'
import { formatTlogProof } from '../../provenance/tlog-proof.ts'
import { Batches } from '../../store/audit/batches.ts'
import type { Session } from '../../store/database.ts'
import { entryLoader, type Placed, placeLoader } from '../../store/log/entry-loader.ts'
import { checkpoint, type StoredCheckpoint, tileSource } from '../../store/log/reader.ts'
import type { Written } from '../../store/writer.ts'
import { growthOf } from './growth.ts'
import { versionOf } from './version-of.ts'

export interface Outcome {
  readonly entry: string
  readonly status: 'pending' | 'included'
  readonly leafIndex?: number
}

/** Of a resource; `event` where that is an AuditEvent, whose entry is that of its batch, or of the version that was written. */
export interface Entry {
  readonly entry: string
  readonly event?: object
}

/** Who waits until what they wrote is in the log, and how they make it hurry. */
export interface Waiting {
  readonly wake: () => void
}

/** Milliseconds that a request may wait for the log. */
const PATIENCE = 5000
/** Entries that an answer tells of; an import writes more, and tells of none. */
const WRITTEN_MAX = 1000
/** Each takes the hashes of several tiles. */
const PROOFS_MAX = 1000
/** As many as a proof of an event counts for: its whole batch is hashed. Reading batches has a limit of its own. */
const EVENT_PROOF = 10

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export class LogView {
  readonly #session: Session
  readonly #waiting: Waiting | undefined
  /** A moment of `elapsed` at which patience ends. */
  readonly #until = elapsed() + PATIENCE
  readonly #written = new Set<string>()
  readonly #placed = new Map<string, number>()
  readonly #placeOf: ReturnType<typeof placeLoader>
  /** Of the whole request: it counts what was read. */
  readonly #batches: Batches
  readonly #tiles = new Map<string, Promise<Uint8Array>>()
  #entries: ReturnType<typeof entryLoader> | undefined
  #signed: Promise<StoredCheckpoint | undefined> | undefined
  #growing: Promise<boolean> | undefined
  #proofs = 0

  constructor(session: Session, waiting?: Waiting) {
    this.#session = session
    this.#placeOf = placeLoader(session)
    this.#batches = new Batches(session)
    this.#waiting = waiting
  }

  /** Versions that this request has stored. */
  wrote(written: readonly Pick<Written, 'entry'>[]): void {
    for (const { entry } of written)
      if (entry !== undefined && this.#written.size < WRITTEN_MAX) this.#written.add(entry)
    this.#signed = undefined
    this.#entries = undefined
  }

  async checkpoint(): Promise<string | null> {
    return (await this.#newest())?.note ?? null
  }

  /** Of a resource that was told; null for a version of before the log. */
  async entryOf(resource: object): Promise<Entry | null> {
    const version = versionOf(resource)
    if (version === undefined) return null
    if (version.type === 'AuditEvent') return this.#entryOfEvent(version.id, resource)
    this.#entries ??= entryLoader(this.#session)
    const found = await this.#entries(version)
    if (found?.index !== undefined) this.#placed.set(found.entry, found.index)
    return found ? { entry: found.entry } : null
  }

  /** An event stands in the leaf of its batch, or of the version that it tells of. */
  async #entryOfEvent(id: string, event: object): Promise<Entry | null> {
    const found = await this.#batches.entryOf(id)
    if (found?.index !== undefined) this.#placed.set(found.entry, found.index)
    return found ? { entry: found.entry, event } : null
  }

  /**
   * A tlog-proof; null while the entry is pending.
   * @param place its index, if it is known
   * @param event one of those in the tree of the entry: the proof then says where it stands there
   * @throws HealthChainError not-found, too-costly
   */
  async inclusionProof(entry: string, place?: number, event?: object): Promise<string | null> {
    if (place !== undefined) this.#placed.set(entry, place)
    this.#proofs += event ? EVENT_PROOF : 1
    if (this.#proofs > PROOFS_MAX)
      throw new HealthChainError('too-costly', 'too-many-proofs', `An answer holds at most ${PROOFS_MAX} proofs.`)
    const found = await this.#find(entry)
    if (found === undefined) throw new HealthChainError('not-found', 'no-entry', 'The log has no such entry.')
    const { index } = found
    const signed = await this.#newest()
    if (index === undefined || signed === undefined) return null
    const hashes = await inclusionFromTiles(hasher, index, signed.size, this.#source(signed.size))
    const extra = event && (await this.#batches.extraOf(entry, event as Record<string, unknown>))
    return formatTlogProof({ index, hashes, checkpoint: signed.note, ...(extra && { extra }) })
  }

  /** Hashes in base64, between sizes that are signed. @throws HealthChainError incorrect, for others */
  async consistencyProof(from: number, to: number): Promise<string[]> {
    const size = (await this.#newest())?.size ?? 0
    if (!(from >= 0 && from <= to && to <= size))
      throw new HealthChainError('incorrect', 'bad-size', `Give two sizes, from <= to <= ${size}: so many are signed.`)
    return (await consistencyFromTiles(hasher, from, to, this.#source(to))).map(toBase64)
  }

  /** What this request wrote, and how far the log is with it: looked up for who waits, and where something `failed`. */
  async outcomes(failed: boolean): Promise<Outcome[]> {
    const entries = [...this.#written]
    if (!this.#waiting && !failed) return entries.map((entry) => ({ entry, status: 'pending' }))
    const outcomes = await Promise.all(entries.map((entry) => this.#outcome(entry)))
    return outcomes.filter((outcome) => outcome !== undefined)
  }

  /** Undefined where the transaction of a write came to nothing after all. */
  async #outcome(entry: string): Promise<Outcome | undefined> {
    const found = await this.#find(entry)
    if (found === undefined) return undefined
    const { index } = found
    return index === undefined ? { entry, status: 'pending' } : { entry, status: 'included', leafIndex: index }
  }

  /** `index` once it is signed; for who waits, not before that or the end of their patience. Undefined: no such entry. */
  async #find(entry: string): Promise<Pick<Placed, 'index'> | undefined> {
    for (;;) {
      const found = await this.#look(entry)
      if (found === undefined) return undefined
      const { index } = found
      if (index !== undefined && index < ((await this.#newest())?.size ?? 0)) return { index }
      if (!this.#waiting || !(await this.#growth(this.#waiting))) return {}
    }
  }

  /** True once more is signed than this request knew of, false when patience ends: one wait for all that wait. */
  #growth(waiting: Waiting): Promise<boolean> {
    this.#growing ??= this.#watch(waiting).finally(() => {
      this.#growing = undefined
    })
    return this.#growing
  }

  async #watch({ wake }: Waiting): Promise<boolean> {
    const before = (await this.#newest())?.size ?? 0
    wake()
    const grown = await growthOf(this.#session).beyond(before, this.#until)
    this.#signed = undefined
    return grown
  }

  async #look(entry: string): Promise<Pick<Placed, 'index'> | undefined> {
    const index = this.#placed.get(entry)
    if (index !== undefined) return { index }
    const leaf = UUID.test(entry) ? await this.#placeOf(entry) : undefined
    if (leaf?.index !== undefined) this.#placed.set(entry, leaf.index)
    return leaf
  }

  #newest(): Promise<StoredCheckpoint | undefined> {
    this.#signed ??= checkpoint(this.#session)
    return this.#signed
  }

  /** A list has a proof for each row, and most of them stand on the same tiles. */
  #source(size: number): TileSource {
    const read = tileSource(this.#session, size)
    return (tile) => {
      const path = tilePath(tile)
      const known = this.#tiles.get(path) ?? read(tile)
      this.#tiles.set(path, known)
      return known
    }
  }
}
