// RFC 7515 section 5.2, by jose, with the one algorithm and the one key that the rules before have settled.
import { compactVerify } from 'jose'
import type { Presented } from '../presented.ts'
import { invalidToken } from '../refusals.ts'

export async function checkSignature({ text, key, algorithm }: Presented): Promise<void> {
  try {
    await compactVerify(text, key!, { algorithms: [algorithm!] })
  } catch {
    throw invalidToken("The token's signature does not hold.")
  }
}
