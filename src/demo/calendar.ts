// Days as whole numbers since 1970-01-01, so that a life is arithmetic. Pure; knows no clock.
// Texts are FHIR date and dateTime, https://hl7.org/fhir/R4/datatypes.html#dateTime

export type Day = number

export const YEAR = 365.2425

/** @throws RangeError when the text is no calendar date `YYYY-MM-DD`. */
export function dayOf(text: string): Day {
  const day = Math.round(Date.parse(`${text}T00:00:00Z`) / 86_400_000)
  // Date.parse takes 30 February for 2 March.
  if (Number.isNaN(day) || dateText(day) !== text) throw new RangeError('Give the day as YYYY-MM-DD')
  return day
}

export const dateText = (day: Day): string => new Date(day * 86_400_000).toISOString().slice(0, 10)

const two = (number: number): string => String(number).padStart(2, '0')

/** `2026-01-02T08:05:00+01:00`: minutes count from local midnight and may run into the following days. */
export function moment(day: Day, minutes: number, offset: string): string {
  const whole = Math.floor(minutes)
  const later = Math.floor(whole / 1440)
  const minute = whole - later * 1440
  return `${dateText(day + later)}T${two(Math.floor(minute / 60))}:${two(minute % 60)}:00${offset}`
}

/** Age in years with its fraction. */
export const ageOn = (born: Day, day: Day): number => (day - born) / YEAR

/** A day that many years later. */
export const yearsAfter = (day: Day, years: number): Day => day + Math.round(years * YEAR)
