// A token must be short: everything after this reads all of it.
import type { Presented } from '../presented.ts'
import { invalidToken } from '../refusals.ts'

/** Characters; half of what a Node server takes as request headers. */
export const TOKEN_MAX = 8192

export function checkSize({ text }: Presented): void {
  if (text.length > TOKEN_MAX)
    throw invalidToken(`The token is longer than ${TOKEN_MAX} characters; ask for fewer claims.`)
}
