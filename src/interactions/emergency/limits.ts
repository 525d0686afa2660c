// How many records one person may open in emergencies: whoever steals an account must not open a hospital with it.
import { instant, now } from '../../kernel/clock.ts'
import { HealthChainError } from '../../kernel/errors.ts'
import type { Session } from '../../store/database.ts'
import { othersOpened } from '../../store/emergency.ts'

/** Patients, for one person. */
export interface EmergencyLimits {
  readonly atOnce: number
  /** Begun within 24 hours. */
  readonly perDay: number
}

export const EMERGENCY_LIMITS: EmergencyLimits = { atOnce: 10, perDay: 50 }
const DAY = 24 * 3_600_000

/** Says nothing of the patient: who stands, and who does not, is refused alike. @throws HealthChainError forbidden (too-many-emergencies) */
export async function requireFew(
  session: Session,
  user: string,
  patient: string,
  { atOnce, perDay }: EmergencyLimits = EMERGENCY_LIMITS,
): Promise<void> {
  const { open, begun } = await othersOpened(session, user, patient, instant(now() - DAY))
  if (open >= atOnce)
    throw tooMany(
      `You have the records of ${atOnce} patients open, which is all: end one with emergencyTerminate first.`,
    )
  if (begun >= perDay)
    throw tooMany(
      `You opened the records of ${perDay} patients within a day, which is all. In a disaster let the operator raise EMERGENCIES_MAX.`,
    )
}

const tooMany = (message: string) => new HealthChainError('forbidden', 'too-many-emergencies', message)
