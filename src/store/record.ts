// The record of one patient as facts, all types at once, for trying out what a consent would change. Under the same
// restriction as a search, and judged again like one: what the asker may not see is not counted either.
import { sql } from 'kysely'
import type { Facts } from '../consent/facts.ts'
import { holdsPatients } from '../fhir/compartment.ts'
import { SEARCH } from '../fhir/generated/search-parameters.ts'
import { readStored } from '../kernel/json.ts'
import { columns, print, restriction, type StoredRow } from '../search/compile.ts'
import type { Session } from './database.ts'
import { disclose, type Resource, settled } from './disclose.ts'
import type { View } from './view.ts'

/** The log of the record is no part of it. */
const LOGS = ['AuditEvent', 'Provenance']
const TYPES = Object.keys(SEARCH).filter((type) => !LOGS.includes(type) && holdsPatients(type))

/** At most `limit` and one: who asks can tell that there is more. */
export async function readRecord(session: Session, patient: string, view: View, limit: number): Promise<Facts[]> {
  const found: Facts[] = []
  // Only counts and decisions leave: nothing is told.
  const quiet = { ...view, mask: (resource: Record<string, unknown>) => resource, told: () => {} }
  for (const type of TYPES) {
    if (found.length > limit) break
    const held = restriction(view.scope, type, 's', { name: 't' })
    const rows = await session.query<StoredRow>(
      print(
        sql`select ${columns(held)} from ${sql.table(SEARCH[type]!.table)} as t${held.joins} where t.patient = ${patient} and not t.deleted and ${held.condition} limit ${limit + 1 - found.length}`,
      ),
    )
    await disclose(session, rows, quiet, 's')
    for (const { content, lossless, custodian } of rows)
      found.push(settled(readStored(content, lossless) as Resource, custodian))
  }
  return found
}
