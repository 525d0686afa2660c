// Legal holds: an organisation that must keep what it holds of a record (a suit, a duty to keep) stops its erasure, until a
// day or until it lifts the hold itself.
import { isId } from '../../fhir/references.ts'
import { elapsed, instant, now, until as wait } from '../../kernel/clock.ts'
import { HealthChainError } from '../../kernel/errors.ts'
import { newId } from '../../kernel/random.ts'
import type { Session } from '../../store/database.ts'
import { recordEvent } from '../../store/emergency.ts'
import { aloneWithRecord, type LegalHold, liftHolds, placeHold as storeHold } from '../../store/erasure/legal-holds.ts'
import { holdsAny } from '../../store/erasure/others.ts'
import type { Interaction } from '../context.ts'
import { SILENCE } from '../silence.ts'
import { wordsOf } from './reasons.ts'

export type PlacedHold = Pick<LegalHold, 'id' | 'patient' | 'placed' | 'until'>

/** What is asked for, as the audit log has it. */
interface Asked {
  readonly kind: 'hold' | 'unhold'
  readonly operation: string
}
const PLACING: Asked = { kind: 'hold', operation: 'legalHoldPlace' }
const LIFTING: Asked = { kind: 'unhold', operation: 'legalHoldLift' }

/** @throws HealthChainError incorrect (bad-reason, bad-until); not-found where the organisation holds nothing of the record */
export async function placeHold(
  interaction: Interaction,
  patient: string,
  reason: string,
  until?: string,
): Promise<PlacedHold> {
  const { asker, database, trail } = interaction
  const words = wordsOf(reason)
  const at = now()
  if (until !== undefined && !(Date.parse(until) > at))
    throw new HealthChainError('incorrect', 'bad-until', 'until is a moment to come.')
  const organisation = await myOrganisation(interaction, PLACING, patient, (own) => holdsAny(database, patient, own))
  const hold = {
    ...{ id: newId(), patient, placed: instant(at) },
    ...(until !== undefined && { until: instant(Date.parse(until)) }),
  }
  await database.transaction(async (session: Session) => {
    await aloneWithRecord(session, patient)
    // Erased while this waited: nothing is left to hold.
    await myOrganisation(interaction, PLACING, patient, (own) => holdsAny(session, patient, own))
    await storeHold(session, { ...hold, organisation, reason: words, by: asker.user })
    // Of the same id, and until when: what the dump holds against the hold itself. The reason stays with the hold.
    const outcomeDesc = `until ${hold.until ?? 'lifted'}`
    await recordEvent(session, trail.happening({ ...PLACING, id: hold.id, patient, outcomeDesc }))
  })
  return hold
}

/** Lifts what the organisation placed. @throws HealthChainError incorrect (bad-reason); not-found where it holds nothing up */
export async function liftHold(interaction: Interaction, patient: string, reason: string): Promise<true> {
  const { asker, database, trail } = interaction
  wordsOf(reason)
  await database.transaction(async (session: Session) => {
    const lifted = async (organisation: string) => {
      await recordEvent(session, trail.happening({ ...LIFTING, patient }))
      return (await liftHolds(session, { patient, organisation, by: asker.user })) > 0
    }
    await myOrganisation(interaction, LIFTING, patient, lifted)
  })
  return true
}

/** Who stands and who does not is refused alike. */
async function myOrganisation(
  { asker, trail }: Interaction,
  asked: Asked,
  patient: string,
  may: (organisation: string) => Promise<boolean>,
): Promise<string> {
  const began = elapsed()
  const { organisation } = asker
  if (organisation !== undefined && isId(patient) && (await may(organisation))) return organisation
  trail.happened({ ...asked, outcome: '8', outcomeDesc: 'not-found', ...(isId(patient) && { patient }) })
  await wait(began + SILENCE)
  throw new HealthChainError(
    'not-found',
    'not-found',
    'There is no such record or hold in the hands of your organisation.',
  )
}
