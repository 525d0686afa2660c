// Every version with the salt that opens its leaf, as lines of an export; what waits for its place is held against its leaf
// here. A version without a leaf is among them, and the verifier finds it: those of before the log have leaves since backfill.ts.
import { commitsTo } from '../../provenance/batch.ts'
import { type Committed, commitment, fitsLeaf } from '../../provenance/commitment.ts'
import { disclosedLine } from '../../provenance/disclosed-version.ts'
import { readLeaf } from '../../provenance/leaf.ts'
import { hasher } from '../../provenance/merkle.ts'
import { hmacSha256 } from '../../provenance/native-hash.ts'
import type { Session } from '../database.ts'
import type { Contradiction } from './contradiction.ts'
import type { About } from './leaf-lines.ts'
import { eventsIn } from './make-leaf.ts'

interface VersionRow extends About {
  readonly op: Committed['op']
  readonly content: string | null
  readonly entry: string | null
  readonly leaf_index: string | null
  readonly leaf: Buffer
  readonly recorded: string
  readonly salt_id: string
  readonly decision: string
  /** The text, printed anew. */
  readonly provenance: string
  readonly salt: Buffer | null
  readonly tree: Buffer | null
}

export interface DumpedVersions {
  readonly lines: string
  readonly found: readonly Contradiction[]
  readonly count: number
  /** Versions whose leaf is not signed yet. */
  readonly waiting: number
}

const PAGE = 500

// The next versions first, then what belongs to each: a join of the whole would begin at the start for every page.
const PAGES = `select v.type, v.id, v.version, v.operation as op, v.content, l.entry, l.leaf_index, l.leaf, l.salt as salt_id,
  to_char(l.recorded at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as recorded, coalesce(l.decision, '') as decision, l.tree, s.salt,
  coalesce(provenance_text(f.template, l.entry, v.last_updated, v.type, v.id, v.version, v.operation), '') as provenance
from (
  select * from resource_version where (type, id, version) > ($1, $2, $3::int) order by type, id, version limit $4
) as v left join lateral (
  select * from log_leaf as l where l.type = v.type and l.id = v.id and l.version = v.version offset 0
) as l on true left join log_salt as s on s.id = l.salt left join provenance_frame as f on f.hash = l.agent
order by v.type, v.id, v.version`

/** @param size how many entries are signed */
export async function* dumpedVersions(session: Session, size: number): AsyncGenerator<DumpedVersions> {
  let after: About | undefined = { type: '', id: '', version: 0 }
  while (after) {
    const parameters = [after.type, after.id, after.version, PAGE]
    const rows: VersionRow[] = await session.query<VersionRow>({ sql: PAGES, parameters, varied: true })
    const placed = rows.filter((row) => !waits(row, size))
    const waiting = rows.filter((row) => waits(row, size))
    const lines = placed.map((row) => `${lineOf(row)}\n`).join('')
    const found = waiting
      .filter((row) => !isLeafOf(row))
      .map(({ entry }): Contradiction => ({ code: 'waiting-differs', at: entry! }))
    yield { lines, found, count: rows.length, waiting: waiting.length }
    after = rows.length === PAGE ? rows.at(-1) : undefined
  }
}

const waits = ({ entry, leaf_index }: VersionRow, size: number): boolean =>
  entry !== null && (leaf_index === null || Number(leaf_index) >= size)

const committed = ({ type, id, version, op, content, provenance, decision }: VersionRow): Committed => ({
  ...{ resourceType: type, id, versionId: String(version), op, resource: content ?? '' },
  ...{ provenance, decision },
})

const NONE = new Uint8Array(0)
const lineOf = (row: VersionRow): string =>
  disclosedLine({ ...committed(row), entry: row.entry ?? '', salt: row.salt ?? NONE, events: eventsIn(row.tree) })

function isLeafOf(row: VersionRow): boolean {
  const leaf = readLeaf(row.leaf)
  if (leaf === undefined || row.salt === null) return false
  if (leaf.entry !== row.entry || leaf.salt !== row.salt_id || leaf.time !== row.recorded) return false
  const content = committed(row)
  const own = commitment(hmacSha256, row.salt, content)
  return fitsLeaf(leaf.type, content) && commitsTo(hasher, leaf, own, eventsIn(row.tree))
}
