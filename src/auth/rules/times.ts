// RFC 7519 section 4.1.4 to 4.1.6: `exp` and `iat` are required, `nbf` is heeded; clocks may differ by a minute.
import { now } from '../../kernel/clock.ts'
import type { Presented } from '../presented.ts'
import { invalidToken } from '../refusals.ts'

/** Seconds. */
export const SKEW = 60

const isDate = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)

export function checkTimes({ claims: { exp, iat, nbf } }: Presented): void {
  const at = now() / 1000
  if (!isDate(exp) || !isDate(iat) || !(nbf === undefined || isDate(nbf)))
    throw invalidToken('The token must have exp and iat (and may have nbf) in seconds since 1970.')
  if (at >= exp + SKEW) throw invalidToken('The token has expired; get a new one.')
  if (iat > at + SKEW || exp <= iat)
    throw invalidToken('The token was issued in the future or expires before its issue.')
  if (nbf !== undefined && nbf > at + SKEW) throw invalidToken('The token is not valid yet; see nbf.')
}
