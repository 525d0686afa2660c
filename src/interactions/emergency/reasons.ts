// Why somebody breaks the glass: a code of a small set, and words of their own. Pure.
import { HealthChainError } from '../../kernel/errors.ts'

export const REASON_SYSTEM = 'urn:healthchain:break-glass-reason'
export const REASONS = ['unresponsive', 'life-threatening', 'urgent-treatment', 'disaster'] as const

const [TEXT_MIN, TEXT_MAX] = [10, 1000]

export interface Reason {
  readonly code: string
  readonly text: string
}

/** @throws HealthChainError incorrect (bad-reason) */
export function reasonOf(code: string, text: string): Reason {
  const words = text.replaceAll(/\s+/g, ' ').trim()
  const known = (REASONS as readonly string[]).includes(code)
  if (known && words.length >= TEXT_MIN && words.length <= TEXT_MAX) return { code, text: words }
  throw new HealthChainError(
    'incorrect',
    'bad-reason',
    `reasonCode is one of ${REASONS.join(', ')}, and reasonText says why in ${TEXT_MIN} to ${TEXT_MAX} characters.`,
  )
}

export const concept = ({ code, text }: Partial<Reason>) => ({
  coding: [{ system: REASON_SYSTEM, code }],
  ...(text !== undefined && { text }),
})
