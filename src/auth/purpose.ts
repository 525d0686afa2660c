// Why somebody asks: the token's claim is the ceiling, the header X-Purpose-Of-Use selects within it, and nothing is
// ever assumed. IHE IUA, https://profiles.ihe.net/ITI/IUA/, purpose_of_use. Pure.
import { ACT_REASON, isKindOf, isPurpose } from '../kernel/purpose.ts'
import { forbidden } from './refusals.ts'

/** Selectable only by name: whoever may treat in emergencies may not therefore break the glass. */
const BY_NAME_ONLY = 'BTG'

/** Known codes of the claim, once each. @throws HealthChainError forbidden if none is left */
export function purposesOf(codings: readonly { system?: unknown; code?: unknown }[]): readonly string[] {
  const codes = codings.flatMap(({ system, code }) =>
    system === ACT_REASON && typeof code === 'string' && isPurpose(code) ? [code] : [],
  )
  if (codes.length > 0) return [...new Set(codes)]
  throw forbidden('no-purpose', 'The token states no purpose of use; ask for one with purpose_of_use (v3-ActReason).')
}

/**
 * The purpose of this request. `header` is `code` or `system|code`; undefined when it was not sent.
 * @throws HealthChainError forbidden
 */
export function selectPurpose(ceiling: readonly string[], header: string | undefined): string {
  if (header === undefined) {
    const [only, second] = ceiling
    if (only !== undefined && second === undefined) return only
    throw forbidden(
      'purpose-required',
      'The token allows several purposes of use: send X-Purpose-Of-Use with one code.',
    )
  }
  const code = header.startsWith(`${ACT_REASON}|`) ? header.slice(ACT_REASON.length + 1) : header
  if (allows(ceiling, code)) return code
  throw forbidden('purpose-not-allowed', 'X-Purpose-Of-Use must be one v3-ActReason code that the token allows.')
}

/** Whoever may treat may not therefore call it an emergency: that is for those who are provisioned for it. */
const EMERGENCY = 'ETREAT'

function allows(ceiling: readonly string[], code: string): boolean {
  if (code === BY_NAME_ONLY) return ceiling.includes(code)
  const given = isKindOf(code, EMERGENCY) ? ceiling.filter((wider) => isKindOf(wider, EMERGENCY)) : ceiling
  return given.some((wider) => isKindOf(code, wider))
}
