// consentRevoke: as easy as granting, GDPR Art. 7(3) and DPDP s.6(4). One id, and the next statement hears it.
import { isId } from '../../fhir/references.ts'
import { elapsed, until } from '../../kernel/clock.ts'
import { HealthChainError } from '../../kernel/errors.ts'
import type { Resource } from '../../store/reader.ts'
import { readStanding } from '../../store/standing.ts'
import { type Interaction, requireRight } from '../context.ts'
import { perform } from '../pipeline.ts'
import { SILENCE } from '../silence.ts'
import { refuseEmergency } from './grant.ts'

const REASON = 'https://healthchain.example/fhir/StructureDefinition/consent-revocation-reason'
const LIVE = ['active', 'draft', 'proposed']
const REASON_MAX = 1000
const ATTEMPTS = 5

const isOvertaken = (error: unknown) => error instanceof HealthChainError && error.code === 'version-conflict'

/** The Consent as it stands afterwards. @throws HealthChainError not-found for what is missing or held back, alike. */
export async function revoke(interaction: Interaction, id: string, reason?: string): Promise<Resource | null> {
  refuseEmergency(interaction)
  requireRight(interaction, 'Consent', 'u')
  if (reason !== undefined && (reason.trim() === '' || reason.length > REASON_MAX))
    throw new HealthChainError('incorrect', 'bad-reason', `A reason has 1 to ${REASON_MAX} characters, or is left out.`)
  for (let attempt = 1; ; attempt++) {
    try {
      return await revokeOnce(interaction, id, reason?.trim())
    } catch (error) {
      if (!isOvertaken(error) || attempt >= ATTEMPTS) throw error
    }
  }
}

async function revokeOnce(interaction: Interaction, id: string, reason: string | undefined): Promise<Resource | null> {
  const began = elapsed()
  const standing = isId(id) ? await readStanding(interaction.database, 'Consent', id, interaction.view, 'u') : undefined
  if (!standing) {
    await until(began + SILENCE)
    throw new HealthChainError('not-found', 'not-found', 'There is no such resource.')
  }
  const { resource, row } = standing
  const extension = [{ url: REASON, valueString: reason }]
  const revoked = { ...resource, status: 'inactive', ...(reason && { _status: { extension } }) }
  const call = { kind: 'update', type: 'Consent', id, expected: row.version } as const
  // What is not in force stays as it is, but only who could have revoked it hears so.
  if (!LIVE.includes(String(resource.status))) return perform({ ...call, resource, skipUnchanged: true }, interaction)
  return perform({ ...call, resource: revoked }, interaction)
}
