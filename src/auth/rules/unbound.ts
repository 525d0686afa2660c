// RFC 7800: `cnf` binds a token to a key of its holder (DPoP, mutual TLS). Taking it without that proof would let a
// thief use what the issuer meant to be useless to thieves.
import type { Presented } from '../presented.ts'
import { invalidToken } from '../refusals.ts'

export function checkUnbound({ claims }: Presented): void {
  if (Object.hasOwn(claims, 'cnf'))
    throw invalidToken('The token is bound to a key (cnf); ask for a plain bearer token.')
}
