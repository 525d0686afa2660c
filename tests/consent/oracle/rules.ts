// From a Consent to its rules, in both dialects of R4: a typed root (A, IHE PCF) or an untyped one below policyRule (B).
// https://hl7.org/fhir/R4/consent-definitions.html#Consent.provision
import type { Consent, ConsentProvision } from '@medplum/fhirtypes'
import { ACT_CODE } from './labels.ts'
import type { Effect } from './question.ts'

const CONTEXT = ['purpose', 'actor', 'action', 'period'] as const
const DATA = ['securityLabel', 'class', 'code', 'dataPeriod', 'data'] as const
export type Criterion = (typeof CONTEXT)[number] | (typeof DATA)[number]
export type Criteria = Pick<ConsentProvision, Criterion>
export const CRITERIA: readonly Criterion[] = [...CONTEXT, ...DATA]

export interface Rule {
  readonly effect: Effect
  readonly depth: number
  /** In force here: what the provision says and what it inherits. */
  readonly criteria: Criteria
  readonly path: string
}

export interface Reading {
  readonly rules: readonly Rule[]
  /** Whoever signs this has said whom to tell: nobody else is told by default. */
  readonly permitsAtRoot: boolean
}

const picked = (provision: ConsentProvision, names: readonly Criterion[]): Criteria =>
  Object.fromEntries(names.filter((name) => provision[name] !== undefined).map((name) => [name, provision[name]]))

/** Context is inherited piece by piece. Data criteria come from one rule only; a deny without any is about all data. */
function inherited(provision: ConsentProvision, parent: Criteria): Criteria {
  const data = picked(provision, DATA)
  const own = Object.keys(data).length > 0 ? data : provision.type === 'permit' ? picked(parent, DATA) : {}
  return { ...picked(parent, CONTEXT), ...picked(provision, CONTEXT), ...own }
}

/** The rules nested in `provision`, whose own rule is `parent`. */
function below(provision: ConsentProvision | undefined, parent: Rule): Rule[] {
  return (provision?.provision ?? []).flatMap((inner, at) => {
    const rule: Rule = {
      effect: inner.type as Effect,
      depth: parent.depth + 1,
      criteria: inherited(inner, parent.criteria),
      path: `${parent.path}.provision[${at}]`,
    }
    return [rule, ...below(inner, rule)]
  })
}

const everyNestedIsTyped = (provision: ConsentProvision | undefined): boolean =>
  (provision?.provision ?? []).every((inner) => inner.type !== undefined && everyNestedIsTyped(inner))

const DENY_ALL: Rule = { effect: 'deny', depth: 0, criteria: {}, path: 'Consent' }
/** What cannot be understood is refused until somebody has read it. */
const NOT_COMPUTABLE: Reading = { rules: [DENY_ALL], permitsAtRoot: false }

export function readingOf(consent: Consent): Reading {
  const root = consent.provision
  if (!everyNestedIsTyped(root)) return NOT_COMPUTABLE
  return root?.type ? dialectA(root, root.type) : dialectB(consent)
}

function dialectA(root: ConsentProvision, type: Effect): Reading {
  const rule: Rule = { effect: type, depth: 0, criteria: picked(root, CRITERIA), path: 'provision' }
  return { rules: [rule, ...below(root, rule)], permitsAtRoot: type === 'permit' }
}

const ETREAT: Criteria = {
  purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'ETREAT' }],
}

const OPT_IN: Rule = { ...DENY_ALL, effect: 'permit', path: 'policyRule' }

/** The patient's choice that policyRule states. */
function baseOf(code: string | undefined): Rule | undefined {
  if (code === 'OPTIN' || code === 'OPTINR') return OPT_IN
  if (code === 'OPTOUT' || code === 'OPTOUTE') return { ...DENY_ALL, path: 'policyRule' }
  if (code === 'EMRGONLY') return { ...OPT_IN, criteria: ETREAT }
  return undefined
}

function dialectB({ policyRule, provision: root }: Consent): Reading {
  const bases = (policyRule?.coding ?? []).flatMap(({ system, code }) =>
    system === ACT_CODE ? (baseOf(code) ?? []) : [],
  )
  const [base] = bases
  // Who is said to have chosen two things has said neither.
  if (!base || bases.some(({ effect, criteria }) => effect !== base.effect || criteria !== base.criteria))
    return NOT_COMPUTABLE
  const permitsAtRoot = base.effect === 'permit'
  const criteria = root === undefined ? {} : picked(root, CRITERIA)
  if (Object.keys(criteria).some((name) => name !== 'period')) {
    const effect = permitsAtRoot ? 'deny' : 'permit'
    const exception: Rule = { effect, depth: 1, criteria, path: 'provision' }
    return { rules: [base, exception, ...below(root, exception)], permitsAtRoot }
  }
  const nested = root?.provision ?? []
  // Who opts in and then lists permits has listed what to tell: read as a plain opt-in, all the rest would be told too.
  if (base === OPT_IN && nested.length > 0 && nested.every(({ type }) => type === 'permit'))
    return { rules: [DENY_ALL, ...below(root, DENY_ALL)], permitsAtRoot: false }
  return { rules: [base, ...below(root, base)], permitsAtRoot }
}
