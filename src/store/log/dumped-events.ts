// Audit events for a dump: to the last column, batch by batch; those that no batch has; and those that have a leaf of their own,
// as lines of the export of versions.
import { disclosedLine } from '../../provenance/disclosed-version.ts'
import { storedEventLine } from '../../provenance/stored-event.ts'
import { looseEvents, storedEvents } from '../audit/stored-events.ts'
import type { Session } from '../database.ts'
import type { Contradiction } from './contradiction.ts'
import { EVENTS, UNLOGGED_EVENTS, VERSIONS } from './dump-files.ts'

export interface DumpedEvents {
  readonly path: string
  readonly lines: string
  readonly count: number
  readonly found?: readonly Contradiction[]
}

const PAGE = 500
const linesOf = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('')

/** @param size how many entries are signed */
export async function* dumpedEvents(session: Session, size: number): AsyncGenerator<DumpedEvents> {
  for await (const page of storedEvents(session, size))
    yield { path: EVENTS, lines: linesOf(page.map(storedEventLine)), count: page.length }
  for await (const page of looseEvents(session)) {
    const early = page.filter(({ late }) => !late).map(({ id, recorded }) => JSON.stringify({ id, recorded }))
    const found = page.filter(({ late }) => late).map(({ id }): Contradiction => ({ code: 'event-loose', at: id }))
    yield { path: UNLOGGED_EVENTS, lines: linesOf(early), count: page.length, found }
  }
  yield* ownLeaves(session, size)
}

interface EventRow {
  readonly id: string
  readonly version: number
  readonly entry: string
  readonly decision: string
  readonly salt: Buffer | null
  readonly content: string | null
}

const OWN = `select l.id, l.version, l.entry, coalesce(l.decision, '') as decision, s.salt, e.content
from log_leaf as l left join log_salt as s on s.id = l.salt left join audit_event as e on e.id = l.id
where l.type = 'AuditEvent' and not exists (select from resource_version as v where (v.type, v.id, v.version) = (l.type, l.id, l.version)) and l.leaf_index < $1 and (l.id, l.version::bigint) > ($2, $3::bigint) order by l.id, l.version limit $4`

/** Of an erasure, for one: what was erased stands in the leaf, why and by whom in its event. */
async function* ownLeaves(session: Session, size: number): AsyncGenerator<DumpedEvents> {
  for (let after = { id: '', version: -2_147_483_649 }, more = true; more; ) {
    const rows = await session.query<EventRow>({ sql: OWN, parameters: [size, after.id, after.version, PAGE] })
    const lines = rows.map(({ id, version, entry, decision, salt, content }) =>
      disclosedLine({
        ...{ entry, salt: salt ?? new Uint8Array(0), resourceType: 'AuditEvent', id, versionId: String(version) },
        ...{ op: 'create', resource: content ?? '', provenance: '', decision },
      }),
    )
    yield { path: VERSIONS, lines: linesOf(lines), count: rows.length }
    after = rows.at(-1) ?? after
    more = rows.length === PAGE
  }
}
