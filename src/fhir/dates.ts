// FHIR dates as half-open ranges of UTC milliseconds by their precision, https://hl7.org/fhir/R4/search.html#date. Pure.
// A date without a zone is read in UTC: the server has no other zone.

export interface DateBounds {
  /** Inclusive, milliseconds since the epoch. */
  low: number
  /** Exclusive. */
  high: number
}

const PARTS =
  /^(?!0000)(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01])(?:T([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d|60)(?:\.(\d+))?)?(Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))?)?)?)?$/

/** Years below 100 stay what they are, which Date.UTC alone does not grant. */
function utc(year: number, month: number, day: number, hour = 0, minute = 0, second = 0, ms = 0): number {
  const date = new Date(0)
  date.setUTCFullYear(year, month, day)
  date.setUTCHours(hour, minute, second, ms)
  return date.getTime()
}

const zoneMinutes = (zone: string | undefined) =>
  !zone || zone === 'Z' ? 0 : (zone.startsWith('-') ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4)))

/** Undefined for text that is no date. Precision finer than a millisecond is cut: columns hold milliseconds. */
export function dateBounds(text: string): DateBounds | undefined {
  const match = PARTS.exec(text)
  if (!match) return undefined
  const [, y, mo, d, h, mi, s, fraction, zone] = match
  const [year, month, day] = [Number(y), mo ? Number(mo) - 1 : 0, d ? Number(d) : 1]
  if (new Date(utc(year, month, day)).getUTCDate() !== day) return undefined
  if (!mo) return { low: utc(year, 0, 1), high: utc(year + 1, 0, 1) }
  if (!d) return { low: utc(year, month, 1), high: utc(year, month + 1, 1) }
  if (!h) return { low: utc(year, month, day), high: utc(year, month, day + 1) }
  const shift = zoneMinutes(zone) * 60_000
  const ms = Number((fraction ?? '').padEnd(3, '0').slice(0, 3))
  const low = utc(year, month, day, Number(h), Number(mi), Number(s ?? 0), ms) - shift
  const digits = Math.min(fraction?.length ?? 0, 3)
  return { low, high: low + (s ? 1000 / 10 ** digits : 60_000) }
}
