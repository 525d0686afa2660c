// RFC 8725 section 3.10: a token must not say which key proves it. Keys come from the configured issuer alone.
import type { Presented } from '../presented.ts'
import { invalidToken } from '../refusals.ts'

const REFUSED = ['jku', 'jwk', 'x5u', 'x5c'] as const

export function checkForeignKeys({ header }: Presented): void {
  const found = REFUSED.find((name) => Object.hasOwn(header, name))
  if (found) throw invalidToken(`The token's header brings a key (${found}); name one of the issuer's by kid.`)
}
