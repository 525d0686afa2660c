// Which consents speak at all: those in force, less those that a later one on the same matter has replaced.
// https://hl7.org/fhir/R4/consent-definitions.html#Consent.status
import type { Consent } from '@medplum/fhirtypes'
import { isKindOf } from '../../../src/kernel/purpose.ts'
import { contains, periodSpan, span } from './dates.ts'
import type { OracleQuestion } from './question.ts'

const SCOPE = 'http://terminology.hl7.org/CodeSystem/consentscope'
const CATEGORY = 'http://terminology.hl7.org/CodeSystem/consentcategorycodes'

const scopeOf = ({ scope }: Consent): string | undefined => scope.coding?.find(({ system }) => system === SCOPE)?.code

/** An acknowledgement of the notice of privacy practices decides nothing. */
const isNotice = ({ category }: Consent): boolean =>
  category.every(({ coding }) => (coding ?? []).some(({ system, code }) => system === CATEGORY && code === 'npp'))

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

/** Consents on one matter: the same organisation, scope and policy. */
const matterOf = (consent: Consent): string =>
  JSON.stringify([
    consent.organization?.[0]?.reference ?? null,
    scopeOf(consent),
    consent.policy?.[0]?.uri ?? consent.policyRule?.coding?.[0]?.code ?? null,
  ])

const instant = (text: string | undefined): number => (text === undefined ? Number.NEGATIVE_INFINITY : span(text).low)

function isLater(a: Consent, b: Consent): boolean {
  const [at, bt] = [instant(a.dateTime), instant(b.dateTime)]
  if (at !== bt) return at > bt
  const [au, bu] = [instant(a.meta?.lastUpdated), instant(b.meta?.lastUpdated)]
  return au === bu ? a.id! > b.id! : au > bu
}

/** The consents that speak. A paper that nobody signed replaces none that was signed. */
export function standing(question: OracleQuestion): Consent[] {
  const all = question.consents.map((consent) => consent as unknown as Consent)
  const candidates = all.filter((consent) => isCandidate(consent, question))
  const signed = (consent: Consent) => isSigned(consent, question.patient)
  return candidates.filter(
    (consent) =>
      !candidates.some((other) => matterOf(other) === matterOf(consent) && isLater(other, consent) && signed(other)),
  )
}
