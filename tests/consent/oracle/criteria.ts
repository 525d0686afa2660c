// Does one criterion of a rule hold for a question? `unknown` where nobody can tell what it asks for.
// https://hl7.org/fhir/R4/consent-definitions.html#Consent.provision
import type { ConsentProvisionActor, ConsentProvisionData } from '@medplum/fhirtypes'
import { ACT_REASON, isKindOf, isPurpose } from '../../../src/kernel/purpose.ts'
import { contains, encloses, overlaps, periodSpan } from './dates.ts'
import { authorsOf, hasCoding, isLocal, nameOf, referencesOf } from './facts.ts'
import { covers, type View } from './labels.ts'
import type { Effect, OracleQuestion } from './question.ts'
import type { Criteria, Criterion, Rule } from './rules.ts'

type Truth = boolean | 'unknown'
type Test<K extends Criterion> = (
  value: NonNullable<Criteria[K]>,
  question: OracleQuestion,
  effect: Effect,
  view: View,
) => Truth

/** Repetitions are alternatives; one that nobody understands spoils the criterion. */
function any<T>(values: readonly T[], test: (value: T) => Truth): Truth {
  const truths = values.map(test)
  return truths.includes('unknown') ? 'unknown' : truths.includes(true)
}

/** Break-glass is heard by its name alone: it passes over what was said of treatment. */
const purpose: Test<'purpose'> = (values, { asker }) =>
  any(values, ({ system, code }) => {
    if (system !== ACT_REASON || !isPurpose(code ?? '')) return 'unknown'
    return asker.purpose === 'BTG' ? code === 'BTG' : isKindOf(asker.purpose, code!)
  })

type Side = 'recipient' | 'custodian' | 'author'
const sideOf = ({ role }: ConsentProvisionActor): Side => {
  const codes = (role.coding ?? []).map(({ code }) => code)
  return codes.includes('CST') ? 'custodian' : codes.includes('AUT') ? 'author' : 'recipient'
}

function namesOf(side: Side, { asker, resource, custodian }: OracleQuestion): string[] {
  if (side === 'author') return authorsOf(resource)
  if (side === 'custodian') return custodian === undefined ? [] : [`Organization/${custodian}`]
  const houses = asker.organisation === undefined ? [] : [asker.organisation, ...(asker.partOf ?? [])]
  const self = asker.role === 'patient' && asker.patient !== undefined ? [`Patient/${asker.patient}`] : []
  return [asker.user, ...asker.groups, ...houses.map((id) => `Organization/${id}`), ...self]
}

const PLAYED = ['IRCP', 'PRCP', 'CST', 'AUT']
/** A part that somebody plays here, and only one; and only organisations hold data. */
function isPlayed(one: ConsentProvisionActor): boolean {
  const codes = (one.role.coding ?? []).map(({ code }) => code ?? '')
  if (codes.length === 0 || !codes.every((code) => PLAYED.includes(code))) return false
  const sides = new Set(codes.map((code) => (code === 'IRCP' ? 'PRCP' : code)))
  return sides.size === 1 && (!sides.has('CST') || one.reference?.reference?.startsWith('Organization/') === true)
}

/** Every role that is named must be filled; several actors of one role are alternatives. */
const actor: Test<'actor'> = (actors, question) => {
  if (actors.some(({ reference }) => !isLocal(reference?.reference))) return 'unknown'
  if (actors.some((one) => !isPlayed(one))) return 'unknown'
  const sides = Map.groupBy(actors, sideOf)
  return [...sides].every(([side, listed]) => {
    const names = namesOf(side, question)
    return listed.some(({ reference }) => names.includes(reference.reference!))
  })
}

const ACTION = 'http://terminology.hl7.org/CodeSystem/consentaction'
const ACTIONS = ['collect', 'access', 'use', 'disclose', 'correct']

