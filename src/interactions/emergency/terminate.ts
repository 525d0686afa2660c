// The end of an emergency before its hour is over: the next statement sees no more than consent allows.
import { isId } from '../../fhir/references.ts'
import { HealthChainError } from '../../kernel/errors.ts'
import { endEmergency, recordEvent } from '../../store/emergency.ts'
import type { Interaction } from '../context.ts'

/** @throws HealthChainError not-found where the user has nothing open for the patient. */
export async function terminate({ database, asker, trail, loaders }: Interaction, patient: string): Promise<true> {
  await database.transaction(async (session) => {
    const ended = isId(patient) ? await endEmergency(session, asker.user, patient) : []
    if (ended.length === 0)
      throw new HealthChainError('not-found', 'no-emergency', 'You have no emergency access to this patient.')
    const references = ended.map((id) => `Task/${id}`)
    await recordEvent(
      session,
      trail.happening({ kind: 'break-glass-end', patient, references, operation: 'emergencyTerminate' }),
    )
  })
  loaders.forget()
  return true
}
