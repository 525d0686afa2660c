// The kernel's three readings, asked as the oracle is asked.
import { decide } from '../../src/consent/decide.ts'
import { type Facts, factsOf } from '../../src/consent/facts.ts'
import { Judge } from '../../src/consent/judge.ts'
import { ALL, sensitivityMask } from '../../src/consent/labels.ts'
import { policiesOf } from '../../src/consent/policy.ts'
import { readConsent } from '../../src/consent/read-consent.ts'
import { type Law, type ReadScope, readScope } from '../../src/consent/read-scope.ts'
import { type Repertoire, SILENCE } from '../../src/consent/repertoire.ts'
import { ACTIONS } from '../../src/consent/rule.ts'
import { isTold } from '../../src/consent/told.ts'
import type { OracleQuestion, Statutory } from './oracle/question.ts'

const mask = (codes: Iterable<string>) => [...codes].reduce((all, code) => all | sensitivityMask(code), 0)

export const lawOf = ({ deniedCodes, explicitCodes, ownRecord }: Statutory): Law => ({
  denied: mask(deniedCodes),
  explicit: explicitCodes === 'all' ? ALL : mask(explicitCodes),
  neverByEmergency: 0,
  onlyDocumentedEmergency: 0,
  ownRecord,
})

export const scopeOf = (
  { asker, statutory, implicit, custodian }: OracleQuestion,
  repertoire: Repertoire = SILENCE,
): ReadScope =>
  readScope(asker, {
    repertoire,
    law: lawOf(statutory),
    implicit: { byDefault: implicit(custodian), byCustodian: new Map() },
  })

export const factsFor = ({ resource, custodian, clinical, patient }: OracleQuestion): Facts => ({
  ...factsOf(resource, { ...(custodian !== undefined && { custodian }), clinical: () => clinical }),
  ...(patient !== undefined && { patient }),
})

export const actionsOf = ({ actions }: OracleQuestion): number => actions.reduce((bits, a) => bits | ACTIONS[a], 0)

const linksOf = (question: OracleQuestion) => (reference: string) => new Set(question.linked?.(reference) ?? [])

export function byDecide(question: OracleQuestion): 'permit' | 'deny' {
  const consents = question.consents.map(readConsent).filter((c) => c !== undefined)
  const [facts, actions] = [factsFor(question), actionsOf(question)]
  return decide({ scope: scopeOf(question), facts, actions, at: question.now, links: linksOf(question) }, consents)
    .effect
}

export function byJudge(question: OracleQuestion): 'permit' | 'deny' {
  const [scope, facts] = [scopeOf(question), factsFor(question)]
  const slice = policiesOf(question.consents).find(({ from, until }) => from <= question.now && question.now < until)
  const judge =
    slice &&
    new Judge(
      slice.policies.map(({ rules }) => rules),
      scope.hearing,
      facts.type,
    )
  const verdict = judge?.verdict(() => ({ facts, actions: actionsOf(question), links: linksOf(question) }))
  return isTold(scope, facts, verdict) ? 'permit' : 'deny'
}
