// Audit events as they stand in the tables, to the last column, with what blinds them in their batch: what the operator's dump
// tells, and what a proof is made of. What cannot have been written so is told as a separator, which no check lets pass.
import { SEPARATOR } from '../../provenance/batch.ts'
import { SALT_SIZE } from '../../provenance/commitment.ts'
import { frameOf, ROW, type StoredEvent } from '../../provenance/stored-event.ts'
import { HASH_SIZE } from '../../provenance/tree-hasher.ts'
import type { Session } from '../database.ts'
import { saltsAt } from './batch-leaf.ts'
import { ENTRY, FRAME, literal } from './columns.ts'

/** A column as the text that was hashed. An empty text is none that is ever stored: it would be null. */
function textOf(table: string, column: string, type: string): string {
  const value = `${table}.${column}`
  if (type === 'text[]')
    return `case when array_lower(${value}, 1) <> 1 then array[U&'\\001D'] else ${value} end as ${column}`
  const text: Readonly<Record<string, string>> = {
    timestamptz: `case when ${value} >= '0001-01-01' then to_char(${value} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') end`,
    // As src/store/audit/event.ts writes the one, and frame.ts the other.
    boolean: table === 'e' ? `case when ${value} then 't' else 'f' end` : `${value}::text`,
  }
  return `case when ${value} is null then '' else coalesce(nullif(${text[type] ?? `${value}::text`}, ''), U&'\\001D') end as ${column}`
}

const textsOf = (table: string, columns: Readonly<Record<string, string>>): string =>
  Object.entries(columns)
    .map(([column, type]) => textOf(table, column, type))
    .join(', ')

const FRAMES = `select ${textsOf('f', FRAME)} from audit_frame as f where hash = any($1::uuid[])`
const EVENTS_OF = `select ${textsOf('e', ENTRY)}, e.batch, coalesce(e.place, -1) as place, s.salt, e.salts, substring(l.tree for ${HASH_SIZE}) as version
from audit_entry as e left join log_leaf as l on l.entry = e.batch left join log_salt as s on s.id = l.salt
where e.batch = $1 order by coalesce(e.place, -1), e.id`

type Text = string | null | readonly unknown[]
interface EventRow extends Readonly<Record<(typeof ROW)[number], Text>> {
  readonly batch: string
  readonly place: number
  /** Of the batch, or of the version that the event stands behind. */
  readonly salt: Buffer | null
  /** Of an event behind a version. */
  readonly salts: Buffer | null
  readonly version: Buffer | null
}

const isText = (item: unknown): item is string => typeof item === 'string'

/** Arrays in the one form in which they are written. */
function printed(value: Text): string {
  if (value === null) return ''
  if (isText(value)) return value
  return value.every(isText) ? literal(value) || '{}' : SEPARATOR
}

const NO_SALTS = new Uint8Array(0)

function storedFrom(row: EventRow): StoredEvent {
  const { batch, place, version } = row
  const stored = { batch, place, salts: saltsOf(row), row: ROW.map((column) => printed(row[column])) }
  return version ? { ...stored, version } : stored
}

function saltsOf({ place, salt, salts, version }: EventRow): Uint8Array {
  if (version) return salts ?? NO_SALTS
  return salts === null && salt?.length === SALT_SIZE && place >= 0 ? saltsAt(salt, place) : NO_SALTS
}

/** The frames of events that were not told yet, each beside the first event that has it. */
async function framed(session: Session, events: readonly StoredEvent[], told: Set<string>): Promise<StoredEvent[]> {
  const fresh = new Map(events.filter((event) => !told.has(frameOf(event))).map((event) => [frameOf(event), event]))
  const rows =
    fresh.size === 0 ? [] : await session.query<Record<string, Text>>({ sql: FRAMES, parameters: [[...fresh.keys()]] })
  const frames = new Map(rows.map((row) => [row.hash, Object.keys(FRAME).map((column) => printed(row[column]!))]))
  return events.map((event) => {
    const name = frameOf(event)
    const frame = told.has(name) ? undefined : frames.get(name)
    told.add(name)
    return frame ? { ...event, frame } : event
  })
}

/** All events of one batch, by their places. */
export async function eventsOfBatch(session: Session, batch: string): Promise<StoredEvent[]> {
  const rows = await session.query<EventRow>({
    sql: EVENTS_OF,
    parameters: [batch],
  })
  return framed(session, rows.map(storedFrom), new Set())
}

const PAGE = 1000
const NIL = '00000000-0000-0000-0000-000000000000'
/** The next events first, then what belongs to each: a join of the whole would begin at the start for every page. */
const PAGES = `select ${textsOf('e', ENTRY)}, e.batch, coalesce(e.place, -1) as place, s.salt, e.salts, substring(l.tree for ${HASH_SIZE}) as version,
  l.entry is not null and (l.leaf_index is null or l.leaf_index >= $4) as waits
from (
  select * from audit_entry as e where e.batch >= $1 and (e.batch, coalesce(e.place, -1)::bigint, e.id) > ($1, $2::bigint, $3)
  order by e.batch, coalesce(e.place, -1), e.id limit $5
) as e left join lateral (select * from log_leaf as l where l.entry = e.batch offset 0) as l on true
  left join log_salt as s on s.id = l.salt
order by e.batch, coalesce(e.place, -1), e.id`

/**
 * Page by page every event that has a batch, batch by batch. What waits for its place in the log is left out; what names no
 * entry is not.
 * @param size how many entries are signed
 */
export async function* storedEvents(session: Session, size: number, page = PAGE): AsyncGenerator<StoredEvent[]> {
  const told = new Set<string>()
  let after: readonly [batch: string, place: number, id: string] = [NIL, -2_147_483_649, '']
  for (;;) {
    const parameters = [...after, size, page]
    const rows = await session.query<EventRow & { waits: boolean }>({ sql: PAGES, parameters, varied: true })
    const last = rows.at(-1)
    if (!last) return
    const placed = rows.filter(({ waits }) => !waits).map(storedFrom)
    if (placed.length > 0) yield await framed(session, placed, told)
    after = [last.batch, last.place, String(last.id)]
  }
}

/** Since when there are batches: the first event that has one. */
const SINCE = `select min(recorded) from audit_entry
where batch = (select batch from audit_entry where batch is not null order by batch limit 1)`
const LOOSE = `select id, source, to_char(recorded at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as recorded,
  coalesce(recorded >= (${SINCE}), false) as late
from (
  select id, recorded, 0 as source from audit_entry where batch is null union all select id, last_updated, 1 from audit_event_foreign
) as loose where (id, source) > ($1, $2::int) order by id, source limit $3`

export interface LooseEvent {
  readonly id: string
  readonly recorded: string
  /** It came when events had batches already. */
  readonly late: boolean
}

/** Page by page every event that has no batch: those that an earlier release stored, and what has no business there. */
export async function* looseEvents(session: Session, page = PAGE): AsyncGenerator<LooseEvent[]> {
  // Of each table an id may stand there once.
  for (let after: readonly unknown[] = ['', -1]; ; ) {
    const rows = await session.query<LooseEvent & { source: number }>({ sql: LOOSE, parameters: [...after, page] })
    const last = rows.at(-1)
    if (!last) return
    yield rows
    after = [last.id, last.source]
  }
}