const action: Test<'action'> = (concepts, { actions }, effect) => {
  const codes = concepts.map(({ coding }) => coding?.find(({ system }) => system === ACTION)?.code ?? '')
  if (codes.some((code) => !ACTIONS.includes(code))) return 'unknown'
  // Nobody uses what they cannot read.
  const denied = effect === 'deny' && codes.includes('use') ? [...codes, 'access'] : codes
  const listed = (asked: string) => denied.includes(asked)
  return effect === 'permit' ? actions.every(listed) : actions.some(listed)
}

const period: Test<'period'> = (value, { now }) => contains(periodSpan(value), now)

const securityLabel: Test<'securityLabel'> = (labels, _, effect, view) =>
  any(labels, (label) => covers(effect, label, view))

const classOf: Test<'class'> = (classes, { resource }) =>
  any(classes, ({ system, code }) => {
    if (system === 'http://hl7.org/fhir/resource-types') return resource.resourceType === code
    if (system !== 'urn:ietf:rfc:3986' || code === undefined) return 'unknown'
    return ((resource.meta as { profile?: string[] } | undefined)?.profile ?? []).includes(code)
  })

const code: Test<'code'> = (concepts, { resource }) =>
  any(concepts, ({ coding }) => {
    if (!coding?.length) return 'unknown'
    return any(coding, (one) => (one.system && one.code ? hasCoding(resource, one) : 'unknown'))
  })

/** Data without a clinical period lies in no permitted period and may lie in every denied one. */
const dataPeriod: Test<'dataPeriod'> = (value, { clinical }, effect) => {
  if (effect === 'permit') return clinical !== undefined && encloses(periodSpan(value), clinical)
  return clinical === undefined || overlaps(periodSpan(value), clinical)
}

function concerns({ meaning, reference }: ConsentProvisionData, { resource, linked }: OracleQuestion): Truth {
  const name = reference?.reference
  if (!isLocal(name)) return 'unknown'
  const itself = nameOf(resource) === name
  switch (meaning as string) {
    case 'instance':
      return itself
    case 'dependents':
      return itself || referencesOf(resource).includes(name)
    case 'related':
      // PCF Intermediate: what belongs to an episode.
      if (!/^(?:Encounter|CarePlan)\//.test(name)) return 'unknown'
      return linked ? itself || linked(name).includes(nameOf(resource)) : 'unknown'
    case 'authoredby':
      return authorsOf(resource).includes(name)
    default:
      return 'unknown'
  }
}

/** Whoever denies what belongs to an episode denies what points to it as well: R4 and PCF read `related` differently. */
const data: Test<'data'> = (values, question, effect) =>
  any(values, (value) => {
    const about = concerns(value, question)
    if (effect === 'permit' || about !== false || (value.meaning as string) !== 'related') return about
    return concerns({ ...value, meaning: 'dependents' }, question)
  })

const TESTS: { [K in Criterion]: Test<K> } = {
  purpose,
  actor,
  action,
  period,
  securityLabel,
  class: classOf,
  code,
  dataPeriod,
  data,
}

function holds<K extends Criterion>(name: K, rule: Rule, question: OracleQuestion, view: View): Truth {
  const value = rule.criteria[name]
  return value === undefined || TESTS[name](value as NonNullable<Criteria[K]>, question, rule.effect, view)
}

/** Of rules that do not name break-glass, an emergency hears none. */
const isNamed = ({ criteria: { purpose } }: Rule, { asker }: OracleQuestion): boolean =>
  asker.purpose !== 'BTG' || (purpose ?? []).some(({ system, code }) => system === ACT_REASON && code === 'BTG')

/** All criteria hold. Where one is unknown, a permit grants nothing and a deny denies. */
export function matches(rule: Rule, question: OracleQuestion, view: View): boolean {
  if (!isNamed(rule, question)) return false
  const truths = Object.keys(rule.criteria).map((name) => holds(name as Criterion, rule, question, view))
  return truths.every((truth) => (truth === 'unknown' ? rule.effect === 'deny' : truth))
}
