// What an installation decides by, and how it would decide for somebody else than the one who asks.
import type { Facts } from '../../consent/facts.ts'
import type { ImplicitPolicies } from '../../consent/implicit.ts'
import { Judge } from '../../consent/judge.ts'
import type { Links } from '../../consent/matches.ts'
import { type JurisdictionPack, type Statutory, statutory } from '../../consent/packs/index.ts'
import { type Policy, policiesOf } from '../../consent/policy.ts'
import { SILENCE } from '../../consent/repertoire.ts'
import { type ReadScope, readScope } from '../../consent/read-scope.ts'
import { isTold } from '../../consent/told.ts'
import type { Asker } from '../../kernel/asker.ts'
import { readActions } from '../../store/disclose.ts'

export interface Policies {
  readonly implicit: ImplicitPolicies
  readonly packs: readonly JurisdictionPack[]
}

export interface Outlook {
  readonly scope: ReadScope
  readonly law: Statutory
}

/** How `asker` would see this patient; for BTG as if the glass were broken, `documented` as 42 CFR 2.51 asks. */
export function outlookOf(asker: Asker, policies: Policies, patient: string, documented = false): Outlook {
  const law = statutory(asker, policies.packs)
  const emergencies = [{ patient, documented }]
  return { law, scope: readScope(asker, { repertoire: SILENCE, law, implicit: policies.implicit, emergencies }) }
}

/** What these Consents of one patient say at a moment, milliseconds. */
export const policiesAt = (consents: readonly Record<string, unknown>[], at: number): readonly Policy[] | undefined =>
  policiesOf(consents).find(({ from, until }) => from <= at && at < until)?.policies

/** Whether it would be told, as the second wall of every read decides. */
export function wouldTell(scope: ReadScope, facts: Facts, policies: readonly Policy[] | undefined, links: Links): boolean {
  const rules = policies?.map((policy) => policy.rules)
  const judge = rules && new Judge(rules, scope.hearing, facts.type)
  return isTold(
    scope,
    facts,
    judge?.verdict(() => ({ facts, actions: readActions(scope, facts), links })),
  )
}
