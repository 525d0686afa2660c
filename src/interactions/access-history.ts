// accessHistory: who saw or changed a patient's record, for the patient, who stands for them, and auditors. HIPAA
// 164.528 calls it an accounting, GDPR it the right of access, Art. 15.
import { admissions } from '../consent/read-scope.ts'
import { dateBounds } from '../fhir/dates.ts'
import { isId } from '../fhir/references.ts'
import { HealthChainError } from '../kernel/errors.ts'
import { type AccessPage, accessHistory as read } from '../store/audit/access-history.ts'
import { readOnFile } from '../store/consent/on-file.ts'
import { tellsPlain } from './consent/may-know.ts'
import { charge, type Interaction } from './context.ts'
import { LIST_MAX } from './search.ts'

const PAGE = 50

/** One entry, newest first. */
export interface AccessEntry {
  readonly when: string
  readonly who?: { readonly reference: string }
  readonly organisation?: { readonly reference: string }
  readonly role?: string
  readonly purpose?: string
  readonly interaction: string
  readonly types: readonly string[]
  readonly outcome: string
  readonly emergency: boolean
  /** Id of the AuditEvent. */
  readonly event: string
  /** For `_before`. */
  readonly cursor: string
}

/** `before`: the cursor of an entry. @throws HealthChainError forbidden, whatever there is to tell. */
export async function accessHistory(
  interaction: Interaction,
  patient: string,
  count = PAGE,
  before?: string,
): Promise<AccessEntry[]> {
  requireReach(interaction, patient)
  if (interaction.asker.role === 'proxy') await requireProxy(interaction, patient)
  if (!(count >= 1 && count <= LIST_MAX))
    throw new HealthChainError('incorrect', 'bad-count', `_count is a whole number from 1 to ${LIST_MAX}.`)
  // An auditor reads the log of one organisation, here as in AuditEventList; without one there is nothing to read.
  const { role, organisation: audited = '' } = interaction.asker
  const page: AccessPage = {
    limit: count,
    ...(before !== undefined && { before: positionOf(before) }),
    ...(role === 'auditor' && { organisation: audited }),
  }
  const found = isId(patient) ? await read(interaction.database, patient, page) : []
  charge(interaction, found.length)
  const about = { kind: 'search', type: 'AuditEvent', operation: 'accessHistory' } as const
  interaction.trail.happened({ ...about, ...(isId(patient) && { patient }) })
  return found.map(({ who, organisation, what, ...entry }) => ({
    ...entry,
    ...what,
    ...(who !== undefined && { who: { reference: who } }),
    ...(organisation !== undefined && { organisation: { reference: organisation } }),
    cursor: `${entry.when}/${entry.event}`,
  }))
}

/** Patients and proxies are bound to one patient by their token, auditors by none but their scopes. */
function requireReach({ view, asker }: Interaction, patient: string): void {
  const personal = asker.role === 'patient' || asker.role === 'proxy'
  const reached = admissions(view.scope, 'AuditEvent', 's').some(
    // A suffix asks what the history cannot answer row by row.
    ({ patient: only, filter }) => filter.length === 0 && (only === undefined ? !personal : only === patient),
  )
  if (reached) return
  throw new HealthChainError('forbidden', 'compartment', 'The token does not reach the access history of this patient.')
}

/** Who stands for a patient hears of accesses as long as the patient lets them. */
async function requireProxy(interaction: Interaction, patient: string): Promise<void> {
  const file = isId(patient) ? await readOnFile(interaction.database, patient) : undefined
  if (file?.stands && tellsPlain(interaction, 'AuditEvent', patient, file)) return
  throw new HealthChainError('forbidden', 'compartment', 'The token does not reach the access history of this patient.')
}

function positionOf(cursor: string): NonNullable<AccessPage['before']> {
  const [instant = '', id = '', more] = cursor.split('/')
  if (more === undefined && dateBounds(instant) && instant.includes('T') && isId(id)) return { instant, id }
  throw new HealthChainError('incorrect', 'bad-cursor', '_before is the cursor of an entry of this history.')
}
