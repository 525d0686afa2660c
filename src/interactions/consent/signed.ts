// Who agreed: the patient, who stands for them, or whoever signed the paper that staff record. IHE PCF: performer, source[x].
import { compartmentOf } from '../../fhir/compartment.ts'
import { parseLocalReference } from '../../fhir/references.ts'
import { instant } from '../../kernel/clock.ts'
import { HealthChainError } from '../../kernel/errors.ts'
import type { Resource } from '../../store/reader.ts'
import { type Interaction, maySee } from '../context.ts'

export interface Signature {
  readonly performer: readonly object[]
  readonly sourceReference?: object
  readonly sourceAttachment?: object
}

const forbidden = (code: string, message: string) => new HealthChainError('forbidden', code, message)

/** @throws HealthChainError forbidden, or incorrect where staff name no form; the same for a form that may not be seen. */
export async function signature(
  interaction: Interaction,
  patient: string,
  signedBy: string | undefined,
  form: string | undefined,
): Promise<Signature> {
  const { asker } = interaction
  if (asker.role !== 'patient' && asker.role !== 'proxy') return onPaper(interaction, patient, signedBy, form)
  if (signedBy !== undefined || form !== undefined)
    throw new HealthChainError('incorrect', 'own-signature', 'You sign for yourself: leave out signedBy and form.')
  // Whom the token names as a proxy is a RelatedPerson of the patient; anybody else could not have agreed.
  if (asker.role === 'proxy' && !asker.user.startsWith('RelatedPerson/'))
    throw forbidden('no-representative', 'Only a RelatedPerson can agree for somebody else.')
  const performer = asker.role === 'patient' ? `Patient/${patient}` : asker.user
  const sourceAttachment = { title: 'Given electronically', creation: instant() }
  return { performer: [{ reference: performer }], sourceAttachment }
}

async function onPaper(
  interaction: Interaction,
  patient: string,
  signedBy: string | undefined,
  form: string | undefined,
): Promise<Signature> {
  if (!signedBy || !form)
    throw new HealthChainError(
      'incorrect',
      'no-form',
      'Whoever records a signed form names signedBy (the Patient or a RelatedPerson) and form (a DocumentReference).',
    )
  const scan = await ofPatient(interaction, form, 'DocumentReference', patient)
  const signer = signedBy === `Patient/${patient}` || (await ofPatient(interaction, signedBy, 'RelatedPerson', patient))
  if (scan?.status !== 'current' || !signer)
    throw forbidden(
      'bad-form',
      'form must be a current DocumentReference of this patient, and signedBy theirs as well.',
    )
  return { performer: [{ reference: signedBy }], sourceReference: { reference: form } }
}

async function ofPatient(interaction: Interaction, reference: string, type: string, patient: string) {
  const address = parseLocalReference(reference)
  if (address?.type !== type || address.version !== undefined || !maySee(interaction, type, 'r')) return undefined
  const found: Resource | null = await interaction.loaders.resource(address)
  return found && compartmentOf(found).patient === patient ? found : undefined
}
