// One batch as it is stored, or the events behind one version, held against its leaf, and the proofs of its events.
import { HealthChainError } from '../../kernel/errors.ts'
import { isObject } from '../../kernel/json.ts'
import { batchPath, batchRoot, type EventLeaf, eventBytes, toldEvent, toldTemplate } from '../../provenance/batch.ts'
import { equalBytes } from '../../provenance/bytes.ts'
import { eventExtra } from '../../provenance/disclosed-event.ts'
import { readLeaf } from '../../provenance/leaf.ts'
import { hasher } from '../../provenance/merkle.ts'
import { sha256 } from '../../provenance/native-hash.ts'
import { frameHashes, frameOf, isExact, leafOfStored, TEMPLATE_AT } from '../../provenance/stored-event.ts'
import { HASH_SIZE, type Hash } from '../../provenance/tree-hasher.ts'
import type { Session } from '../database.ts'
import { leafByEntry } from '../log/reader.ts'
import { eventsOfBatch } from './stored-events.ts'

interface Proved extends EventLeaf {
  readonly id: string
  readonly text: string
}

/** @throws HealthChainError fault (broken-batch) */
export async function readBatch(session: Session, entry: string): Promise<Batch> {
  const [events, found] = await Promise.all([eventsOfBatch(session, entry), leafByEntry(session, entry)])
  const frames = new Map(
    events.flatMap(({ frame }) => (frame?.every(isExact) ? [[frame[0]!, madeFrame(frame)] as const] : [])),
  )
  const proved = events.flatMap((event, place): Proved[] => {
    const frame = frames.get(frameOf(event))
    const leaf = event.place === place + (event.version ? 1 : 0) && frame && leafOfStored(sha256, event, frame.hashes)
    return leaf ? [{ ...leaf, id: event.row[0]!, text: frame.text }] : []
  })
  const version = found?.tree?.subarray(0, HASH_SIZE)
  const leaves = proved.map((leaf) => hasher.leaf(eventBytes(leaf)))
  const tree = version ? [version, ...leaves] : leaves
  const root = found && readLeaf(found.leaf)?.commitment
  if (root && equalBytes(batchRoot(hasher, tree), root)) return new Batch(proved, tree)
  throw new HealthChainError('fault', 'broken-batch', 'Audit events are not as they were logged: verify the log.')
}

const madeFrame = (frame: readonly string[]) => ({
  hashes: frameHashes(sha256, frame),
  text: toldTemplate(frame[TEMPLATE_AT]!),
})

export class Batch {
  readonly #events: readonly Proved[]
  readonly #leaves: readonly Hash[]

  /** @param leaves of the tree: those of the events, behind that of the version if they are of one */
  constructor(events: readonly Proved[], leaves: readonly Hash[]) {
    this.#events = events
    this.#leaves = leaves
  }

  /** Events. */
  get size(): number {
    return this.#events.length
  }

  /** See `Batches`. */
  async extraOf(event: Readonly<Record<string, unknown>>): Promise<Uint8Array | undefined> {
    const found = this.#events.findIndex(({ id }) => id === event.id)
    if (found < 0) return undefined
    const { salt, whole, text: template, told } = this.#events[found]!
    if (toldEvent(template, told) !== plain(event)) return undefined
    const index = found + this.#leaves.length - this.#events.length
    const path = await batchPath(hasher, this.#leaves, index)
    return eventExtra({ index, size: this.#leaves.length, path, salt, whole, template, told })
  }
}

/** JSON without what only auditors are told: `toldTemplate` takes the same away. */
function plain(event: Readonly<Record<string, unknown>>): string {
  const agent = without(event.agent, ['network'])
  const entity = without(event.entity, ['query', 'description'])
  return JSON.stringify({ ...event, ...(agent && { agent }), ...(entity && { entity }) })
}

const without = (items: unknown, names: readonly string[]): unknown[] | undefined =>
  Array.isArray(items)
    ? items.map((item) =>
        isObject(item) ? Object.fromEntries(Object.entries(item).filter(([name]) => !names.includes(name))) : item,
      )
    : undefined
