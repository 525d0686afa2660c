// Breaking the glass: an hour's sight of one patient's record against the patient's denies, for staff who are provisioned
// for nothing like it. Never silent: row, audit event and its leaf of the log, notices and review stand or fall together.
// IHE PCF, 42 CFR 2.51.
import { MFA, stepUp } from '../../auth/bearer.ts'
import { isId } from '../../fhir/references.ts'
import { elapsed, instant, now, until } from '../../kernel/clock.ts'
import { HealthChainError } from '../../kernel/errors.ts'
import { newId } from '../../kernel/random.ts'
import type { Occurrence } from '../../store/audit/occurrence.ts'
import type { Session } from '../../store/database.ts'
import { aloneInEmergency, beginEmergency, endEmergency, reasonsSince, recordEvent } from '../../store/emergency.ts'
import { isEmergencyStaff } from '../../store/emergency-staff.ts'
import { joined } from '../../store/joined.ts'
import { appendEvent } from '../../store/log/append.ts'
import { readMany } from '../../store/reader.ts'
import { outlookOf, type Policies } from '../consent/policies.ts'
import type { Interaction } from '../context.ts'
import { commit, prepare } from '../pipeline.ts'
import { SILENCE } from '../silence.ts'
import { type EmergencyLimits, requireFew } from './limits.ts'
import { notices } from './notices.ts'
import { type Reason, reasonOf } from './reasons.ts'

export interface EmergencyRequest {
  readonly patient: string
  readonly reasonCode: string
  readonly reasonText: string
  /** A medical emergency as 42 CFR 2.51 documents it; the text says its nature. */
  readonly documentedEmergency?: boolean | null
  /** The second time within a day is asked for by name. */
  readonly renewal?: boolean | null
}

export interface Opened {
  readonly id: string
  readonly patient: string
  /** Instant. */
  readonly expires: string
}

const MINUTES = 60
const DAY = 24 * 3_600_000

const forbidden = (code: string, message: string) => new HealthChainError('forbidden', code, message)

/** What an installation decides by here. */
export type EmergencyPolicies = Policies & { readonly emergencies?: EmergencyLimits }

/** @throws HealthChainError unauthenticated (second factor), forbidden (no such staff, too many at once), incorrect (reason),
 * not-found for a patient who does not stand or may not be opened, alike; conflict for a second time that does not say so. */
export async function openEmergency(
  interaction: Interaction,
  policies: EmergencyPolicies,
  request: EmergencyRequest,
): Promise<Opened> {
  const { asker, database } = interaction
  if (asker.purpose !== 'BTG') throw forbidden('purpose', 'Breaking the glass needs the purpose of use BTG.')
  if (asker.acr !== MFA) throw stepUp()
  if (!(await isEmergencyStaff(database, asker)))
    throw forbidden(
      'no-emergency-staff',
      'Only break-glass staff of your organisation may do this: ask for membership.',
    )
  const reason = reasonOf(request.reasonCode, request.reasonText)
  const few = (session: Session) =>
    requireFew(session, asker.user, request.patient, policies.emergencies).catch((error) => {
      attempted(interaction, request, 'too many')
      throw error
    })
  await few(database)
  await requireOpenable(interaction, policies, request)
  const opened = await database.transaction(async (session) => {
    await aloneInEmergency(session, asker.user)
    await few(session)
    return open(session, interaction, request, reason)
  })
  interaction.loaders.forget()
  interaction.log.wrote([{ entry: opened.entry }])
  return opened.access
}

/** Whether the broken glass would show even the Patient: law and a patient who forbade it by name are heard here. */
async function requireOpenable(interaction: Interaction, policies: Policies, request: EmergencyRequest): Promise<void> {
  const { asker, database, view } = interaction
  const { patient } = request
  const began = elapsed()
  const { scope } = outlookOf(asker, policies, patient, request.documentedEmergency === true)
  const quiet = { ...view, scope, told: () => {} }
  const found = isId(patient) ? await readMany(database, 'Patient', [patient], quiet) : []
  if (found.length === 1) return
  attempted(interaction, request, 'refused')
  await until(began + SILENCE)
  throw new HealthChainError('not-found', 'not-found', 'There is no such patient, or no emergency opens this record.')
}

/** The attempt is the patient's to know of, if there is one. */
function attempted({ trail }: Interaction, { patient }: EmergencyRequest, outcomeDesc: string): void {
  trail.happened({ kind: 'break-glass', outcome: '8', outcomeDesc, ...(isId(patient) && { patient }) })
}

async function open(
  session: Session,
  interaction: Interaction,
  request: EmergencyRequest,
  reason: Reason,
): Promise<{ access: Opened; entry: string }> {
  const { asker, trail } = interaction
  const { user, organisation } = asker
  const { patient } = request
  const at = now()
  const renewed = await isRenewal(session, user, request, reason, at)
  await endEmergency(session, user, patient)
  const [id, expires] = [newId(), instant(at + MINUTES * 60_000)]
  const documented = request.documentedEmergency === true
  const about = { id, user, patient, organisation: organisation! }
  await beginEmergency(session, {
    ...about,
    ...{ reasonCode: reason.code, reasonText: reason.text, documented, started: instant(at), expires },
  })
  const calls = notices({ ...about, reason, at })
  for (const call of calls) prepare(call)
  await commit(calls, { ...interaction, database: joined(session) })
  const said = [reason.code, ...(documented ? ['medical emergency documented'] : []), ...(renewed ? ['renewed'] : [])]
  const outcomeDesc = said.join('; ')
  const entry = await record(session, trail, { patient, references: [`Task/${id}`], outcomeDesc })
  return { access: { id, patient, expires }, entry }
}

/** The audit event of it, and the leaf that tells this event. @returns UUID of the leaf's entry */
async function record(
  session: Session,
  trail: Interaction['trail'],
  said: Pick<Occurrence, 'patient' | 'references' | 'outcomeDesc'>,
): Promise<string> {
  const id = newId()
  await recordEvent(session, trail.happening({ kind: 'break-glass', id, operation: 'emergencyAccess', ...said }))
  return appendEvent(session, 'btg', id)
}

/** @throws HealthChainError conflict (renewal) where a second time within a day is not asked for, or not reasoned anew. */
async function isRenewal(
  session: Session,
  user: string,
  { patient, renewal }: EmergencyRequest,
  { text }: Reason,
  at: number,
): Promise<boolean> {
  const earlier = await reasonsSince(session, user, patient, instant(at - DAY))
  if (earlier.length === 0) return false
  if (renewal && !earlier.includes(text)) return true
  const message = 'You opened this record within the last day: give renewal: true, and a reason in new words.'
  throw new HealthChainError('conflict', 'renewal', message)
}
