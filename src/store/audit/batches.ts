// Where audit events stand in the log, and what proves one of them to who was told it. Reads by id and batch alone; that the
// asker may see the event is for the caller to have decided. A proof tells no more than the event that was told.
import DataLoader from 'dataloader'
import { HealthChainError } from '../../kernel/errors.ts'
import type { Session } from '../database.ts'
import type { Placed } from '../log/entry-loader.ts'
import { type Batch, readBatch } from './batch.ts'

const ENTRIES = `select e.id, l.entry, l.leaf_index
from audit_entry as e join log_leaf as l on l.entry = e.batch where e.id = any($1::text[])`

interface EntryRow {
  readonly id: string
  readonly entry: string
  readonly leaf_index: string | null
}

/** Batches that are kept for more proofs, or the events of a version; a batch holds up to a thousand. */
const KEPT = 4
/** Events that one request may have read for its proofs: a proof needs all of its batch. */
export const EVENTS_MAX = 20_000

/** What one request asks of batches: entries are looked up together, and batches are read one after the other. */
export class Batches {
  readonly #session: Session
  readonly #entries: DataLoader<string, Placed | undefined>
  /** Asked for and not read yet, and the last few that were. */
  readonly #batches = new Map<string, Promise<Batch>>()
  /** Entries of those that were read, oldest first. */
  #kept: string[] = []
  #last: Promise<unknown> = Promise.resolve()
  #events = 0

  constructor(session: Session) {
    this.#session = session
    this.#entries = new DataLoader(async (ids) => {
      const rows = await session.query<EntryRow>({ sql: ENTRIES, parameters: [ids] })
      const found = new Map(rows.map((row) => [row.id, row]))
      return ids.map((id) => placed(found.get(id)))
    })
  }

  /** The entry that an AuditEvent stands in, of a batch or of a version; undefined for one of before they were logged. */
  entryOf(id: string): Promise<Placed | undefined> {
    return this.#entries.load(id)
  }

  /**
   * For the `extra` line of the tlog-proof of that entry, see `eventIn`; undefined where the asker was told less than it tells.
   * @param told the AuditEvent as the asker was told it
   * @throws HealthChainError fault (broken-batch), where the events are not those that were logged; too-costly
   */
  async extraOf(entry: string, told: Readonly<Record<string, unknown>>): Promise<Uint8Array | undefined> {
    const batch = this.#batches.get(entry) ?? this.#inTurn(entry)
    this.#batches.set(entry, batch)
    return (await batch).extraOf(told)
  }

  #inTurn(entry: string): Promise<Batch> {
    const batch = this.#last.then(() => this.#read(entry))
    this.#last = batch.catch(() => {})
    return batch
  }

  async #read(entry: string): Promise<Batch> {
    if (this.#events >= EVENTS_MAX)
      throw new HealthChainError(
        'too-costly',
        'too-many-events',
        'These proofs take too long. Ask for fewer at a time.',
      )
    const batch = await readBatch(this.#session, entry)
    this.#events += batch.size
    this.#kept.push(entry)
    for (const old of this.#kept.splice(0, this.#kept.length - KEPT)) this.#batches.delete(old)
    return batch
  }
}

const placed = (row: EntryRow | undefined): Placed | undefined =>
  row && { entry: row.entry, ...(row.leaf_index !== null && { index: Number(row.leaf_index) }) }
