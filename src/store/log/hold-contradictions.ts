// Rows of legal_hold that are not what their AuditEvents say: who placed one on whose record, until when, and who lifted it. The
// event of one bears its id; an earlier release told them apart by time alone, and did not tell until when.
import type { Session } from '../database.ts'
import type { Contradiction } from './contradiction.ts'
import { type DeedEvent, milliseconds } from './deed-events.ts'
import { isBefore, isNear, type ToldDeeds } from './told-deeds.ts'

interface HoldRow {
  readonly id: string
  readonly patient: string
  readonly organisation: string
  readonly placedBy: string
  /** Milliseconds. */
  readonly placed: number
  readonly until: number | null
  readonly lifted: number | null
  readonly liftedBy: string | null
}

const ROWS = `select id, patient, organisation, placed_by as "placedBy", lifted_by as "liftedBy",
  ${['placed', 'until', 'lifted'].map((at) => `${milliseconds(at)} as ${at}`).join(', ')} from legal_hold order by placed, id`

export async function holdContradictions(session: Session, told: ToldDeeds): Promise<Contradiction[]> {
  const rows = await session.query<HoldRow>({ sql: ROWS, parameters: [] })
  const unused = new Map(told.of('hold').map((event) => [event.id, event]))
  const found: Contradiction[] = []
  // Those whose events bear their ids take them first.
  for (const row of rows.toSorted((a, b) => Number(unused.has(b.id)) - Number(unused.has(a.id)))) {
    const event = unused.get(row.id) ?? [...unused.values()].find((one) => isUnnamed(one) && isPlacing(one, row))
    if (event) unused.delete(event.id)
    if (!event) found.push({ code: 'hold-untold', at: row.id })
    else if (!isPlacing(event, row) || told.erased(event)) found.push({ code: 'hold-differs', at: row.id })
  }
  for (const event of unused.values()) if (!told.erased(event)) found.push({ code: 'hold-differs', at: event.id })
  return [...found, ...inLifting(rows, told)]
}

const sameRecord = (event: DeedEvent, { patient, organisation }: HoldRow) =>
  event.patient === patient && event.organisation === organisation

const isUnnamed = ({ words }: DeedEvent) => words[0] === ''

const isPlacing = (event: DeedEvent, row: HoldRow): boolean =>
  sameRecord(event, row) &&
  event.user === row.placedBy &&
  isNear(event.at, row.placed) &&
  (isUnnamed(event) || untilIn(event) === row.until)

/** `until lifted`, or an instant. */
const untilIn = ({ words: [word = ''] }: DeedEvent): number | null =>
  word === 'until lifted' ? null : Date.parse(word.replace('until ', ''))

const isLifting = (event: DeedEvent, row: HoldRow): boolean =>
  sameRecord(event, row) && event.user === row.liftedBy && row.lifted !== null && isNear(event.at, row.lifted)

/** It stood when its house lifted what stood. */
const isPassedOver = (event: DeedEvent, row: HoldRow): boolean =>
  sameRecord(event, row) &&
  row.lifted === null &&
  isBefore(row.placed, event.at) &&
  (row.until === null || isBefore(event.at, row.until))

function inLifting(rows: readonly HoldRow[], told: ToldDeeds): Contradiction[] {
  const events = told.of('unhold')
  const untold = rows.filter((row) => row.lifted !== null && !events.some((event) => isLifting(event, row)))
  const passed = rows.filter((row) => events.some((event) => isPassedOver(event, row)))
  // One that lifted nothing is not stored.
  const empty = events.filter((event) => !told.erased(event) && !rows.some((row) => isLifting(event, row)))
  return [
    ...untold.map(({ id }): Contradiction => ({ code: 'hold-untold', at: id })),
    ...[...passed, ...empty].map(({ id }): Contradiction => ({ code: 'hold-differs', at: id })),
  ]
}
