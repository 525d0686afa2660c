// A FHIR Consent -> what decides of it: whether it counts at all, which others it replaces, and its rules. Pure.
// Consents that only acknowledge a notice, or decide over treatment, say nothing of access: they have no rules.
import { type DateBounds, dateBounds } from '../fhir/dates.ts'
import { localReference } from '../fhir/references.ts'
import { isObject } from '../kernel/json.ts'
import { periodOf, UNREADABLE } from './criteria.ts'
import { normalise } from './dialect.ts'
import { flatten, type ProvisionRule } from './provision.ts'
import type { LabelMasks } from './rule.ts'

type Node = Record<string, unknown>

export interface ConsentRules {
  /** `Consent/1/_history/2` */
  readonly reference: string
  /** Of several with one key only the latest is heard. */
  readonly key: string
  /** When it was given, as far as its date tells; at the latest when it was recorded. */
  readonly given: DateBounds
  readonly recorded: number
  readonly id: string
  /** What nobody signed replaces nothing. */
  readonly signed: boolean
  /** The patient and representatives who gave it themselves; none: recorded from a form, or not signed. */
  readonly givers: readonly string[]
  /** The patient and representatives who signed it, themselves or on a form. */
  readonly signers: readonly string[]
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

const CODE_SYSTEM = 'http://terminology.hl7.org/CodeSystem'
const codesIn = (codings: readonly Node[], system: string) =>
  codings.filter((coding) => coding.system === system).map(({ code }) => code)

type ConsentScope = 'patient-privacy' | 'research'
const scopeAmong = (codes: readonly unknown[]): ConsentScope | undefined =>
  codes.includes('research') ? 'research' : codes.includes('patient-privacy') ? 'patient-privacy' : undefined

/** consentscope: only these two decide over access to data. */
export const scopeOf = (consent: Node): ConsentScope | undefined =>
  scopeAmong(codesIn(codingsOf(consent.scope), `${CODE_SYSTEM}/consentscope`))

/** The same code of another system, or of none: meant, perhaps. It denies all the same and grants nothing. */
export const scopeLike = (consent: Node): ConsentScope | undefined =>
  scopeAmong(codingsOf(consent.scope).map(({ code }) => code))

const categories = (consent: Node): Node[][] => list(consent.category).map(codingsOf)
const isNotice = ({ code }: Node) => code === 'npp'

/** `npp` says that a notice was received, not that anything is allowed. */
export const isOnlyNotice = (consent: Node): boolean =>
  categories(consent).length > 0 &&
  categories(consent).every((codings) => codesIn(codings, `${CODE_SYSTEM}/consentcategorycodes`).includes('npp'))

export const looksLikeNotice = (consent: Node): boolean =>
  categories(consent).length > 0 && categories(consent).every((codings) => codings.some(isNotice))

/** The patient, and whoever may sign for them, among the performers. */
function signersOf(consent: Node): string[] {
  const patient = localReference(consent.patient)
  const performers = list(consent.performer).flatMap((who) => localReference(who) ?? [])
  return performers.filter((who) => who === patient || who.startsWith('RelatedPerson/'))
}

/** By the patient, or by somebody who may sign for them. */
export const isSigned = (consent: Node): boolean => signersOf(consent).length > 0

/** Staff record a signed form and name it; whoever gives a consent themselves has none. IHE PCF: source[x]. */
const isFromForm = (consent: Node): boolean => consent.sourceReference !== undefined

/** By its address, whichever version of it is named; else by its number; else by its name; else by all that is said of it. */
function houseIn({ organization, contained }: Node): unknown {
  const [house] = list(organization).slice(0, 1).filter(isObject)
  if (house === undefined) return null
  const { reference, identifier, display } = house
  if (typeof reference === 'string' && !reference.startsWith('#')) return localReference(house) ?? reference
  if (typeof reference === 'string') return list(contained).find((one) => isObject(one) && `#${one.id}` === reference)
  if (isObject(identifier) && identifier.value !== undefined) return [identifier.system ?? null, identifier.value]
  return display ?? house
}

function keyOf(consent: Node, scope: ConsentScope): string {
  const policy = list(consent.policy)[0]
  const rule =
    isObject(policy) && policy.uri !== undefined ? policy.uri : (codingsOf(consent.policyRule)[0]?.code ?? null)
  return JSON.stringify([houseIn(consent) ?? null, scope, rule])
}

const meta = (consent: Node): Node => (isObject(consent.meta) ? consent.meta : {})

const boundsOf = (text: unknown) => (typeof text === 'string' ? dateBounds(text) : undefined)

/** Nobody gave it later than it was recorded: a date to come would win over all that is given until then. */
function givenOf(consent: Node): { given: DateBounds; recorded: number } {
  const recorded = boundsOf(meta(consent).lastUpdated)?.low ?? Infinity
  const { low, high } = boundsOf(consent.dateTime) ?? { low: recorded, high: recorded }
  return { given: { low: Math.min(low, recorded), high: Math.min(high, recorded) }, recorded }
}

/**
 * Undefined for a Consent that has no say in access. `meta.lastUpdated`: since when it stands under its date; the store
 * knows that of a Consent that was written again.
 */
export function readConsent(consent: Node): ConsentRules | undefined {
  const scope = scopeOf(consent) ?? scopeLike(consent)
  if (consent.status !== 'active' || !scope || isOnlyNotice(consent)) return undefined
  const { root, review } = normalise(consent)
  const rules = flatten(root, scope === 'research')
  const root0 = isObject(consent.provision) ? periodOf(consent.provision.period) : undefined
  const { versionId } = meta(consent)
  const signed = isSigned(consent) && scopeOf(consent) !== undefined && !looksLikeNotice(consent)
  return {
    reference: `Consent/${String(consent.id)}/_history/${String(versionId ?? '1')}`,
    key: keyOf(consent, scope),
    ...givenOf(consent),
    id: String(consent.id),
    signed,
    signers: signed ? signersOf(consent) : [],
    givers: signed && !isFromForm(consent) ? signersOf(consent) : [],
    // A period that cannot be read: its denies hold, its permits were dropped with it.
    period: root0 === undefined || root0 === UNREADABLE ? ALWAYS : root0,
    rules: signed ? rules : rules.map(withoutPermit),
    ...(review === undefined ? {} : { review }),
  }
}

/** It grants nothing, and denies what it denied. */
const withoutPermit = (rule: ProvisionRule): ProvisionRule =>
  rule.rule.deny ? rule : { ...rule, rule: { ...rule.rule, labels: NOTHING } }
