// Break-glass: who may see whose record in an emergency, and until when. Rows end, they are never deleted.
import type { Emergency } from '../consent/read-scope.ts'
import type { Asker } from '../kernel/asker.ts'
import type { Statement } from '../search/compile.ts'
import type { Session } from './database.ts'

export interface EmergencyAccess {
  readonly id: string
  /** `Practitioner/1` */
  readonly user: string
  readonly patient: string
  readonly organisation?: string
  readonly reasonCode: string
  readonly reasonText: string
  /** A medical emergency as 42 CFR 2.51 documents it: restricted records are told too. */
  readonly documented: boolean
  /** Instants. */
  readonly started: string
  readonly expires: string
}

/** What is under way for a user now. */
export async function emergenciesOf(
  session: Session,
  { user, organisation, acr }: Pick<Asker, 'user' | 'organisation' | 'acr'>,
): Promise<Emergency[]> {
  // Opened with a second factor, on behalf of one organisation: seen the same way.
  if (acr !== 'mfa') return []

  const rows = await session.query<{ patient: string; restricted: boolean }>({
    sql: 'select patient, restricted from emergency_access where user_ref = $1 and organisation is not distinct from $2 and ended is null and started <= now() and expires > now()',
    parameters: [user, organisation ?? null],
  })
  return rows.map(({ patient, restricted }) => ({ patient, documented: restricted }))
}

export async function beginEmergency(session: Session, access: EmergencyAccess): Promise<void> {
  const { id, user, patient, organisation, reasonCode, reasonText, documented, started, expires } = access
  await session.query({
    sql: 'insert into emergency_access (id, user_ref, patient, organisation, reason_code, reason_text, restricted, started, expires) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)',
    parameters: [id, user, patient, organisation ?? null, reasonCode, reasonText, documented, started, expires],
  })
}

/** One break-glass after the other for one user, until the transaction ends. */
export async function aloneInEmergency(session: Session, user: string): Promise<void> {
  await session.query({
    sql: "select pg_advisory_xact_lock(hashtextextended('emergency ' || $1, 0))",
    parameters: [user],
  })
}

/** How many patients beside this one the user has open now, and has opened since an instant. */
export async function othersOpened(
  session: Session,
  user: string,
  patient: string,
  since: string,
): Promise<{ open: number; begun: number }> {
  const [row] = await session.query<{ open: number; begun: number }>({
    sql: 'select count(distinct patient) filter (where ended is null and expires > now())::int as open, count(distinct patient) filter (where started > $3::timestamptz)::int as begun from emergency_access where user_ref = $1 and patient <> $2 and (expires > now() or started > $3::timestamptz)',
    parameters: [user, patient, since],
  })
  return row!
}

/** Reasons that the user gave for this patient since an instant, newest first. */
export async function reasonsSince(session: Session, user: string, patient: string, since: string): Promise<string[]> {
  const rows = await session.query<{ reason: string }>({
    sql: 'select reason_text as reason from emergency_access where user_ref = $1 and patient = $2 and started > $3::timestamptz order by started desc',
    parameters: [user, patient, since],
  })
  return rows.map(({ reason }) => reason)
}

/** Ids of what ended: the user's own accesses to the patient. */
export async function endEmergency(session: Session, user: string, patient: string): Promise<string[]> {
  const rows = await session.query<{ id: string }>({
    sql: 'update emergency_access set ended = now() where user_ref = $1 and patient = $2 and ended is null and expires > now() returning id',
    parameters: [user, patient],
  })
  return rows.map(({ id }) => id)
}

/** The audit event of what a transaction did, in the transaction itself. */
export async function recordEvent(session: Session, event: Statement<unknown>): Promise<void> {
  await session.query(event)
}
