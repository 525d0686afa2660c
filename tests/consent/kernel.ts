// The kernel's readings, asked as the oracle is asked: what the store finds of broken glass is found here by the same rule.
import { decide } from '../../src/consent/decide.ts'
import { altered, type Facts, factsOf } from '../../src/consent/facts.ts'
import { Judge } from '../../src/consent/judge.ts'
import { ALL, sensitivityMask } from '../../src/consent/labels.ts'
import { policiesOf } from '../../src/consent/policy.ts'
import { readConsent } from '../../src/consent/read-consent.ts'
import { type Emergency, type Law, type ReadScope, readScope } from '../../src/consent/read-scope.ts'
import { type Repertoire, SILENCE } from '../../src/consent/repertoire.ts'
import { ACTIONS } from '../../src/consent/rule.ts'
import { isTold } from '../../src/consent/told.ts'
import type { Effect, OracleQuestion, Statutory } from './oracle/question.ts'

const mask = (codes: Iterable<string> = []) => [...codes].reduce((all, code) => all | sensitivityMask(code), 0)

const lawOf = (statutory: Statutory): Law => ({
  denied: mask(statutory.deniedCodes),
  explicit: statutory.explicitCodes === 'all' ? ALL : mask(statutory.explicitCodes),
  neverByEmergency: mask(statutory.neverInEmergency),
  onlyDocumentedEmergency: mask(statutory.onlyDocumented),
  ownRecord: statutory.ownRecord,
})

export const factsFor = ({ resource, custodian, clinical, patient }: OracleQuestion): Facts =>
  altered(
    factsOf(resource, { ...(custodian !== undefined && { custodian }), clinical: () => clinical }),
    patient === undefined ? {} : { patient },
  )

export const actionsOf = ({ actions }: OracleQuestion): number => actions.reduce((bits, a) => bits | ACTIONS[a], 0)

/** As src/store/emergency.ts finds them. */
export const runningOf = ({ asker, emergencies = [], now }: OracleQuestion): Emergency[] =>
  emergencies
    .filter(({ user, organisation }) => user === asker.user && organisation === asker.organisation)
    .filter(({ started, expires, ended }) => ended === undefined && started <= now && now < expires)
    .filter(() => asker.acr === 'mfa')

export function scopeIn(
  question: OracleQuestion,
  emergencies: readonly Emergency[] = runningOf(question),
  repertoire: Repertoire = SILENCE,
): ReadScope {
  const { asker, custodian, implicit, statutory } = question
  return readScope(asker, {
    ...{ repertoire, law: lawOf(statutory), emergencies },
    implicit: { byDefault: implicit(custodian), byCustodian: new Map() },
  })
}

const linksOf = (question: OracleQuestion) => (reference: string) => new Set(question.linked?.(reference) ?? [])

export function byDecide(question: OracleQuestion): Effect {
  const consents = question.consents.map(readConsent).filter((c) => c !== undefined)
  const [facts, actions] = [factsFor(question), actionsOf(question)]
  return decide({ scope: scopeIn(question), facts, actions, at: question.now, links: linksOf(question) }, consents)
    .effect
}

export function byJudge(question: OracleQuestion): Effect {
  const [scope, facts] = [scopeIn(question), factsFor(question)]
  const slice = policiesOf(question.consents).find(({ from, until }) => from <= question.now && question.now < until)
  const rules = slice?.policies.map((policy) => policy.rules)
  const judge = rules && new Judge(rules, scope.hearing, facts.type)
  const verdict = judge?.verdict(() => ({ facts, actions: actionsOf(question), links: linksOf(question) }))
  return isTold(scope, facts, verdict) ? 'permit' : 'deny'
}
