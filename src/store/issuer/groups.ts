// What a user belongs to: the Group, CareTeam and PractitionerRole resources that name them. Consents can name these as
// recipients, so only what is in force counts: inactive memberships and those of another time do not.
import { dateBounds } from '../../fhir/dates.ts'
import { localReference } from '../../fhir/references.ts'
import { now } from '../../kernel/clock.ts'
import { isObject, readStored } from '../../kernel/json.ts'
import type { Session } from '../database.ts'

type Content = Record<string, unknown>
interface Row {
  type: 'Group' | 'CareTeam' | 'PractitionerRole'
  id: string
  content: string
}

// A role counts where the user acts: at the organisation of the sign-in or one that it is part of.
const NAMING = `with recursive house(ref) as (
  select $2::text
  union select o.partof from house join "organization" o on not o.deleted and 'Organization/' || o.id = house.ref where o.partof is not null
)
select 'Group' as type, id, content from "group" where not deleted and member @> array[$1::text]
union all select 'CareTeam', id, content from "care_team" where not deleted and participant @> array[$1::text]
union all select 'PractitionerRole', id, content from "practitioner_role" where not deleted and practitioner = $1
  and (organization is null or $2::text is null or organization in (select ref from house))`

/** References in order, `['CareTeam/1', 'Group/2']`. `organisation` as `Organization/1`. */
export async function groupsOf(session: Session, user: string, organisation?: string): Promise<string[]> {
  const rows = await session.query<Row>({ sql: NAMING, parameters: [user, organisation ?? null] })
  const at = now()
  return rows
    .filter(({ type, content }) => belongs[type](readStored(content, false) as Content, user, at))
    .map(({ type, id }) => `${type}/${id}`)
    .sort()
}

const objects = (value: unknown): Content[] => (Array.isArray(value) ? value.filter(isObject) : [])
const names = (reference: unknown, user: string) => localReference(reference) === user

/** Whether a Period holds at an instant. An absent one always does; a boundary that nobody can read never. */
function isDuring(period: unknown, at: number): boolean {
  if (!isObject(period)) return period === undefined
  const [start, end] = [period.start, period.end].map((text) =>
    typeof text === 'string' ? dateBounds(text) : undefined,
  )
  if ((period.start !== undefined && !start) || (period.end !== undefined && !end)) return false
  return (!start || start.low <= at) && (!end || at < end.high)
}

const belongs: Record<Row['type'], (content: Content, user: string, at: number) => boolean> = {
  Group: ({ active, actual, member }, user, at) =>
    active !== false &&
    actual === true &&
    objects(member).some((m) => names(m.entity, user) && m.inactive !== true && isDuring(m.period, at)),
  CareTeam: ({ status, period, participant }, user, at) =>
    (status === undefined || status === 'active') &&
    isDuring(period, at) &&
    objects(participant).some((p) => names(p.member, user) && isDuring(p.period, at)),
  PractitionerRole: ({ active, period }, _user, at) => active !== false && isDuring(period, at),
}
