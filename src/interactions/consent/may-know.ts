// Who may hear how consent decides over a patient: the patient and who stands for them, auditors, and staff whom a plain
// Consent of this patient would be told. Everybody else hears the same as of a patient who does not exist.
import type { Facts } from '../../consent/facts.ts'
import { NONE, NORMAL } from '../../consent/labels.ts'
import { admissions } from '../../consent/read-scope.ts'
import { isAdmitted } from '../../consent/told.ts'
import { isId } from '../../fhir/references.ts'
import { elapsed, now, until } from '../../kernel/clock.ts'
import { HealthChainError } from '../../kernel/errors.ts'
import { type OnFile, readOnFile } from '../../store/consent/on-file.ts'
import { readMany } from '../../store/reader.ts'
import type { Interaction } from '../context.ts'
import { SILENCE } from '../silence.ts'
import { heardIn, teller } from './policies.ts'

/** A resource of the patient that says nothing of itself. */
export const plainFacts = (type: string, patient: string, custodian: string | undefined): Facts => ({
  type,
  id: type === 'Patient' ? patient : '',
  patient,
  shared: false,
  confidentiality: NORMAL,
  sensitivity: NONE,
  ...(custodian !== undefined && { custodian }),
  words: () => new Set(),
  clinical: () => undefined,
})

/** Whether a scope without a suffix reaches this patient; for what the role matrix leaves to named operations. */
function reaches({ asker }: Interaction, patient: string, type: string): boolean {
  return asker.scopes.some(
    ({ context, type: of, rights, filter }) =>
      (of === '*' || of === type) &&
      rights.includes('r') &&
      filter.length === 0 &&
      (context !== 'patient' || asker.patient === patient),
  )
}

/** Whether this patient's consents would tell the asker a plain resource of the type. */
export function tellsPlain(
  { view }: Interaction,
  type: string,
  patient: string,
  { custodian, consents }: OnFile,
): boolean {
  const facts = plainFacts(type, patient, custodian)
  const nothing = () => new Set<string>()
  return (
    isAdmitted(admissions(view.scope, type, 'r'), facts) && teller(view.scope, heardIn(consents, now()), nothing)(facts)
  )
}

function mayKnow(interaction: Interaction, patient: string, file: OnFile): boolean {
  const { asker, view } = interaction
  if (!file.stands) return false
  if (view.scope.everything) return true
  if (!reaches(interaction, patient, 'Consent')) return false
  if (asker.role === 'patient') return asker.patient === patient
  if (asker.role === 'auditor') return file.custodian !== undefined && file.custodian === asker.organisation
  return tellsPlain(interaction, 'Consent', patient, file)
}

/** What is on file. @throws HealthChainError not-found: no such patient, or nothing that the asker may hear of. */
export async function requireKnowledge(interaction: Interaction, patient: string): Promise<OnFile> {
  const began = elapsed()
  const file = isId(patient) ? await readOnFile(interaction.database, patient) : undefined
  if (file && mayKnow(interaction, patient, file)) return file
  await until(began + SILENCE)
  throw new HealthChainError(
    'not-found',
    'not-found',
    'There is no such patient, or you may not hear of their consents.',
  )
}

/** Ids of the Consents that the asker may read. Auditors read none but may be told which of them decided. */
export async function readableConsents({ view, asker, database }: Interaction, { consents }: OnFile) {
  const ids = consents.map(({ id }) => String(id))
  if (view.scope.everything || asker.role === 'auditor' || ids.length === 0) return new Set(ids)
  const quiet = { ...view, mask: (resource: Record<string, unknown>) => resource, told: () => {} }
  const found = await readMany(database, 'Consent', ids, quiet)
  return new Set(found.map(({ id }) => id))
}
