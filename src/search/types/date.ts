// date search, https://hl7.org/fhir/R4/search.html#date. Pure. Columns hold the half-open range [low, high) that the value
// covers by its precision; a Period open at one end reaches to infinity there.
import { type RawBuilder, sql } from 'kysely'
import { type DateBounds, dateBounds } from '../../fhir/dates.ts'
import { HealthChainError } from '../../kernel/errors.ts'
import { isObject } from '../../kernel/json.ts'
import type { DateValue, Prefix } from '../ast.ts'

/** @throws HealthChainError incorrect if the text is no date. `now` serves the prefix ap. */
export function parseDate(text: string, now: number): DateValue {
  const match = /^(eq|ne|gt|lt|ge|le|sa|eb|ap)?(\d.*)$/.exec(text)
  const bounds = match ? dateBounds(match[2]!) : undefined
  if (!match || !bounds)
    throw new HealthChainError(
      'incorrect',
      'bad-date',
      'A date search value is YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ after an optional eq ne gt lt ge le sa eb ap.',
    )
  const prefix = (match[1] ?? 'eq') as Prefix
  if (prefix !== 'ap') return { kind: 'date', prefix, ...bounds }
  // Approximately: widened by a tenth of the distance from now.
  const slack = Math.abs(now - bounds.low) / 10
  return { kind: 'date', prefix, low: Math.floor(bounds.low - slack), high: Math.ceil(bounds.high + slack) }
}

const text = (value: unknown) => (typeof value === 'string' ? dateBounds(value) : undefined)

function periodBounds({ start, end }: Record<string, unknown>): DateBounds | undefined {
  const [from, to] = [text(start), text(end)]
  return from || to ? { low: from?.low ?? -Infinity, high: to?.high ?? Infinity } : undefined
}

/** The outer limits of a schedule, as R4 asks of Timing. */
function timingBounds(timing: Record<string, unknown>): DateBounds | undefined {
  const events = Array.isArray(timing.event) ? timing.event.map(text).filter((b) => b !== undefined) : []
  const repeat = isObject(timing.repeat) ? timing.repeat.boundsPeriod : undefined
  const bounds = isObject(repeat) ? periodBounds(repeat) : undefined
  const all = bounds ? [...events, bounds] : events
  if (all.length === 0) return undefined
  return { low: Math.min(...all.map((b) => b.low)), high: Math.max(...all.map((b) => b.high)) }
}

export function boundsOf(type: string, value: unknown): DateBounds | undefined {
  if (!isObject(value)) return text(value)
  return type === 'Timing' ? timingBounds(value) : periodBounds(value)
}

const DAY_MS = 86_400_000
/** 0001-01-01 and 10000-01-01 in UTC. */
const [FIRST, LAST] = [-62_135_596_800_000, 253_402_300_800_000]

/** A moment as PostgreSQL reads it. FHIR's years end with 0001 and 9999, of any zone; an open end is infinite. */
export function timestamp(ms: number): string {
  if (ms < FIRST - DAY_MS) return '-infinity'
  if (ms >= LAST + DAY_MS) return 'infinity'
  const text = new Date(ms).toISOString()
  if (text.startsWith('0000')) return `0001${text.slice(4)} BC`
  return text.replace(/^\+0/, '')
}

type Side = RawBuilder<unknown>

function compare({ prefix, low, high }: DateValue, L: Side, H: Side): RawBuilder<boolean> {
  const [l, h] = [sql`${timestamp(low)}::timestamptz`, sql`${timestamp(high)}::timestamptz`]
  switch (prefix) {
    case 'eq':
      // low < h follows from the rest; said aloud it gives an index on low both ends of its range.
      return sql<boolean>`(${L} >= ${l} and ${H} <= ${h} and ${L} < ${h})`
    case 'ne':
      return sql<boolean>`(${L} < ${l} or ${H} > ${h})`
    case 'gt':
      return sql<boolean>`${H} > ${h}`
    case 'lt':
      return sql<boolean>`${L} < ${l}`
    case 'ge':
      return sql<boolean>`(${L} >= ${l} or ${H} > ${h})`
    case 'le':
      return sql<boolean>`(${L} < ${l} or (${L} < ${h} and ${H} <= ${h}))`
    case 'sa':
      return sql<boolean>`${L} >= ${h}`
    case 'eb':
      return sql<boolean>`${H} <= ${l}`
    default:
      return sql<boolean>`(${L} < ${h} and ${H} > ${l})`
  }
}

/** One range per row, in `<column>_low` and `<column>_high`. */
export const askDate = (low: string, high: string, values: readonly DateValue[]): RawBuilder<boolean> =>
  sql<boolean>`(${sql.join(
    values.map((value) => compare(value, sql.ref(low), sql.ref(high))),
    sql` or `,
  )})`

/** A column that holds a moment, not a range. */
export const askInstant = (column: string, values: readonly DateValue[]): RawBuilder<boolean> =>
  sql<boolean>`(${sql.join(
    values.map((value) => compareInstant(value, sql.ref(column))),
    sql` or `,
  )})`

function compareInstant({ prefix, low, high }: DateValue, at: Side): RawBuilder<boolean> {
  const [l, h] = [sql`${timestamp(low)}::timestamptz`, sql`${timestamp(high)}::timestamptz`]
  if (prefix === 'ne') return sql<boolean>`(${at} < ${l} or ${at} >= ${h})`
  if (prefix === 'gt' || prefix === 'sa') return sql<boolean>`${at} >= ${h}`
  if (prefix === 'lt' || prefix === 'eb') return sql<boolean>`${at} < ${l}`
  if (prefix === 'ge') return sql<boolean>`${at} >= ${l}`
  if (prefix === 'le') return sql<boolean>`${at} < ${h}`
  return sql<boolean>`(${at} >= ${l} and ${at} < ${h})`
}

/** Several ranges per row: parallel arrays. */
export const askDates = (low: string, high: string, values: readonly DateValue[]): RawBuilder<boolean> =>
  sql<boolean>`exists (select from unnest(${sql.ref(low)}, ${sql.ref(high)}) as span(low, high) where ${askDate('span.low', 'span.high', values)})`
