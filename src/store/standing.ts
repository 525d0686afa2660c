// What stands before a write, for judging whether it may be written over or about. No way leads from here to an answer.
import { sql } from 'kysely'
import type { Right } from '../kernel/asker.ts'
import { readStored } from '../kernel/json.ts'
import { print, restriction, type StoredRow } from '../search/compile.ts'
import { searchTable } from '../search/parameters.ts'
import type { Session } from './database.ts'
import { disclose, type Resource } from './disclose.ts'
import type { View } from './view.ts'
import type { Standing as StandingRow } from './writer.ts'

export interface Standing {
  readonly resource: Resource
  readonly custodian: string | null
  /** The patient's policies as PostgreSQL prints them. */
  readonly policies: string | null
  /** As the writer wants it. */
  readonly row: StandingRow
}

/** The resource as it stands, if this asker may be told of it; `right`: which scope must reach it. */
export async function readStanding(
  session: Session,
  type: string,
  id: string,
  view: View,
  right: Right,
): Promise<Standing | undefined> {
  const held = restriction(view.scope, type, right, { name: 't' })
  const table = sql.table(searchTable(type).table)
  const rows = await session.query<StoredRow & StandingRow>(
    print(
      sql`select t.id, t.version, t.deleted, t.patient, t.content, t.lossless, t.custodian, ${held.policies} as policies from ${table} as t${held.joins} where t.id = ${id} and not t.deleted and ${held.condition}`,
    ),
  )
  const [row] = rows
  if (!row) return undefined
  await disclose(session, rows, { ...view, mask: (resource) => resource, told: () => {} }, right)
  const resource = readStored(row.content, row.lossless) as Resource
  return { resource, custodian: row.custodian, policies: row.policies, row }
}

export interface PatientOnFile {
  readonly stands: boolean
  /** Their policies as PostgreSQL prints them; absent where no consent is on file. */
  readonly policies?: string
}

/** Whether the patient stands, and what is on file for them now. */
export async function readPatientOnFile(session: Session, patient: string): Promise<PatientOnFile> {
  const [row] = await session.query<{ stands: boolean; policies: string | null }>({
    sql: 'select exists (select from patient where id = $1 and not deleted) as stands, (select policies::text from patient_policy where patient = $1 and valid_from <= now() and now() < valid_until) as policies',
    parameters: [patient],
  })
  const policies = row?.policies ?? undefined
  return { stands: row?.stands === true, ...(policies !== undefined && { policies }) }
}

/** Id of the organisation that holds the patient's record, and what is written into it where nobody else does. */
export async function holderOfPatient(session: Session, patient: string): Promise<string | undefined> {
  const [row] = await session.query<{ custodian: string | null }>({
    sql: 'select custodian from patient where id = $1',
    parameters: [patient],
  })
  return row?.custodian ?? undefined
}
