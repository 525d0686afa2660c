// FHIR dates by their precision, read with the platform's own clock arithmetic. https://hl7.org/fhir/R4/datatypes.html#Period
import type { Period } from '@medplum/fhirtypes'
import type { Span } from './question.ts'

const DAY = 86_400_000

/** From the first to after the last millisecond that the text names; a date without a zone is in UTC. */
export function span(text: string): Span {
  const [year, month] = [Number(text.slice(0, 4)), Number(text.slice(5, 7))]
  if (text.length === 4) return { low: Date.UTC(year), high: Date.UTC(year + 1) }
  if (text.length === 7) return { low: Date.UTC(year, month - 1), high: Date.UTC(year, month) }
  const low = Date.parse(text)
  if (Number.isNaN(low)) throw new RangeError(`no FHIR date: ${text}`)
  if (text.length === 10) return { low, high: low + DAY }
  return { low, high: low + (text.includes('.') ? 1 : 1000) }
}

/** An absent bound is open. The end belongs to the period, to its last millisecond. */
export const periodSpan = ({ start, end }: Period): Span => ({
  low: start === undefined ? Number.NEGATIVE_INFINITY : span(start).low,
  high: end === undefined ? Number.POSITIVE_INFINITY : span(end).high,
})

export const contains = (outer: Span, at: number): boolean => outer.low <= at && at < outer.high
export const encloses = (outer: Span, inner: Span): boolean => outer.low <= inner.low && inner.high <= outer.high
export const overlaps = (a: Span, b: Span): boolean => a.low < b.high && b.low < a.high
