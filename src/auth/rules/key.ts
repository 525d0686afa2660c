// RFC 7515 section 4.1.4: the key that `kid` names among those of the issuer, if it is of the algorithm's type.
import { isName, type Presented } from '../presented.ts'
import { invalidToken } from '../refusals.ts'

export async function findKey(token: Presented): Promise<void> {
  const { kid } = token.header
  if (!isName(kid)) throw invalidToken('The token must name its key by kid.')
  token.key = await token.keys!.find(kid, token.algorithm!)
  if (!token.key) throw invalidToken("The token's kid names no key of its issuer that fits its alg; get a new token.")
}
