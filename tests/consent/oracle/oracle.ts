// The independent judge of the consent kernel: every question answered slowly, straight from the text of the standards.
// https://hl7.org/fhir/R4/consent.html and https://profiles.ihe.net/ITI/PCF. Purpose BTG is judged elsewhere.
import type { Consent } from '@medplum/fhirtypes'
import { isKindOf, isPurpose } from '../../../src/kernel/purpose.ts'
import { matches } from './criteria.ts'
import { NORMAL, type View, viewsOf } from './labels.ts'
import type { Effect, OracleQuestion, Verdict } from './question.ts'
import { type Reading, readingOf } from './rules.ts'
import { isSigned, standing } from './standing.ts'

export type { Action, Effect, ImplicitPolicy, OracleQuestion, Resource, Span, Statutory, Verdict } from './question.ts'

interface Speaker extends Reading {
  readonly consent: Consent
  readonly signed: boolean
}

/** What one consent says: its deepest matching rule, a deny before a permit of the same depth. */
function spoken({ rules, signed }: Speaker, question: OracleQuestion, view: View): Verdict | undefined {
  const heard = rules.filter((rule) => (signed || rule.effect === 'deny') && matches(rule, question, view))
  const deepest = Math.max(...heard.map(({ depth }) => depth))
  const last = heard.filter(({ depth }) => depth === deepest)
  const rule = last.find(({ effect }) => effect === 'deny') ?? last[0]
  return rule && { effect: rule.effect, why: rule.path }
}

const is = (purpose: string, wider: readonly string[]): boolean => wider.some((one) => isKindOf(purpose, one))

/** Whether the organisation's own policy tells normal data to this asker where no consent speaks. */
function isImplied({ asker, custodian, implicit }: OracleQuestion, view: View): boolean {
  const { purpose, role } = asker
  if (view.confidentiality > NORMAL) return false
  switch (implicit(custodian)) {
    case 'basic-normal':
      return ['practitioner', 'nurse', 'pharmacist'].includes(role) && is(purpose, ['TREAT']) && !is(purpose, ['BTG'])
    case 'all-normal':
      return isPurpose(purpose) && !is(purpose, ['HRESCH', 'HMARKT', 'BTG'])
    default:
      return false
  }
}

const isOwnRecord = ({ asker, patient, statutory }: OracleQuestion): boolean =>
  statutory.ownRecord && asker.role === 'patient' && asker.patient === patient

const needsConsent = ({ statutory: { explicitCodes } }: OracleQuestion, { sensitivity }: View): boolean =>
  explicitCodes === 'all' || (sensitivity !== undefined && explicitCodes.has(sensitivity))

function judge(question: OracleQuestion, speakers: readonly Speaker[], view: View): Verdict {
  if (view.sensitivity !== undefined && question.statutory.deniedCodes.has(view.sensitivity))
    return { effect: 'deny', why: 'denied by law' }
  if (isOwnRecord(question)) return { effect: 'permit', why: 'own record' }
  const said = speakers.flatMap((speaker) => {
    const verdict = spoken(speaker, question, view)
    return verdict ? [{ ...verdict, why: `Consent/${speaker.consent.id} ${verdict.why}` }] : []
  })
  const of = (wanted: Effect) => said.find(({ effect }) => effect === wanted)
  const spoke = of('deny') ?? of('permit')
  if (spoke) return spoke
  if (speakers.some(({ permitsAtRoot }) => permitsAtRoot))
    return { effect: 'deny', why: 'a permit on file is for others' }
  if (needsConsent(question, view)) return { effect: 'deny', why: 'needs a consent by law' }
  return { effect: isImplied(question, view) ? 'permit' : 'deny', why: 'implicit policy' }
}

/** Told only where every view of the resource may be told. */
export function oracle(question: OracleQuestion): Verdict {
  if (question.patient === undefined) throw new RangeError('The oracle judges only data of a patient.')
  if (is(question.asker.purpose, ['BTG'])) throw new RangeError('The oracle does not judge break-glass.')
  const speakers = standing(question).map((consent) => ({
    consent,
    signed: isSigned(consent, question.patient),
    ...readingOf(consent),
  }))
  const verdicts = viewsOf(question.resource).map((view) => judge(question, speakers, view))
  return verdicts.find(({ effect }) => effect === 'deny') ?? verdicts[0]!
}
