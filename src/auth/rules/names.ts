// RFC 9068 section 2.2: `sub` and `client_id` say who asks through what, `jti` names the token in audit and revocation.
import { isName, type Presented } from '../presented.ts'
import { invalidToken } from '../refusals.ts'

const REQUIRED = ['sub', 'client_id', 'jti'] as const

export function checkNames({ claims }: Presented): void {
  const missing = REQUIRED.find((name) => !isName(claims[name]))
  if (missing) throw invalidToken(`The token must have ${missing}: 1 to 255 printable ASCII characters.`)
}
