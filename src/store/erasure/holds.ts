// Legal holds: while one stands, nothing of the record is erased. Lifted or run out, never changed; they go with the record.
import type { Session } from '../database.ts'

export interface LegalHold {
  readonly id: string
  readonly patient: string
  /** Who placed it, and alone may lift it. */
  readonly organisation: string
  readonly reason: string
  readonly by: string
  /** Instants. */
  readonly placed: string
  readonly until?: string
}

/** No hold beside an erasure of the same record: the later of the two sees what the other has done. */
export async function aloneWithRecord(session: Session, patient: string): Promise<void> {
  await session.query({
    sql: "select pg_advisory_xact_lock(hashtextextended('erasure ' || $1, 0))",
    parameters: [patient],
  })
}

export async function placeHold(session: Session, hold: LegalHold): Promise<void> {
  const { id, patient, organisation, reason, by, placed, until } = hold
  await session.query({
    sql: 'insert into legal_hold (id, patient, organisation, reason, placed_by, placed, until) values ($1, $2, $3, $4, $5, $6, $7)',
    parameters: [id, patient, organisation, reason, by, placed, until ?? null],
  })
}

/** How many of the organisation's holds on the record stood and are lifted. */
export async function liftHolds(
  session: Session,
  { patient, organisation, by, at }: { patient: string; organisation: string; by: string; at: string },
): Promise<number> {
  const rows = await session.query({
    sql: `update legal_hold set lifted = $4, lifted_by = $3
where patient = $1 and organisation = $2 and lifted is null and (until is null or until > $4) returning id`,
    parameters: [patient, organisation, by, at],
  })
  return rows.length
}
