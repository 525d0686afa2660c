// Every rule of the checklist and its place: text, header, key and signature, claims. RFC 8725, RFC 9068.
// What time or a revocation can change is asked again each time the token comes back.
import type { Presented, Rule } from '../presented.ts'
import { checkAlgorithm } from './algorithm.ts'
import { checkAudience } from './audience.ts'
import { checkCritical } from './critical.ts'
import { checkForeignKeys } from './foreign-keys.ts'
import { readForm } from './form.ts'
import { checkIssuer } from './issuer.ts'
import { findKey } from './key.ts'
import { checkNames } from './names.ts'
import { checkRevocation } from './revocation.ts'
import { checkSignature } from './signature.ts'
import { checkSize } from './size.ts'
import { checkTimes } from './times.ts'
import { checkType } from './type.ts'
import { checkUnbound } from './unbound.ts'

type Time = 'first' | 'again'
const [F, A] = ['first', 'again'] as const
const rule = (check: Rule, ...times: Time[]) => ({ check, times })

//                            first again
const RULES = [
  rule(checkSize, /*       */ F), //    before anything reads it
  rule(readForm, /*        */ F), //    RFC 7515 section 7.1
  rule(checkCritical, /*   */ F), //    RFC 7515 section 4.1.11
  rule(checkForeignKeys, /**/ F), //   RFC 8725 section 3.10
  rule(checkType, /*       */ F), //    RFC 9068 section 4
  rule(checkAlgorithm, /*  */ F), //    RFC 8725 section 3.1
  rule(checkIssuer, /*     */ F), //    RFC 8725 section 3.8
  rule(findKey, /*         */ F), //    RFC 7515 section 4.1.4
  rule(checkSignature, /*  */ F), //    RFC 7515 section 5.2
  rule(checkAudience, /*   */ F), //    RFC 8725 section 3.9
  rule(checkTimes, /*      */ F, A), // RFC 7519 section 4.1.4
  rule(checkNames, /*      */ F), //    RFC 9068 section 2.2
  rule(checkUnbound, /*    */ F), //    RFC 7800
  rule(checkRevocation, /* */ F, A), // RFC 7009
]

const checksAt = (time: Time): readonly Rule[] =>
  RULES.flatMap(({ check, times }) => (times.includes(time) ? [check] : []))
const ORDER: Record<Time, readonly Rule[]> = { first: checksAt('first'), again: checksAt('again') }

/** @throws HealthChainError unauthenticated, of the first rule that is broken */
export async function checkToken(token: Presented, time: Time): Promise<void> {
  for (const check of ORDER[time]) await check(token)
}
