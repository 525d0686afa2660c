// May this row be told? The last step, where role, law, consent, implicit policy and emergency meet. Pure.
// src/search/restrict.ts prints the same as SQL.
import { SEARCH } from '../fhir/generated/search-parameters.ts'
import type { Facts } from './facts.ts'
import type { Verdict } from './judge.ts'
import { NORMAL, RESTRICTED } from './labels.ts'
import { type Admission, OVERSEEN, OVERSEEN_ONLY, type ReadScope } from './read-scope.ts'

/** What names no patient: open in a directory, closed anywhere else, for nobody can consent to it. */
const unowned = ({ type, shared, confidentiality }: Facts) =>
  !shared && confidentiality <= NORMAL && SEARCH[type]?.directory === true

/** Whether role and scopes reach the row at all; what a scope's suffix asks is left to the statement. */
export const isAdmitted = (admitted: readonly Admission[], facts: Facts): boolean =>
  admitted.some(
    ({ patient }) =>
      patient === undefined || patient === facts.patient || (facts.patient === undefined && unowned(facts)),
  )

/** `verdict`: what the patient's consents say; absent where none is on file. */
export function isTold(scope: ReadScope, facts: Facts, verdict: Verdict | undefined): boolean {
  if (scope.everything) return true
  const { patient, confidentiality, sensitivity, custodian } = facts
  if (isOverseen(scope, facts)) return true
  if (OVERSEEN_ONLY[scope.asker.role]?.includes(facts.type)) return false
  if (patient === undefined) return unowned(facts)
  if ((sensitivity & scope.law.denied) !== 0) return false
  if (patient === scope.own) return true
  if (scope.emergencies) return inEmergency(scope, facts, verdict)
  const level = impliedLevel(scope, custodian)
  const silent = verdict?.onFile !== true && confidentiality <= level
  const implied = silent ? ~((verdict?.shut[confidentiality] ?? 0) | scope.law.explicit) : 0
  return (sensitivity & ~((verdict?.open[confidentiality] ?? 0) | implied)) === 0
}

/** What no organisation holds is overseen by none. */
function isOverseen({ oversees, asker }: ReadScope, facts: Facts): boolean {
  const { type, custodian } = facts
  const types = OVERSEEN[asker.role]
  if (oversees === undefined || custodian !== oversees || !types || !(type in types)) return false
  const word = types[type]
  return word === undefined || facts.words().has(word)
}

const impliedLevel = ({ implied }: ReadScope, custodian: string | undefined): number =>
  implied.byCustodian.get(custodian ?? '') ?? implied.byDefault

/**
 * `verdict`: of the rules that name break-glass; a patient who forbids it by name is heard. Where no consent permits it,
 * the policy of who holds the data says whether a glass can be broken at all.
 */
function inEmergency(scope: ReadScope, facts: Facts, verdict: Verdict | undefined): boolean {
  const { patient, confidentiality, sensitivity, custodian } = facts
  if (confidentiality > RESTRICTED) return false
  const opened = (sensitivity & ~(verdict?.open[confidentiality] ?? 0)) === 0
  if (!opened && confidentiality > impliedLevel(scope, custodian)) return false
  return scope.emergencies!.some((emergency) => {
    const never = scope.law.neverByEmergency | (emergency.documented ? 0 : scope.law.onlyDocumentedEmergency)
    return emergency.patient === patient && (sensitivity & (never | (verdict?.shut[confidentiality] ?? 0))) === 0
  })
}
