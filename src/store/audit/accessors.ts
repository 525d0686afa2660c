// Who read one patient's data since a moment: each user once for each role, organisation and purpose, those who read last
// first. By patient alone, newest first and no further than asked; that the asker may hear it is for the caller to have
// decided.
import type { Session } from '../database.ts'

export interface Accessor {
  /** `Practitioner/1` */
  readonly user: string
  /** `Organization/1` */
  readonly organisation: string | null
  readonly role: string
  readonly purpose: string
  /** When last, as an instant. */
  readonly last: string
}

export interface Accessors {
  readonly accessors: readonly Accessor[]
  /** Where the log was not read to the end: whoever read after this moment is among them. */
  readonly cut?: string
}

// Entries of one frame were made alike by one user: one of them speaks for all. What an entry names: see the view.
const NAMED = `coalesce(e.entity, array[case when f.subject then 'Patient/' || e.patient end, split_part(e.data, '/_history/', 1)])`
const NEWEST = `newest as materialized (
  select * from (
    (select e.frame::text as alike, e.id, e.recorded as at, f.outcome = '0' and $2 = any(${NAMED}) as counts
      from (select * from audit_entry where patient = $1 and recorded >= $3::timestamptz
        order by recorded desc nulls last, id desc limit $4 + 1) as e join audit_frame as f on f.hash = e.frame)
    union all
    (select id, id, date_low, outcome = '0' and $2 = any(entity) from audit_event_foreign
      where patient = $1 and date_low >= $3::timestamptz order by date_low desc nulls last, id desc limit $4 + 1)
  ) as seen order by at desc limit $4 + 1
), cut as (select at from newest order by at desc offset $4)`

const instantOf = (time: string) => `to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
const OF_ORGANISATION = '$.agent[*] ? (!exists (@.purposeOfUse)) .who.reference ? (@ starts with "Organization/")'
const READS = "('read', 'vread', 'search-type', 'history-instance')"
// The last row, of nobody, says where the rest was cut off.
const SQL = `with ${NEWEST}, kept as (
  select min(id) as id, max(at) as last from newest
  where counts and not exists (select from cut where cut.at >= newest.at) group by alike
), told as materialized (
  select kept.last, event.content::jsonb as content from kept join audit_event as event on event.id = kept.id
)
(select who.agent -> 'who' ->> 'reference' as user, jsonb_path_query_first(content, '${OF_ORGANISATION}') #>> '{}' as organisation,
  who.agent -> 'role' -> 0 -> 'coding' -> 0 ->> 'code' as role,
  who.agent -> 'purposeOfUse' -> 0 -> 'coding' -> 0 ->> 'code' as purpose, ${instantOf('max(last)')} as last
from told cross join lateral jsonb_path_query(content, '$.agent[*] ? (exists (@.purposeOfUse))') as who(agent)
where content -> 'subtype' -> 0 ->> 'code' in ${READS} and who.agent -> 'who' ->> 'reference' is not null
group by 1, 2, 3, 4)
union all select null, null, null, null, ${instantOf('at')} from cut order by last desc, 1, 2 nulls first, 3, 4`

/** `since` as an instant; of the newest `entriesMax` entries of the log that are about the patient. */
export async function accessorsOf(
  session: Session,
  patient: string,
  since: string,
  entriesMax: number,
): Promise<Accessors> {
  const rows = await session.query<Accessor | Cut>({
    sql: SQL,
    parameters: [patient, `Patient/${patient}`, since, entriesMax],
  })
  const cut = rows.find(({ user }) => user === null)?.last
  return { accessors: rows.filter((row): row is Accessor => row.user !== null), ...(cut !== undefined && { cut }) }
}

interface Cut {
  readonly user: null
  readonly last: string
}
