// What was erased of a record and when, with proofs: for the patient, and for those who must account for it. Whoever asks
// must know the id; of the record itself nothing is left to tell.
import { isId } from '../../fhir/references.ts'
import { type ErasedLeaves, erasures } from '../../store/erasure/erasures.ts'
import type { Interaction } from '../context.ts'

export interface ToldErasure extends Omit<ErasedLeaves, 'index'> {
  /** tlog-proof of the erase leaf; null while it is pending. */
  readonly proof: string | null
}

const ACCOUNTABLE = ['admin', 'auditor']

/** Empty for everybody else, as for a patient of whom nothing was erased. */
export async function erasuresOf({ asker, view, database, log }: Interaction, patient: string): Promise<ToldErasure[]> {
  const own = asker.role === 'patient' && asker.patient === patient
  if (!isId(patient) || !(own || view.scope.everything || ACCOUNTABLE.includes(asker.role))) return []
  const found = await erasures(database, patient)
  return Promise.all(
    found.map(async ({ index, ...told }) => ({
      ...told,
      proof: told.entry === undefined ? null : await log.inclusionProof(told.entry, index),
    })),
  )
}
