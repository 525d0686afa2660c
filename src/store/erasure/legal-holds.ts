// Legal holds: while one stands, nothing of the record is erased. Lifted or run out, never changed; they go with the record.
// Only a function of the tables' owner lifts one: migrations/…_erasure.ts.
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

/**
 * The transaction must have stored the AuditEvent that says so, or PostgreSQL refuses.
 * @returns how many of the organisation's holds on the record stood and are lifted
 */
export async function liftHolds(
  session: Session,
  { patient, organisation, by }: { patient: string; organisation: string; by: string },
): Promise<number> {
  const [row] = await session.query<{ lifted: number }>({
    sql: 'select lift_holds($1, $2, $3) as lifted',
    parameters: [patient, organisation, by],
  })
  return row!.lifted
}
