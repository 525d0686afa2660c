// What must not compile. Nothing runs this: `npm run check` fails where a mistake is no error any more.
import type { Client } from '@urql/core'
import { PatientChartDocument, RecordObservationDocument, UpdatePatientDocument } from '../../client/index.ts'

export async function mistakes(client: Client) {
  // @ts-expect-error id is missing
  client.query(PatientChartDocument, {})
  // @ts-expect-error a code is text
  client.mutation(RecordObservationDocument, { res: { status: 1 } })
  // @ts-expect-error a decimal is a number
  client.mutation(RecordObservationDocument, { res: { valueQuantity: { value: '37.1' } } })
  // @ts-expect-error an update needs the version that was read
  client.mutation(UpdatePatientDocument, { id: 'ana', res: {} })
  const { data } = await client.query(PatientChartDocument, { id: 'ana' })
  // @ts-expect-error the operation does not select it
  return data?.Patient?.maritalStatus
}
