// What an organisation is part of: its hospital, and the house that owns it. Asked with every request, so it is looked up a
// few times a minute only.
import { elapsed } from '../kernel/clock.ts'
import type { Session } from './database.ts'

// A circle ends: nothing comes twice. One that does not stand counts too, for a consent may name it.
const ABOVE = `with recursive house(ref) as (
  select 'Organization/' || $1::text
  union select o.partof from house join "organization" as o on o.id = substr(house.ref, 14) and house.ref like 'Organization/%'
  where not o.deleted and o.partof is not null
)
select substr(ref, 14) as id from house where ref <> 'Organization/' || $1::text and ref like 'Organization/%' order by 1`

/** Milliseconds after which a changed `partOf` is felt. */
const FRESH = 10_000
/** Organisations that are remembered; tokens name few. */
const KNOWN_MAX = 1000

interface Known {
  readonly above: Promise<readonly string[]>
  readonly at: number
}

async function look(session: Session, id: string): Promise<string[]> {
  const rows = await session.query<{ id: string }>({ sql: ABOVE, parameters: [id] })
  return rows.map((row) => row.id)
}

/** Of an id, the ids of all Organizations above, in one order. */
export function organisationsAbove(session: Session): (id: string) => Promise<readonly string[]> {
  const known = new Map<string, Known>()
  return (id) => {
    const found = known.get(id)
    if (found && elapsed() - found.at < FRESH) return found.above
    if (known.size >= KNOWN_MAX) known.clear()
    const above = look(session, id)
    above.catch(() => known.delete(id))
    known.set(id, { above, at: elapsed() })
    return above
  }
}
