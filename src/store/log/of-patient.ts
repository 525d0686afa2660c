// The leaves of one patient's record with what opens them, type by type. Whether the versions may be told, and with them
// their salts, is for the caller to have decided.
import { searchTable } from '../../search/parameters.ts'
import type { Session } from '../database.ts'

export interface LeafOfRecord {
  readonly id: string
  readonly version: number
  readonly operation: 'create' | 'update' | 'delete'
  readonly entry: string
  readonly index: number
  readonly leaf: Uint8Array
  readonly salt: Uint8Array
  readonly decision: string
  /** See MadeLeaf. */
  readonly tree: Uint8Array | null
  /** Whether the leaf commits to a Provenance, whose id is that of the entry. */
  readonly recorded: boolean
}

export interface Position {
  readonly id: string
  readonly version: number
}

/** By id and version, from behind `after` on; what waits for its place is left out, and what is erased. */
export async function leavesOfRecord(
  session: Session,
  { patient, type, after, limit }: { patient: string; type: string; after: Position | undefined; limit: number },
): Promise<LeafOfRecord[]> {
  const rows = await session.query<LeafOfRecord & { leaf_index: string }>({
    sql: `select v.id, v.version, v.operation, l.entry, l.leaf_index, l.leaf, s.salt, coalesce(l.decision, '') as decision, l.tree, l.agent is not null as recorded
from "${searchTable(type).table}" as t join resource_version as v on v.type = $1 and v.id = t.id
join log_leaf as l on (l.type, l.id, l.version) = (v.type, v.id, v.version) join log_salt as s on s.id = l.salt
where t.patient = $2 and l.leaf_index is not null and (v.id, v.version) > ($3, $4) order by v.id, v.version limit $5`,
    parameters: [type, patient, after?.id ?? '', after?.version ?? 0, limit],
  })
  return rows.map(({ leaf_index, ...row }) => ({ ...row, index: Number(leaf_index) }))
}
