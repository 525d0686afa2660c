// What was erased of a patient, found by the keyed hash of the id: whoever asks must know the id already.
import { readLeaf } from '../../provenance/leaf.ts'
import type { Session } from '../database.ts'

export interface ErasedLeaves {
  /** UUID of the erase leaf; absent for a record of before the log. */
  readonly entry?: string
  /** Its index, once it has its place. */
  readonly index?: number
  /** Instant. */
  readonly when: string
  readonly reason: string
  /** Id of the Organization that held the record and erased it; absent where no AuditEvent tells it. */
  readonly organisation?: string
  /** Indices of the leaves whose content was destroyed. */
  readonly leaves: readonly number[]
}

interface Row {
  entry: string | null
  leaf_index: string | null
  leaf: Buffer | null
  when: string
  reason: string
  organisation: string | null
}

/** One for each erase leaf, in their order. */
export async function erasures(session: Session, patient: string): Promise<ErasedLeaves[]> {
  const rows = await session.query<Row>({
    sql: `select entry, leaf_index, leaf, reason, organisation, to_char(erased at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as when from erasures_of($1)`,
    parameters: [patient],
  })
  return rows.map(({ entry, leaf_index, leaf, when, reason, organisation }) => ({
    ...(entry !== null && { entry }),
    ...(leaf_index !== null && { index: Number(leaf_index) }),
    ...(organisation !== null && { organisation }),
    ...{ when, reason, leaves: (leaf && readLeaf(leaf)?.erased) ?? [] },
  }))
}
