// Rows of emergency_access that are not what their AuditEvents say: who broke the glass, for whom, why in a code, until when.
// The event of one names its review, a Task of the same id, and has a `btg` leaf.
import type { Session } from '../database.ts'
import type { Contradiction } from './contradiction.ts'
import { type DeedEvent, milliseconds } from './deed-events.ts'
import { isBefore, isNear, type ToldDeeds } from './told-deeds.ts'

interface EmergencyRow {
  readonly id: string
  readonly user: string
  readonly patient: string
  readonly organisation: string | null
  readonly reason: string
  readonly documented: boolean
  /** Milliseconds. */
  readonly started: number
  readonly expires: number
  readonly ended: number | null
}

const ROWS = `select id, user_ref as user, patient, organisation, reason_code as reason, restricted as documented,
  ${['started', 'expires', 'ended'].map((at) => `${milliseconds(at)} as ${at}`).join(', ')} from emergency_access order by started, id`

/** As src/interactions/emergency/access.ts opens a record, in every release so far. */
const [LASTS, DOCUMENTED] = [60 * 60_000, 'medical emergency documented']

const idsIn = ({ named }: DeedEvent) => named.flatMap((what) => (what.startsWith('Task/') ? [what.slice(5)] : []))
const byId = (events: readonly DeedEvent[]) => new Map(events.flatMap((event) => idsIn(event).map((id) => [id, event])))
const isBtg = ({ leaf }: DeedEvent) => leaf?.type === 'btg'

export async function emergencyContradictions(session: Session, told: ToldDeeds): Promise<Contradiction[]> {
  const rows = await session.query<EmergencyRow>({ sql: ROWS, parameters: [] })
  const [begun, ended] = [byId(told.of('break-glass')), byId(told.of('break-glass-end'))]
  // A release before it gave them no leaf: its events are in batches, or nothing proves them.
  const since = told.of('break-glass').find(isBtg)?.at ?? Number.POSITIVE_INFINITY
  const next = nextOf(rows)
  const found: Contradiction[] = []
  for (const row of rows) {
    const { id } = row
    const event = begun.get(id)
    if (!event || (event.at >= since && !isBtg(event))) found.push({ code: 'emergency-untold', at: id })
    else if (!isTold(row, event) || told.erased(event)) found.push({ code: 'emergency-differs', at: id })
    else if (event.logged && !endedAsTold(row, ended.get(id), next.get(row)))
      found.push({ code: 'emergency-differs', at: id })
  }
  const there = new Set(rows.map(({ id }) => id))
  for (const [id, event] of begun)
    if (event.logged && !there.has(id) && !told.erased(event)) found.push({ code: 'emergency-differs', at: id })
  return found
}

function isTold(row: EmergencyRow, event: DeedEvent): boolean {
  if (row.expires - row.started !== LASTS) return false
  if (!event.logged) return true
  return (
    event.patient === row.patient &&
    event.user === row.user &&
    event.organisation === row.organisation &&
    event.words[0] === row.reason &&
    event.words.includes(DOCUMENTED) === row.documented &&
    isNear(event.at, row.started)
  )
}

/** The same user opens the same record again: what is under way then ends. */
function nextOf(rows: readonly EmergencyRow[]): ReadonlyMap<EmergencyRow, EmergencyRow> {
  const [later, next] = [new Map<string, EmergencyRow>(), new Map<EmergencyRow, EmergencyRow>()]
  for (const row of rows.toReversed()) {
    const key = JSON.stringify([row.user, row.patient])
    const one = later.get(key)
    if (one) next.set(row, one)
    later.set(key, row)
  }
  return next
}

function endedAsTold(
  { ended, expires }: EmergencyRow,
  event: DeedEvent | undefined,
  again: EmergencyRow | undefined,
): boolean {
  if (ended === null) return !event && !(again && isBefore(again.started, expires))
  return [event?.at, again?.started].some((at) => at !== undefined && isNear(at, ended))
}
