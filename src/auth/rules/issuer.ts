// RFC 8725 section 3.8: `iss` must be an issuer that this server trusts, character for character. It chooses the keys.
import type { Presented } from '../presented.ts'
import { invalidToken } from '../refusals.ts'

export function checkIssuer(token: Presented): void {
  const { iss } = token.claims
  const keys = typeof iss === 'string' ? token.trust.issuers.get(iss) : undefined
  if (!keys) throw invalidToken('The token comes from an issuer that this server does not trust.')
  token.keys = keys
}
