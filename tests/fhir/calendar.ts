// A slow calendar that counts days one by one and never touches Date: the oracle for date ranges.
// https://hl7.org/fhir/R4/search.html#date

export const isLeap = (year: number) => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
export const daysIn = (year: number, month: number) =>
  month === 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31

const starts = new Map<number, number>([[1970, 0]])
/** Days from 1970-01-01 to the first of January of the year. */
function startOf(year: number): number {
  const known = starts.get(year)
  if (known !== undefined) return known
  let days = 0
  for (let y = 1970; y < year; y++) days += isLeap(y) ? 366 : 365
  for (let y = year; y < 1970; y++) days -= isLeap(y) ? 366 : 365
  starts.set(year, days)
  return days
}

function dayNumber(year: number, month: number, day: number): number {
  let days = startOf(year) + day - 1
  for (let m = 1; m < month; m++) days += daysIn(year, m)
  return days
}

export interface Span {
  /** Milliseconds since the epoch, inclusive. */
  from: number
  /** Exclusive. */
  to: number
}

const DAY = 86_400_000
const TEXT = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d:\d\d)?)?)?)?$/

/** The moments that a date of any precision covers; undefined for what is no date. */
export function spanOf(text: string): Span | undefined {
  const match = TEXT.exec(text)
  if (!match) return undefined
  const [y, mo, d, h, mi, s] = match.slice(1, 7).map((part) => (part === undefined ? undefined : Number(part)))
  const [fraction, zone] = match.slice(7, 9)
  if (y === undefined || y === 0) return undefined
  if (mo === undefined) return { from: dayNumber(y, 1, 1) * DAY, to: dayNumber(y + 1, 1, 1) * DAY }
  if (mo < 1 || mo > 12) return undefined
  if (d === undefined) return { from: dayNumber(y, mo, 1) * DAY, to: (dayNumber(y, mo, 1) + daysIn(y, mo)) * DAY }
  if (d < 1 || d > daysIn(y, mo)) return undefined
  const midnight = dayNumber(y, mo, d) * DAY
  if (h === undefined || mi === undefined) return { from: midnight, to: midnight + DAY }
  const offset = zone === undefined || zone === 'Z' ? 0 : minutes(zone)
  if (h > 23 || mi > 59 || (s ?? 0) > 60 || offset === undefined) return undefined
  const minute = midnight + (h * 60 + mi - offset) * 60_000
  if (s === undefined) return { from: minute, to: minute + 60_000 }
  if (fraction === undefined) return { from: minute + s * 1000, to: minute + s * 1000 + 1000 }
  // Milliseconds are as fine as it gets.
  const thousandths = Number(`${fraction}00`.slice(0, 3))
  const width = fraction.length === 1 ? 100 : fraction.length === 2 ? 10 : 1
  return { from: minute + s * 1000 + thousandths, to: minute + s * 1000 + thousandths + width }
}

/** At most 14 hours either way. */
function minutes(zone: string): number | undefined {
  const [h, m] = [Number(zone.slice(1, 3)), Number(zone.slice(4))]
  if (m > 59 || h * 60 + m > 14 * 60) return undefined
  return (zone.startsWith('-') ? -1 : 1) * (h * 60 + m)
}
