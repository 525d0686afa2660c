// The independent judge of the consent kernel: every question answered slowly, straight from the text of the standards.
// https://hl7.org/fhir/R4/consent.html and https://profiles.ihe.net/ITI/PCF.
import { isKindOf, isPurpose } from '../../../src/kernel/purpose.ts'
import { matches } from './criteria.ts'
import { NORMAL, RESTRICTED, type View, viewsOf } from './labels.ts'
import type { Effect, Emergency, OracleQuestion, Verdict } from './question.ts'
import { type Reading, type Rule, readingOf } from './rules.ts'
import { type Standing, standing } from './standing.ts'

export type {
  Action,
  Effect,
  Emergency,
  ImplicitPolicy,
  OracleQuestion,
  Resource,
  Span,
  Statutory,
  Verdict,
} from './question.ts'

interface Speaker extends Reading, Standing {}

/** What of a consent is in force: all of it, or only what it denies. */
const inForce = ({ rules, signed, overtaken }: Speaker): readonly Rule[] =>
  signed && !overtaken ? rules : rules.filter(({ effect }) => effect === 'deny')

/** What one consent says: its deepest matching rule, a deny before a permit of the same depth. */
function spoken(speaker: Speaker, question: OracleQuestion, view: View): Verdict | undefined {
  const heard = inForce(speaker).filter((rule) => matches(rule, question, view))
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

/** Whether this user broke this glass, for whom they act, with a second factor; and it is still broken. */
function isBroken(emergency: Emergency, { asker, patient, now }: OracleQuestion): boolean {
  const theirs = emergency.user === asker.user && emergency.organisation === asker.organisation && asker.acr === 'mfa'
  const runs = emergency.started <= now && now < emergency.expires && !(emergency.ended! <= now)
  return theirs && runs && emergency.patient === patient
}

/** BTG without a broken glass is nothing. With one, only the law and who forbade it by name are heard. */
function inEmergency(question: OracleQuestion, spoke: Verdict | undefined, view: View): Verdict {
  const { neverInEmergency, onlyDocumented } = question.statutory
  const broken = (question.emergencies ?? []).filter((one) => isBroken(one, question))
  if (broken.length === 0) return { effect: 'deny', why: 'no glass is broken' }
  if (view.confidentiality > RESTRICTED) return { effect: 'deny', why: 'very restricted' }
  const { sensitivity = '' } = view
  const documented = broken.some((one) => one.documented)
  if (neverInEmergency?.has(sensitivity) || (onlyDocumented?.has(sensitivity) && !documented))
    return { effect: 'deny', why: 'not even in an emergency' }
  // IHE PCF, Policy-deny: `Deny all`.
  if (!spoke && question.implicit(question.custodian) === 'deny')
    return { effect: 'deny', why: 'the house breaks no glass' }
  return spoke?.effect === 'deny' ? spoke : { effect: 'permit', why: 'the glass is broken' }
}

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
  if (is(question.asker.purpose, ['BTG'])) return inEmergency(question, spoke, view)
  if (spoke) return spoke
  if (speakers.some(({ permitsAtRoot, overtaken }) => permitsAtRoot && !overtaken))
    return { effect: 'deny', why: 'a permit on file is for others' }
  if (needsConsent(question, view)) return { effect: 'deny', why: 'needs a consent by law' }
  return { effect: isImplied(question, view) ? 'permit' : 'deny', why: 'implicit policy' }
}

/** Told only where every view of the resource may be told. */
export function oracle(question: OracleQuestion): Verdict {
  if (question.patient === undefined) throw new RangeError('The oracle judges only data of a patient.')
  const speakers = standing(question).map((one) => ({ ...one, ...readingOf(one.consent) }))
  const verdicts = viewsOf(question.resource).map((view) => judge(question, speakers, view))
  return verdicts.find(({ effect }) => effect === 'deny') ?? verdicts[0]!
}
