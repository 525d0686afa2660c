// Rows of erasure that are not what their leaves and AuditEvents say: whose record, which leaves, why in a code, by whom. Counts
// of versions are held from below, for of a record of before the log not every version had a leaf to erase.
import { readLeaf } from '../../provenance/leaf.ts'
import type { Session } from '../database.ts'
import type { Contradiction } from './contradiction.ts'
import { type DeedEvent, milliseconds } from './deed-events.ts'
import { isNear, type ToldDeeds } from './told-deeds.ts'

interface ErasureRow {
  readonly mark: string
  readonly entries: readonly string[]
  /** Milliseconds. */
  readonly erased: number
  readonly reason: string
  readonly user: string
  /** How many went. */
  readonly versions: number
}

const ROWS = `select encode(mark, 'hex') as mark, entries::text[] as entries, ${milliseconds('erased')} as erased, reason, by_user as user,
  (select coalesce(sum(case when n.value ~ '^\\d{1,9}$' then n.value::float8 else '-infinity' end), 0)
    from jsonb_each_text(case when jsonb_typeof(versions) = 'object' then versions else '{"none": "x"}' end) as n) as versions
from erasure order by mark`
const LEAVES = `select entry, leaf from log_leaf where type = 'AuditEvent' and position('"t":"erase"'::bytea in leaf) > 0 order by entry`

export async function erasureContradictions(session: Session, told: ToldDeeds): Promise<Contradiction[]> {
  const rows = await session.query<ErasureRow>({ sql: ROWS, parameters: [] })
  const events = Map.groupBy(told.of('erase'), ({ mark }) => mark ?? '')
  const found = rows.flatMap((row): Contradiction[] => {
    const own = events.get(row.mark)
    const at = row.entries[0] ?? '-'
    if (!own) return [{ code: 'erasure-untold', at }]
    return isTold(row, own.toSorted(byPart)) ? [] : [{ code: 'erasure-differs', at }]
  })
  for (const event of told.of('erase'))
    if (!told.erased(event)) found.push({ code: 'erasure-differs', at: event.entry ?? event.id })
  return [...found, ...(await withoutRow(session, rows, found))]
}

/** `reason`, or `reason; part 1 of 2`. */
const partOf = ({ words }: DeedEvent): number => Number(/^part (\d+) of \d+$/.exec(words[1] ?? '')?.[1] ?? 1)
const byPart = (a: DeedEvent, b: DeedEvent) => partOf(a) - partOf(b)

function isTold({ entries, erased, reason, user, versions }: ErasureRow, events: readonly DeedEvent[]): boolean {
  const leaves = events.flatMap(({ entry, leaf }) =>
    entry !== null && leaf?.type === 'erase' ? [{ entry, leaf }] : [],
  )
  const named = leaves.reduce((sum, { leaf }) => sum + (leaf.erased?.length ?? 0), 0)
  return (
    leaves.map(({ entry }) => entry).join() === entries.join() &&
    (entries.length === 0 || leaves.length === events.length) &&
    versions >= named &&
    events.every((event) => event.user === user && event.words[0] === reason && isNear(event.at, erased))
  )
}

/** Erase leaves that no erasure has, whatever event they tell. */
async function withoutRow(
  session: Session,
  rows: readonly ErasureRow[],
  found: readonly Contradiction[],
): Promise<Contradiction[]> {
  const known = new Set([...rows.flatMap(({ entries }) => entries), ...found.map(({ at }) => at)])
  const leaves = await session.query<{ entry: string; leaf: Buffer }>({ sql: LEAVES, parameters: [] })
  return leaves
    .filter(({ entry, leaf }) => !known.has(entry) && readLeaf(leaf)?.type === 'erase')
    .map(({ entry }) => ({ code: 'erasure-differs', at: entry }))
}
