// consentDecision: what consent says to somebody, and why, in words. The slow reading of src/consent/decide.ts, which
// statement and second wall are held equal to. What of it may be told depends on the one who asks for it.
import { placing } from '../../auth/part-of.ts'
import { decide, type Effect, type Reason as Ground } from '../../consent/decide.ts'
import type { Facts } from '../../consent/facts.ts'
import { sensitivityMask } from '../../consent/labels.ts'
import { type ConsentRules, readConsent } from '../../consent/read-consent.ts'
import { admissions } from '../../consent/read-scope.ts'
import { mayAsk } from '../../consent/role-matrix.ts'
import { ACTIONS } from '../../consent/rule.ts'
import { isAdmitted } from '../../consent/told.ts'
import { now } from '../../kernel/clock.ts'
import { readActions, readLinks } from '../../store/disclose.ts'
import { organisationsAbove } from '../../store/organisations.ts'
import type { Interaction } from '../context.ts'
import { explain, type Reason } from './explain.ts'
import { readableConsents, requireKnowledge } from './may-know.ts'
import { type Outlook, outlookOf, type Policies } from './policies.ts'
import { actionOf, askerOf, type Matter, matterOf, type Someone } from './question.ts'

export interface DecisionQuestion extends Matter {
  readonly patient: string
  readonly asker: Someone
  readonly action?: string | null
  readonly documentedEmergency?: boolean | null
}

export interface Decision {
  readonly effect: Effect
  readonly because: readonly Reason[]
  readonly obligations: readonly object[]
}

/** @throws HealthChainError not-found for a patient of whose consents the asker may not hear, as for one who is not. */
export async function decision(
  interaction: Interaction,
  policies: Policies,
  question: DecisionQuestion,
): Promise<Decision> {
  const { patient } = question
  const file = await requireKnowledge(interaction, patient)
  const { action, right } = actionOf(question.action ?? 'access')
  const someone = await placing(organisationsAbove(interaction.database))(askerOf(question.asker, patient))
  const facts = await matterOf(interaction, patient, file.custodian, question)
  const outlook = outlookOf(someone, policies, patient, question.documentedEmergency === true)
  const consents = file.consents.map(readConsent).filter((read) => read !== undefined)
  const permission = mayAsk(someone, facts.type, right)
  const refused = permission.allowed ? undefined : permission.message
  const grounds = refused
    ? ROLE
    : isAdmitted(admissions(outlook.scope, facts.type, right), facts)
      ? undefined
      : OTHER_PATIENT
  const { effect, because } =
    grounds ??
    decide(
      {
        ...{ scope: outlook.scope, facts, at: now() },
        actions: action === 'access' ? readActions(outlook.scope, facts) : ACTIONS[action],
        links: await readLinks(interaction.database, relatedIn(consents)),
      },
      consents,
    )
  record(interaction, patient, effect, because)
  const readable = await readableConsents(interaction, file)
  return {
    effect,
    because: because.map((ground) => explain(ground, { consents, readable, facts, outlook, refused })),
    obligations: effect === 'permit' ? owed(outlook, facts) : [],
  }
}

const closed = (by: string) => ({ effect: 'deny' as const, because: [{ effect: 'deny' as const, by }] })
const ROLE = closed('role')
const OTHER_PATIENT = closed('compartment')

const relatedIn = (consents: readonly ConsentRules[]): Set<string> =>
  new Set(consents.flatMap(({ rules }) => rules.flatMap(({ rule }) => rule.data?.related ?? [])))

/** IHE BALP, AuthZ-Consent: the question itself is written down, with the consents that decided. */
function record({ trail }: Interaction, patient: string, effect: Effect, because: readonly Ground[]): void {
  const consents = [...new Set(because.flatMap(({ consent }) => consent ?? []))]
  const outcome = effect === 'permit' ? '0' : '8'
  trail.happened({ kind: 'consent-decision', patient, outcome, consents, operation: 'consentDecision' })
}

const owed = ({ law }: Outlook, { sensitivity }: Facts): object[] =>
  law.obligations
    .filter(
      ({ sensitivities }) =>
        !sensitivities || sensitivities.some((code) => (sensitivityMask(code) & sensitivity) !== 0),
    )
    .map(({ id, code, text, source }) => ({ id, code, text, source }))
