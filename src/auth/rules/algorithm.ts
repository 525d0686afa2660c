// RFC 8725 section 3.1: the algorithms that are allowed are listed here, not in the token.
import { ALGORITHMS, isAlgorithm } from '../algorithms.ts'
import type { Presented } from '../presented.ts'
import { invalidToken } from '../refusals.ts'

export function checkAlgorithm(token: Presented): void {
  const { alg } = token.header
  if (!isAlgorithm(alg)) throw invalidToken(`The token's alg must be one of ${ALGORITHMS.join(', ')}.`)
  token.algorithm = alg
}
