// What else names a patient, and who holds any of the record: statements over all resource tables, printed once.
import { SEARCH } from '../../fhir/generated/search-parameters.ts'
import type { SearchTable } from '../../fhir/search-parameters.ts'
import type { Session } from '../database.ts'

export interface Counted {
  readonly type: string
  readonly count: number
}

const TABLES = Object.entries(SEARCH).filter(([type]) => type !== 'AuditEvent' && type !== 'Provenance')

/** Columns in which a reference to a patient is searched, beside the compartment. */
function naming({ parameters }: SearchTable): string[] {
  const conditions = Object.values(parameters).flatMap(({ shape, column, targets }) => {
    if (!targets?.includes('Patient')) return []
    if (shape === 'references') return [`t."${column}" @> array[$2]`]
    return shape === 'reference' ? [`t."${column}" = $2`] : []
  })
  return [...new Set(conditions)]
}

const KEPT = TABLES.flatMap(([type, table]) => {
  const conditions = naming(table)
  if (conditions.length === 0) return []
  const where = `t.patient is distinct from $1 and not t.deleted and (${conditions.join(' or ')})`
  return [`select '${type}' as type, count(*)::int as count from "${table.table}" as t where ${where}`]
})
const COUNTS = `select type, count from (${KEPT.join('\nunion all ')}) as kept where count > 0`

/** Resources that stand, name the patient and are not of their record alone: a group, a list, another's relative. */
export const namedElsewhere = (session: Session, patient: string): Promise<Counted[]> =>
  session.query<Counted>({ sql: COUNTS, parameters: [patient, `Patient/${patient}`] })

const HELD = TABLES.map(
  ([, { table }]) => `exists (select from "${table}" where patient = $1 and not shared and custodian = $2)`,
)

/** Whether the organisation holds any resource of the record. What nobody holds is in nobody's hands: see import --custodian. */
export async function holdsAny(session: Session, patient: string, organisation: string): Promise<boolean> {
  const [row] = await session.query<{ holds: boolean }>({
    sql: `select ${HELD.join(' or ')} as holds`,
    parameters: [patient, organisation],
  })
  return row!.holds
}

/** Whether the Patient is on file, deleted or not, and the organisation holds it. */
export async function holdsPatient(session: Session, patient: string, organisation: string | null): Promise<boolean> {
  const rows = await session.query({
    sql: 'select from patient where id = $1 and custodian = $2',
    parameters: [patient, organisation],
  })
  return rows.length === 1
}
