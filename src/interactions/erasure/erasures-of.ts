// What was erased of a record and when, with proofs: for the patient, and for those of the house that held it who must
// account for it. Whoever asks must know the id; of the record itself nothing is left to tell.
import { isId } from '../../fhir/references.ts'
import type { Asker } from '../../kernel/asker.ts'
import { type ErasedLeaves, erasures } from '../../store/erasure/erasures.ts'
import type { Interaction } from '../context.ts'

export interface ToldErasure extends Omit<ErasedLeaves, 'index' | 'organisation'> {
  /** tlog-proof of the erase leaf; null while it is pending. */
  readonly proof: string | null
}

const ACCOUNTABLE = ['admin', 'auditor']

/** An erasure of another house is none of theirs, whatever ids they know. */
const isAccountable = ({ role, organisation }: Asker, erased: ErasedLeaves): boolean =>
  ACCOUNTABLE.includes(role) && organisation !== undefined && organisation === erased.organisation

/** Empty for everybody else, as for a patient of whom nothing was erased. */
export async function erasuresOf({ asker, view, database, log }: Interaction, patient: string): Promise<ToldErasure[]> {
  const own = asker.role === 'patient' && asker.patient === patient
  const whole = own || view.scope.everything
  if (!isId(patient) || !(whole || ACCOUNTABLE.includes(asker.role))) return []
  const found = await erasures(database, patient)
  return Promise.all(
    found
      .filter((erased) => whole || isAccountable(asker, erased))
      .map(async ({ index, organisation: _, ...told }) => ({
        ...told,
        proof: told.entry === undefined ? null : await log.inclusionProof(told.entry, index),
      })),
  )
}
