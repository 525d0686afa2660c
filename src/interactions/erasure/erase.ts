// patientErase: a whole record out of every table, decided by the organisation that holds the Patient. Content, versions,
// search columns, policies, emergencies and salts go; the leaves stay as random numbers, and an `erase` leaf names them.
// What others share with the patient stays and is counted. The audit log stays too: the law keeps it longer than the record
// (45 CFR 164.316(b)(2), DPDP Rules, GDPR 17(3)(b)), and it is how anybody can tell that this happened.
import { isId } from '../../fhir/references.ts'
import { elapsed, instant, until } from '../../kernel/clock.ts'
import { HealthChainError } from '../../kernel/errors.ts'
import type { Session } from '../../store/database.ts'
import { recordEvent } from '../../store/emergency.ts'
import { appendErased, beginErasure, finishErasure, readyErasure } from '../../store/erasure/erase.ts'
import { type Counted, holdsPatient, namedElsewhere } from '../../store/erasure/others.ts'
import type { Interaction } from '../context.ts'
import { SILENCE } from '../silence.ts'
import { checkReason } from './reasons.ts'

export interface ErasureRequest {
  readonly patient: string
  readonly reason: string
  readonly text: string
}

export interface ErasureReport {
  /** Instant. */
  readonly when: string
  /** UUIDs of the erase leaves. */
  readonly entries: readonly string[]
  /** Leaves that lost their content. */
  readonly leaves: number
  /** Versions that are gone, by type. */
  readonly versions: readonly Counted[]
  /** Resources that name the patient and are not theirs alone, by type. */
  readonly kept: readonly Counted[]
}

/** Milliseconds: for leaves to find their places and for others to end their writes, and between two tries. */
const [PATIENCE, LOOK] = [8000, 200]
/** The last tries let its writers wait for the sequencer: who writes without end must not keep a record from being erased. */
const [TRIES, TOGETHER] = [2, 2000]

/**
 * @throws HealthChainError incorrect (bad-reason), conflict (legal-hold), busy; not-found for a patient who is not on file
 * and for one whom another organisation holds, alike
 */
export async function erasePatient(interaction: Interaction, request: ErasureRequest): Promise<ErasureReport> {
  const { database, loaders, log } = interaction
  checkReason(request.reason, request.text)
  const last = elapsed() + PATIENCE
  for (let tries = 1; ; tries++) {
    try {
      const patience = tries > TRIES ? TOGETHER : 0
      await readyErasure(database)
      const report = await database.transaction((session) => erase(session, interaction, request, patience))
      loaders.forget()
      log.wrote(report.entries.map((entry) => ({ entry })))
      return report
    } catch (error) {
      if (isBusy(error) && elapsed() < last) await until(elapsed() + LOOK)
      else throw refused(interaction, request, error)
    }
  }
}

const isBusy = (error: unknown): boolean => error instanceof HealthChainError && error.category === 'busy'

/** Why it was not done stands in the audit log, whoever asks. */
function refused({ trail }: Interaction, { patient }: ErasureRequest, error: unknown): unknown {
  const outcomeDesc = error instanceof HealthChainError ? error.code : 'failed'
  trail.happened({
    ...{ kind: 'erase', outcome: '8', outcomeDesc, operation: 'patientErase' },
    ...(isId(patient) && { patient }),
  })
  return error
}

async function erase(
  session: Session,
  interaction: Interaction,
  request: ErasureRequest,
  patience: number,
): Promise<ErasureReport> {
  const { patient, reason } = request
  const { user } = interaction.asker
  await requireHolder(session, interaction, patient)
  const kept = await namedElsewhere(session, patient)
  const portions = await beginErasure(session, patient, patience)
  const told: { entry: string; event: string }[] = []
  for (const [i, erased] of portions.entries()) {
    const part = portions.length > 1 ? [`part ${i + 1} of ${portions.length}`] : []
    await event(session, interaction, patient, [reason, ...part])
    const events = told.map((one) => one.event)
    told.push(await appendErased(session, patient, erased, events))
  }
  if (portions.length === 0) await event(session, interaction, patient, [reason])
  const entries = told.map(({ entry }) => entry)
  const when = instant()
  const versions = await finishErasure(session, { patient, reason, kept, at: when, by: user }, entries)
  return { when, entries, versions, kept, leaves: portions.flat().length }
}

const event = (session: Session, { trail }: Interaction, patient: string, said: readonly string[]) =>
  recordEvent(
    session,
    trail.happening({ kind: 'erase', patient, outcomeDesc: said.join('; '), operation: 'patientErase' }),
  )

/** Whoever holds the Patient decides over the whole record; others who must keep a part of it place a legal hold. */
async function requireHolder(session: Session, { asker }: Interaction, patient: string): Promise<void> {
  const began = elapsed()
  if (isId(patient) && (await holdsPatient(session, patient, asker.organisation ?? null))) return
  await until(began + SILENCE)
  throw new HealthChainError('not-found', 'not-found', 'There is no such patient in the hands of your organisation.')
}
