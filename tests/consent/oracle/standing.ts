// Which consents speak at all: those in force, less those that a later one on the same matter has replaced.
// https://hl7.org/fhir/R4/consent-definitions.html#Consent.status
import type { Coding, Consent } from '@medplum/fhirtypes'
import { isKindOf } from '../../../src/kernel/purpose.ts'
import { contains, periodSpan, span } from './dates.ts'
import type { OracleQuestion } from './question.ts'

const SCOPE = 'http://terminology.hl7.org/CodeSystem/consentscope'
const CATEGORY = 'http://terminology.hl7.org/CodeSystem/consentcategorycodes'

const DECIDING = ['research', 'patient-privacy']
const decidingOf = (codings: readonly Coding[]): string | undefined =>
  DECIDING.find((wanted) => codings.some(({ code }) => code === wanted))

const official = ({ scope }: Consent): string | undefined =>
  decidingOf((scope.coding ?? []).filter(({ system }) => system === SCOPE))
/** By the code alone: another system may mean the same by it. */
const scopeOf = (consent: Consent): string | undefined => official(consent) ?? decidingOf(consent.scope.coding ?? [])

const everyCategory = ({ category }: Consent, is: (coding: Coding) => boolean): boolean =>
  category.every(({ coding }) => (coding ?? []).some(is))
/** An acknowledgement of the notice of privacy practices decides nothing. */
const isNotice = (consent: Consent): boolean =>
  everyCategory(consent, ({ system, code }) => system === CATEGORY && code === 'npp')

/** What may have been meant otherwise grants nothing. */
export const isPlain = (consent: Consent): boolean =>
  official(consent) !== undefined && !everyCategory(consent, ({ code }) => code === 'npp')

function isCandidate(consent: Consent, { asker, now }: OracleQuestion): boolean {
  const scope = scopeOf(consent)
  const period = consent.provision?.period
  return (
    consent.status === 'active' &&
    (scope === 'patient-privacy' || (scope === 'research' && isKindOf(asker.purpose, 'HRESCH'))) &&
    (period === undefined || contains(periodSpan(period), now)) &&
    !isNotice(consent)
  )
}

/** By the patient or somebody who stands in for them. */
export const isSigned = (consent: Consent, patient: string | undefined): boolean =>
  (consent.performer ?? []).some(
    ({ reference }) => reference === `Patient/${patient}` || reference?.startsWith('RelatedPerson/'),
  )

/** Somebody known by no address is known by a number, else by a name; what stands inside by what stands there. */
function houseOf({ organization: [house] = [], contained = [] }: Consent): unknown {
  if (house?.reference?.startsWith('#')) return contained.find(({ id }) => house.reference === `#${id}`)
  if (house?.reference) return house.reference
  if (house?.identifier?.value) return [house.identifier.system ?? null, house.identifier.value]
  return house?.display ?? house
}

/** Consents on one matter: the same organisation, scope and policy. */
const matterOf = (consent: Consent): string =>
  JSON.stringify([
    houseOf(consent) ?? null,
    scopeOf(consent),
    consent.policy?.[0]?.uri ?? consent.policyRule?.coding?.[0]?.code ?? null,
  ])

const signers = (consent: Consent, patient: string | undefined): string[] =>
  (consent.performer ?? [])
    .map(({ reference }) => reference ?? '')
    .filter((one) => one === `Patient/${patient}` || one.startsWith('RelatedPerson/'))

/** Those who agreed by themselves. A consent that names a form was recorded by others. */
const givers = (consent: Consent, patient: string | undefined): string[] =>
  consent.sourceReference ? [] : signers(consent, patient)

const recorded = ({ meta }: Consent): number =>
  meta?.lastUpdated === undefined ? Number.POSITIVE_INFINITY : span(meta.lastUpdated).low

/** The earliest and the latest moment at which it can have been given: at the latest when it was recorded. */
function given(consent: Consent): [number, number] {
  const latest = recorded(consent)
  if (consent.dateTime === undefined) return [latest, latest]
  const { low, high } = span(consent.dateTime)
  return [Math.min(low, latest), Math.min(high, latest)]
}

/** Certainly later. Dates that say the same leave it to the order in which they were recorded. */
function isLater(a: Consent, b: Consent): boolean {
  const [[a0, a1], [b0, b1]] = [given(a), given(b)]
  if (a0 !== b0 || a1 !== b1) return a0 >= b1
  return recorded(a) === recorded(b) ? a.id! > b.id! : recorded(a) > recorded(b)
}

export interface Standing {
  readonly consent: Consent
  readonly signed: boolean
  /** A later consent has replaced what it permits, and had no right to replace what it denies. */
  readonly overtaken: boolean
}

/**
 * The consents that speak. A paper that nobody signed replaces none that was signed. What somebody denied by themselves is
 * taken back by themselves only: by a later consent that they alone gave by themselves. What the patient denied on paper is
 * taken back by one who signed that paper: alone and by themselves, or on another paper.
 */
export function standing(question: OracleQuestion): Standing[] {
  const all = question.consents.map((consent) => consent as unknown as Consent)
  const candidates = all.filter((consent) => isCandidate(consent, question))
  const signed = (consent: Consent) => isPlain(consent) && isSigned(consent, question.patient)
  const onlyGiver = (consent: Consent) => {
    const [one, ...others] = signed(consent) ? givers(consent, question.patient) : []
    return others.length === 0 ? one : undefined
  }
  return candidates.flatMap((consent) => {
    const later = candidates.filter(
      (other) => matterOf(other) === matterOf(consent) && isLater(other, consent) && signed(other),
    )
    const hands = signers(consent, question.patient)
    const takesBack = (other: Consent): boolean => {
      const hand = onlyGiver(other)
      if (!consent.sourceReference) return hand !== undefined && hand === onlyGiver(consent)
      const theirs = other.sourceReference ? signers(other, question.patient) : [hand]
      return theirs.some((one) => one !== undefined && hands.includes(one))
    }
    const own = !consent.sourceReference || hands.includes(`Patient/${question.patient}`)
    const kept = signed(consent) && own && !later.some(takesBack)
    if (later.length > 0 && !kept) return []
    return [{ consent, signed: signed(consent), overtaken: later.length > 0 }]
  })
}
