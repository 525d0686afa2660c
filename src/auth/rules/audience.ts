// RFC 9068 section 4: `aud` must name this server, as a string or as one of a list of strings.
import type { Presented } from '../presented.ts'
import { invalidToken } from '../refusals.ts'

export function checkAudience({ claims: { aud }, trust }: Presented): void {
  const named: readonly unknown[] = Array.isArray(aud) ? aud : [aud]
  const readable = named.every((name) => typeof name === 'string')
  if (!readable || !trust.audience.some((name) => named.includes(name)))
    throw invalidToken('The token is meant for another server; ask for one with this server as its resource.')
}
