// Why a record is erased: the grounds of GDPR article 17(1) and the end of its retention, with words beside the code. The
// AuditEvent, which outlives the record, has the code alone, for people tell of people in words: these stay with the order
// that the admin keeps. A hold keeps its words. Pure.
// https://eur-lex.europa.eu/eli/reg/2016/679/oj
import { HealthChainError } from '../../kernel/errors.ts'

export const ERASURE_REASONS = [
  'no-longer-needed', // (a), and where the time of keeping is over
  'consent-withdrawn', // (b)
  'objection', // (c)
  'unlawful', // (d)
  'legal-obligation', // (e)
] as const

const [TEXT_MIN, TEXT_MAX] = [10, 500]

/** @returns the words, as a legal hold keeps them. @throws HealthChainError incorrect (bad-reason) */
export function wordsOf(text: string): string {
  const words = text.replaceAll(/\s+/g, ' ').trim()
  if (words.length >= TEXT_MIN && words.length <= TEXT_MAX) return words
  throw badReason(`Say why in ${TEXT_MIN} to ${TEXT_MAX} characters.`)
}

/** @throws HealthChainError incorrect (bad-reason) */
export function checkReason(code: string, text: string): void {
  wordsOf(text)
  if (!(ERASURE_REASONS as readonly string[]).includes(code))
    throw badReason(`reason is one of ${ERASURE_REASONS.join(', ')}.`)
}

const badReason = (message: string) => new HealthChainError('incorrect', 'bad-reason', message)
