// RFC 7009: a token that was taken back does not hold, and neither does one of which that cannot be told.
import type { Presented } from '../presented.ts'
import { invalidToken, unauthenticated } from '../refusals.ts'

export async function checkRevocation({ claims: { iss, jti }, trust }: Presented): Promise<void> {
  let revoked: boolean
  try {
    revoked = await trust.isRevoked(iss as string, jti as string)
  } catch {
    throw unauthenticated('revocation-unknown', 'Whether the token was revoked cannot be told; try again shortly.')
  }
  if (revoked !== false) throw invalidToken('The token has been revoked; sign in again.')
}
