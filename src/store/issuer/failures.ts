// Failed sign-ins. An attempt is counted before its outcome is known, in one statement: guesses made at the same time
// cannot outrun the count. Subjects are hashed by the caller.
import { instant } from '../../kernel/clock.ts'
import type { Session } from '../database.ts'

/** So many failures, each within so many minutes of the last, lock for that time. */
export const FAILURES_MAX = 5
const LOCK = "interval '15 minutes'"
/** An address loses one failure per so many seconds. */
const DRAIN_SECONDS = 30

// Past FAILURES_MAX the count goes on while locked, without moving the end of the lock.
const ATTEMPT = `insert into sign_in_failure as f (subject, failures, last) values ($1, 1, $2::timestamptz)
on conflict (subject) do update set
  failures = case when f.locked_until > excluded.last then least(f.failures + 1, 1000000)
                  when f.locked_until is not null or f.last < excluded.last - ${LOCK} then 1
                  else f.failures + 1 end,
  locked_until = case when f.locked_until > excluded.last then f.locked_until
                      when f.locked_until is null and f.last >= excluded.last - ${LOCK} and f.failures + 1 >= ${FAILURES_MAX}
                      then excluded.last + ${LOCK} end,
  last = excluded.last
returning failures`

/** Counts an attempt as failed. False: the subject is locked, and the attempt must fail whatever it holds. */
export async function beginAttempt(session: Session, subject: string): Promise<boolean> {
  const [row] = await session.query<{ failures: number }>({ sql: ATTEMPT, parameters: [subject, instant()] })
  return row!.failures <= FAILURES_MAX
}

/** The attempt succeeded: nothing is held against the subject any more. */
export async function forgive(session: Session, subject: string): Promise<void> {
  await session.query({ sql: 'delete from sign_in_failure where subject = $1', parameters: [subject] })
}

const ADDRESS = `insert into sign_in_failure as f (subject, failures, last) values ($1, 1, $2::timestamptz)
on conflict (subject) do update set
  failures = least(greatest(f.failures - floor(extract(epoch from excluded.last - f.last) / ${DRAIN_SECONDS})::int, 0) + 1, 1000),
  last = greatest(f.last, case
    when extract(epoch from excluded.last - f.last) >= f.failures * ${DRAIN_SECONDS} then excluded.last
    else f.last + floor(extract(epoch from excluded.last - f.last) / ${DRAIN_SECONDS}) * interval '${DRAIN_SECONDS} seconds' end)
returning failures`

/** Counts an attempt from an address; how many of the last ones failed, this one included. */
export async function countAddress(session: Session, subject: string): Promise<number> {
  const [row] = await session.query<{ failures: number }>({ sql: ADDRESS, parameters: [subject, instant()] })
  return row!.failures
}

/** The attempt succeeded: it does not count against the address. Others that failed still do. */
export async function uncountAddress(session: Session, subject: string): Promise<void> {
  await session.query({
    sql: 'update sign_in_failure set failures = greatest(failures - 1, 0) where subject = $1',
    parameters: [subject],
  })
}

/** Removes what no longer matters. */
export async function sweepFailures(session: Session): Promise<void> {
  await session.query({
    sql: `delete from sign_in_failure where last < $1::timestamptz - interval '1 day' and (locked_until is null or locked_until < $1::timestamptz)`,
    parameters: [instant()],
  })
}
