// The entries of the log for a dump, a bundle at a time, each row held against the leaf in it. An entry that is missing
// leaves an empty one in its place: verify names it, and goes on.

import { commitsTo } from '../../provenance/batch.ts'
import { entryBundle } from '../../provenance/entry-bundle.ts'
import { type Leaf, type LeafType, readLeaf, VERSIONED } from '../../provenance/leaf.ts'
import { hasher } from '../../provenance/merkle.ts'
import { TILE_WIDTH, tilePath, tilesOfLevel } from '../../provenance/tiles.ts'
import { HASH_SIZE } from '../../provenance/tree-hasher.ts'
import type { Session } from '../database.ts'
import type { Contradiction } from './contradiction.ts'
import { eventsIn } from './make-leaf.ts'

interface LeafRow {
  readonly at: number
  readonly entry: string
  readonly salt: string
  readonly recorded: string
  readonly leaf: Buffer
  /** Type of what it is about; null for a batch, and once that is erased. */
  readonly type: string | null
  /** It has a decision or an agent. */
  readonly said: boolean
  /** Its version is there. */
  readonly stands: boolean
  /** Its agent is none that is there. */
  readonly strange: boolean
  readonly tree: Buffer | null
  /** It is about nothing, and has a salt. */
  readonly opens: boolean
  /** It names an AuditEvent as its decision, and there is none of this version. */
  readonly unsaid: boolean
}

export interface DumpedBundle {
  readonly path: string
  readonly bytes: Uint8Array
  readonly width: number
  readonly found: readonly Contradiction[]
}

const ROWS = `select (l.leaf_index - $1)::int as at, l.entry, l.salt, to_char(l.recorded at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as recorded,
  l.leaf, l.tree, l.type, num_nonnulls(l.decision, l.agent) > 0 as said, v.operation is not null as stands, l.agent is not null and f.hash is null as strange, l.type is null and exists (select from log_salt as s where s.id = l.salt) as opens,
  coalesce(l.decision = l.entry::text, false) and not exists (
    select from audit_entry as e where e.id = l.decision and e.data = l.type || '/' || l.id || '/_history/' || l.version) as unsaid
from log_leaf as l left join resource_version as v on v.type = l.type and v.id = l.id and v.version = l.version
  left join provenance_frame as f on f.hash = l.agent
where l.leaf_index >= $1 and l.leaf_index < $1 + $2::int`
const MISSING = new Uint8Array(0)

export async function* dumpedEntries(session: Session, size: number): AsyncGenerator<DumpedBundle> {
  for (const bundle of tilesOfLevel('entries', size)) {
    const first = bundle.index * TILE_WIDTH
    const rows = await session.query<LeafRow>({ sql: ROWS, parameters: [first, bundle.width] })
    const entries: Uint8Array[] = Array.from({ length: bundle.width }, () => MISSING)
    for (const { at, leaf } of rows) entries[at] = leaf
    const found = rows.flatMap((row): Contradiction[] => {
      const at = String(first + row.at)
      const unsaid = row.unsaid ? [{ code: 'write-without-event' as const, at }] : []
      return differs(row) ? [{ code: 'leaf-row-differs', at }, ...unsaid] : unsaid
    })
    yield { path: tilePath(bundle), bytes: entryBundle(entries), width: bundle.width, found }
  }
}

/** A leaf that cannot be read is the verifier's to name. */
function differs({ entry, salt, recorded, leaf, tree, type, said, stands, strange, opens }: LeafRow): boolean {
  const told = readLeaf(leaf)
  if (told === undefined) return false
  if (!isTreeOf(told, tree)) return true
  if (told.entry !== entry || told.salt !== salt || told.time !== recorded || strange) return true
  // Erased, it is about nothing any more; the others are never.
  if (type === null) return said || EVENTS.includes(told.type) || (opens && VERSIONED.includes(told.type))
  return VERSIONED.includes(told.type) ? !stands : type !== 'AuditEvent' || !EVENTS.includes(told.type)
}

/** Of what is erased nobody else can tell it. */
function isTreeOf(leaf: Leaf, tree: Buffer | null): boolean {
  if (tree === null || leaf.events === undefined) return tree === null && leaf.events === undefined
  return tree.length > HASH_SIZE && commitsTo(hasher, leaf, tree.subarray(0, HASH_SIZE), eventsIn(tree))
}

/** Leaves of these types tell one AuditEvent each. */
const EVENTS: readonly LeafType[] = ['btg', 'erase']
