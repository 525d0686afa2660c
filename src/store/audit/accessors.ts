// Who read one patient's data since a moment: each user once for each role, organisation and purpose, with how often.
// Reads audit_event by patient alone; that the asker may hear it is for the caller to have decided.
import type { Session } from '../database.ts'

export interface Accessor {
  /** `Practitioner/1` */
  readonly user: string
  /** `Organization/1` */
  readonly organisation: string | null
  readonly role: string
  readonly purpose: string
  readonly times: number
}

const AGENT = `jsonb_path_query(event.content::jsonb, '$.agent[*] ? (exists (@.purposeOfUse))') as who(agent)`
const SQL = `select who.agent -> 'who' ->> 'reference' as user,
  jsonb_path_query_first(event.content::jsonb, '$.agent[*] ? (!exists (@.purposeOfUse)) .who.reference ? (@ starts with "Organization/")') #>> '{}' as organisation,
  who.agent -> 'role' -> 0 -> 'coding' -> 0 ->> 'code' as role,
  who.agent -> 'purposeOfUse' -> 0 -> 'coding' -> 0 ->> 'code' as purpose,
  count(*)::int as times
from audit_event as event cross join lateral ${AGENT}
where event.patient = $1 and $2 = any(event.entity) and event.date_low >= $3::timestamptz and event.outcome = '0'
  and event.content::jsonb -> 'subtype' -> 0 ->> 'code' in ('read', 'vread', 'search-type', 'history-instance')
  and who.agent -> 'who' ->> 'reference' is not null
group by 1, 2, 3, 4 order by 1, 2 nulls first, 3, 4 limit $4`

/** `since` as an instant; at most `limit`. */
export const accessorsOf = (session: Session, patient: string, since: string, limit: number): Promise<Accessor[]> =>
  session.query<Accessor>({ sql: SQL, parameters: [patient, `Patient/${patient}`, since, limit] })
