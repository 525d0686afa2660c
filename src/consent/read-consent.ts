// A FHIR Consent -> what decides of it: whether it counts at all, which others it replaces, and its rules. Pure.
// Consents that only acknowledge a notice, or decide over treatment, say nothing of access: they have no rules.
import { type DateBounds, dateBounds } from '../fhir/dates.ts'
import { isObject } from '../kernel/json.ts'
import { periodOf, UNREADABLE } from './criteria.ts'
import { normalise } from './dialect.ts'
import { localReference } from './facts.ts'
import { flatten, type ProvisionRule } from './provision.ts'
import type { LabelMasks } from './rule.ts'

type Node = Record<string, unknown>

export interface ConsentRules {
  /** `Consent/1/_history/2` */
  readonly reference: string
  /** Of several with one key only the latest is heard. */
  readonly key: string
  /** Order within a key: `dateTime`, then `meta.lastUpdated`, then the id. */
  readonly order: readonly [dateTime: number, lastUpdated: number, id: string]
  /** What nobody signed replaces nothing. */
  readonly signed: boolean
  /** When it is a candidate. */
  readonly period: DateBounds
  readonly rules: readonly ProvisionRule[]
  readonly review?: string
}

const ALWAYS: DateBounds = { low: -Infinity, high: Infinity }
const NOTHING: LabelMasks = [0, 0, 0, 0, 0, 0]

const codingsOf = (concept: unknown): Node[] =>
  isObject(concept) && Array.isArray(concept.coding) ? concept.coding.filter(isObject) : []
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

/** consentscope: only these two decide over access to data. */
export function scopeOf(consent: Node): 'patient-privacy' | 'research' | undefined {
  const codes = codingsOf(consent.scope).map(({ code }) => code)
  if (codes.includes('research')) return 'research'
  return codes.includes('patient-privacy') ? 'patient-privacy' : undefined
}

/** `npp` says that a notice was received, not that anything is allowed. */
function isOnlyNotice(consent: Node): boolean {
  const categories = list(consent.category).flatMap(codingsOf)
  return categories.length > 0 && categories.every(({ code }) => code === 'npp')
}

/** By the patient, or by somebody who may sign for them. */
export const isSigned = (consent: Node): boolean =>
  list(consent.performer).some((who) => {
    const reference = localReference(who)
    return (
      reference !== undefined &&
      (reference === localReference(consent.patient) || reference.startsWith('RelatedPerson/'))
    )
  })

function keyOf(consent: Node): string {
  const organisation = isObject(list(consent.organization)[0])
    ? (list(consent.organization)[0] as Node).reference
    : null
  const policy = list(consent.policy)[0]
  const rule =
    isObject(policy) && policy.uri !== undefined ? policy.uri : (codingsOf(consent.policyRule)[0]?.code ?? null)
  return JSON.stringify([organisation ?? null, scopeOf(consent), rule])
}

const moment = (text: unknown) => (typeof text === 'string' ? (dateBounds(text)?.low ?? 0) : 0)
const meta = (consent: Node): Node => (isObject(consent.meta) ? consent.meta : {})

/** Undefined for a Consent that has no say in access. */
export function readConsent(consent: Node): ConsentRules | undefined {
  const scope = scopeOf(consent)
  if (consent.status !== 'active' || !scope || isOnlyNotice(consent)) return undefined
  const { root, review } = normalise(consent)
  const rules = flatten(root, scope === 'research')
  const root0 = isObject(consent.provision) ? periodOf(consent.provision.period) : undefined
  const { versionId, lastUpdated } = meta(consent)
  const signed = isSigned(consent)
  return {
    reference: `Consent/${String(consent.id)}/_history/${String(versionId ?? '1')}`,
    key: keyOf(consent),
    order: [moment(consent.dateTime), moment(lastUpdated), String(consent.id)],
    signed,
    // A period that cannot be read: its denies hold, its permits were dropped with it.
    period: root0 === undefined || root0 === UNREADABLE ? ALWAYS : root0,
    rules: signed ? rules : rules.map(withoutPermit),
    ...(review === undefined ? {} : { review }),
  }
}

/** What nobody signed grants nothing. */
const withoutPermit = (rule: ProvisionRule): ProvisionRule =>
  rule.rule.deny ? rule : { ...rule, rule: { ...rule.rule, labels: NOTHING } }
