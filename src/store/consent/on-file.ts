// All Consents of patients, whoever may read them: for settling, deciding and trying out, never for telling.
import { isObject, readStored } from '../../kernel/json.ts'
import type { Session } from '../database.ts'

type Node = Record<string, unknown>

export interface OnFile {
  readonly stands: boolean
  /** Id of the organisation that holds the patient's record. */
  readonly custodian?: string
  readonly consents: readonly Node[]
}

interface Row {
  patient: string
  content: string
  lossless: boolean
  /** Since when it stands under its date; null: since it was written last. */
  recorded: string | null
}

// A version that changes nothing of when it was given, such as one with new labels, was not recorded anew.
const RECORDED = `case when c.version > 1 then (
  select to_char(min(v.last_updated) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') from resource_version as v
  where v.type = 'Consent' and v.id = c.id and v.content::json->>'dateTime' is not distinct from c.content::json->>'dateTime'
    and v.content is not null) end`

/** Consents that stand, by patient, with the moment at which each was recorded as `meta.lastUpdated`. */
export async function consentsOf(session: Session, patients: readonly string[]): Promise<Map<string, Node[]>> {
  const rows = await session.query<Row>({
    sql: `select c.patient, c.content, c.lossless, ${RECORDED} as recorded from consent as c
where c.patient = any($1::text[]) and not c.deleted order by c.id`,
    parameters: [patients],
  })
  const found = new Map<string, Node[]>()
  for (const row of rows) found.set(row.patient, [...(found.get(row.patient) ?? []), read(row)])
  return found
}

function read({ content, lossless, recorded }: Row): Node {
  const consent = readStored(content, lossless) as Node
  const meta = isObject(consent.meta) ? consent.meta : {}
  return recorded === null ? consent : { ...consent, meta: { ...meta, lastUpdated: recorded } }
}

export async function readOnFile(session: Session, patient: string): Promise<OnFile> {
  const [held] = await session.query<{ custodian: string | null }>({
    sql: 'select custodian from patient where id = $1 and not deleted',
    parameters: [patient],
  })
  return {
    stands: held !== undefined,
    ...(held?.custodian && { custodian: held.custodian }),
    consents: (await consentsOf(session, [patient])).get(patient) ?? [],
  }
}
