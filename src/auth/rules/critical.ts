// RFC 7515 section 4.1.11: whoever does not understand an extension listed in `crit` must refuse. We understand none,
// and none of those that change what is signed or how it is packed (RFC 7797 b64, RFC 7516 enc and zip).
import type { Presented } from '../presented.ts'
import { invalidToken } from '../refusals.ts'

const REFUSED = ['crit', 'b64', 'enc', 'zip'] as const

export function checkCritical({ header }: Presented): void {
  const found = REFUSED.find((name) => Object.hasOwn(header, name))
  if (found) throw invalidToken(`The token's header has ${found}, which this server does not process.`)
}
