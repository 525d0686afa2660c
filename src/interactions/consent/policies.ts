// What an installation decides by, and how it would decide for somebody else than the one who asks.
import type { Facts } from '../../consent/facts.ts'
import type { ImplicitPolicies } from '../../consent/implicit.ts'
import { Judge } from '../../consent/judge.ts'
import type { Links } from '../../consent/matches.ts'
import { type JurisdictionPack, type Statutory, statutory } from '../../consent/packs/index.ts'
import { policiesOf } from '../../consent/policy.ts'
import { type ReadScope, readScope } from '../../consent/read-scope.ts'
import { SILENCE } from '../../consent/repertoire.ts'
import type { Rule } from '../../consent/rule.ts'
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
export function outlookOf(asker: Asker, { packs, implicit }: Policies, patient: string, documented = false): Outlook {
  const law = statutory(asker, packs)
  // Nothing is remembered of askers who are only imagined: their statements ask about each row.
  const repertoire = SILENCE
  return { law, scope: readScope(asker, { repertoire, law, implicit, emergencies: [{ patient, documented }] }) }
}

/** The rules of each consent that is heard; undefined where none is on file. */
export type Heard = readonly (readonly Rule[])[] | undefined

/** What these Consents of one patient say at a moment, milliseconds. */
export const heardIn = (consents: readonly Record<string, unknown>[], at: number): Heard =>
  policiesOf(consents)
    .find(({ from, until }) => from <= at && at < until)
    ?.policies.map(({ rules }) => rules)

/** Whether a resource would be told, as the second wall of every read decides. Compiles the rules once for each type. */
export function teller(scope: ReadScope, heard: Heard, links: Links): (facts: Facts) => boolean {
  const judges = new Map<string, Judge>()
  return (facts) => {
    if (!heard) return isTold(scope, facts, undefined)
    const judge = judges.get(facts.type) ?? new Judge(heard, scope.hearing, facts.type)
    judges.set(facts.type, judge)
    return isTold(
      scope,
      facts,
      judge.verdict(() => ({ facts, actions: readActions(scope, facts), links })),
    )
  }
}
