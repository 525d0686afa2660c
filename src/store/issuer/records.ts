// What the embedded issuer keeps until it expires: sessions, grants, codes, refresh tokens, and the names of tokens taken
// back. Whatever must happen once (consume, insert) is one statement that says whether it was the first.
import { instant } from '../../kernel/clock.ts'
import type { Database, Session } from '../database.ts'

export type Payload = Record<string, unknown>

export interface IssuerRecord {
  readonly model: string
  readonly id: string
  readonly payload: Payload
  readonly grantId?: string
  readonly uid?: string
  readonly userCode?: string
  /** Milliseconds since the epoch; absent: kept until destroyed. */
  readonly expires?: number
}

/** The model under which `jti` of tokens taken back rest until the token expires. */
export const REVOKED = 'RevokedToken'

const parametersOf = ({ model, id, payload, grantId, uid, userCode, expires }: IssuerRecord) => [
  model,
  id,
  JSON.stringify(payload),
  grantId ?? null,
  uid ?? null,
  userCode ?? null,
  expires === undefined ? null : instant(expires),
]

const INSERT = 'insert into issuer_record (model, id, payload, grant_id, uid, user_code, expires) '
const VALUES = '$1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::timestamptz'

/** Nothing is stored under a grant that is gone: the lock holds back whoever takes the grant away until this stands. */
const GRANTED =
  "where $4::text is null or exists (select 1 from issuer_record where model = 'Grant' and id = $4 for share) "

/** False if its grant was taken away. */
export async function putRecord(session: Session, record: IssuerRecord): Promise<boolean> {
  const rows = await session.query({
    sql: `${INSERT}select ${VALUES} ${GRANTED}on conflict (model, id) do update set payload = excluded.payload, grant_id = excluded.grant_id, uid = excluded.uid, user_code = excluded.user_code, expires = excluded.expires returning 1 as stored`,
    parameters: parametersOf(record),
  })
  return rows.length === 1
}

/** False if it stood already: who comes second has lost. */
export async function addRecord(session: Session, record: IssuerRecord): Promise<boolean> {
  const rows = await session.query({
    sql: `${INSERT}values (${VALUES}) on conflict (model, id) do nothing returning 1 as added`,
    parameters: parametersOf(record),
  })
  return rows.length === 1
}

interface Row {
  payload: string
  /** Seconds since the epoch. */
  consumed: number | null
}

/** Undefined for what never stood or has expired. `consumed` is in seconds, as oidc-provider wants it. */
export async function findRecord(
  session: Session,
  model: string,
  column: 'id' | 'uid' | 'user_code',
  value: string,
): Promise<Payload | undefined> {
  const [row] = await session.query<Row>({
    sql: `select payload, extract(epoch from consumed)::int as consumed from issuer_record where model = $1 and ${column} = $2 and (expires is null or expires > $3::timestamptz)`,
    parameters: [model, value, instant()],
  })
  if (!row) return undefined
  const payload = JSON.parse(row.payload) as Payload
  return row.consumed === null ? payload : { ...payload, consumed: row.consumed }
}

/** False if somebody consumed it before. */
export async function consumeRecord(session: Session, model: string, id: string): Promise<boolean> {
  const rows = await session.query({
    sql: 'update issuer_record set consumed = $3::timestamptz where model = $1 and id = $2 and consumed is null returning 1 as taken',
    parameters: [model, id, instant()],
  })
  return rows.length === 1
}

export async function destroyRecord(session: Session, model: string, id: string): Promise<void> {
  await session.query({ sql: 'delete from issuer_record where model = $1 and id = $2', parameters: [model, id] })
}

/** Removes a grant with everything issued under it, and takes its access tokens back. */
export function destroyGrant(database: Database, grantId: string): Promise<void> {
  return database.transaction(async (session) => {
    // First the grant alone: when it is gone, nothing can be added to what the next statement sees.
    await destroyRecord(session, 'Grant', grantId)
    await session.query({
      sql: `with gone as (delete from issuer_record where grant_id = $1 returning model, id, expires)
insert into issuer_record (model, id, payload, expires) select $2, id, '{}', expires from gone where model = 'AccessToken' on conflict (model, id) do nothing`,
      parameters: [grantId, REVOKED],
    })
  })
}

/** Ends what an account has open: its sessions, and every grant with what was issued under it. */
export async function endAccess(database: Database, username: string): Promise<void> {
  const rows = await database.query<{ model: string; id: string }>({
    sql: "select model, id from issuer_record where model in ('Grant', 'Session') and payload::json ->> 'accountId' = $1 union all select model, id from issuer_record where model = 'HalfSignIn' and payload::json ->> 'username' = $1 union all select model, id from issuer_record where model = 'Interaction' and payload::json #>> '{result,login,accountId}' = $1",
    parameters: [username],
  })
  for (const { model, id } of rows)
    if (model === 'Grant') await destroyGrant(database, id)
    else await destroyRecord(database, model, id)
}

/** Takes one access token back: its record goes, its name stays refused until it would have expired. */
export async function revokeToken(session: Session, model: string, jti: string): Promise<void> {
  await session.query({
    sql: `with gone as (delete from issuer_record where model = $1 and id = $2 returning id, expires)
insert into issuer_record (model, id, payload, expires) select $3, id, '{}', expires from gone on conflict (model, id) do nothing`,
    parameters: [model, jti, REVOKED],
  })
}

/** `jti` of all tokens that were taken back and that a clock a little behind still takes. */
export async function revokedTokens(session: Session): Promise<string[]> {
  const rows = await session.query<{ id: string }>({
    sql: "select id from issuer_record where model = $1 and (expires is null or expires > $2::timestamptz - interval '2 minutes')",
    parameters: [REVOKED, instant()],
  })
  return rows.map(({ id }) => id)
}

/** Removes what has expired; two minutes late, so that clocks of several machines may differ. */
export async function sweepRecords(session: Session): Promise<void> {
  await session.query({
    sql: "delete from issuer_record where expires < $1::timestamptz - interval '2 minutes'",
    parameters: [instant()],
  })
}
