// RFC 9068 section 4: an access token says so in `typ`, and no ID token or client assertion passes for one.
import type { Presented } from '../presented.ts'
import { invalidToken } from '../refusals.ts'

const TYPES: readonly unknown[] = ['at+jwt', 'application/at+jwt']

export function checkType({ header: { typ } }: Presented): void {
  // RFC 7515 section 4.1.9: a media type, so case does not matter.
  if (typeof typ !== 'string' || !TYPES.includes(typ.toLowerCase()))
    throw invalidToken('The token is no access token: its typ must be at+jwt (RFC 9068).')
}
