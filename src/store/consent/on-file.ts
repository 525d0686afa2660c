// All Consents of one patient, whoever may read them: for deciding and for trying out, never for telling.
import { readStored } from '../../kernel/json.ts'
import type { Session } from '../database.ts'

type Node = Record<string, unknown>

export interface OnFile {
  readonly stands: boolean
  /** Id of the organisation that holds the patient's record. */
  readonly custodian?: string
  readonly consents: readonly Node[]
}

export async function readOnFile(session: Session, patient: string): Promise<OnFile> {
  const [held] = await session.query<{ custodian: string | null }>({
    sql: 'select custodian from patient where id = $1 and not deleted',
    parameters: [patient],
  })
  const rows = await session.query<{ content: string; lossless: boolean }>({
    sql: 'select content, lossless from consent where patient = $1 and not deleted order by id',
    parameters: [patient],
  })
  return {
    stands: held !== undefined,
    ...(held?.custodian && { custodian: held.custodian }),
    consents: rows.map(({ content, lossless }) => readStored(content, lossless) as Node),
  }
}
