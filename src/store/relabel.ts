// What a relabelling reads and writes beside the ordinary writer: rows in the order of their keys, a batch at a time, and
// the columns that say whom a row may be told. As the owner: nobody else may touch a version.
import { hasConcept } from '../search/concept.ts'
import type { IndexRow } from '../search/index-row.ts'
import type { Database, Session } from './database.ts'
import { RESOURCE_TABLES } from './generated/entities.ts'
import { MARKED } from './referrers.ts'
import { CONCEPTS } from './write-sql.ts'

/** Patients first: others take their custodian from them. Audit events bear the labels they were written with. */
export const RELABELLED: readonly string[] = RESOURCE_TABLES.map(({ type }) => type)
  .filter((type) => type !== 'AuditEvent')
  .sort((a, b) => Number(b === 'Patient') - Number(a === 'Patient'))

const tables = new Map(RESOURCE_TABLES.map((table) => [table.type, table]))
const tableOf = (type: string) => tables.get(type)!

export interface CurrentRow {
  readonly id: string
  readonly version: number
  readonly deleted: boolean
  /** Of a deleted resource: the last that stood. */
  readonly content: string | null
  readonly lossless: boolean
  readonly custodian: string | null
  /** False for rows of before there were labels. */
  readonly labelled: boolean
}

/** The next rows of a type behind an id. */
export function currentRows(session: Session, type: string, after: string, limit: number): Promise<CurrentRow[]> {
  return session.query({
    sql: `select t.id, t.version, t.deleted, coalesce(t.content, v.content) as content, coalesce(v.lossless, t.lossless) as lossless, t.custodian, t.facts is not null as labelled
from "${tableOf(type).table}" as t left join resource_version as v on t.deleted and v.type = $1 and v.id = t.id and v.version = t.version - 1
where t.id > $2 order by t.id limit $3`,
    parameters: [type, after, limit],
  })
}

export interface Indexed {
  readonly id: string
  readonly version: number
  readonly index: IndexRow
}

const KEPT = ['id', 'version', 'last_updated', 'deleted', 'lossless', 'content']
/** All that a deleted resource has of them. */
const LABELS = ['patient', 'shared', 'custodian', 'confidentiality', 'sensitivity', 'facts']

/** Fills the columns of rows that were never labelled and still stand at the version that was read. */
export async function fillCurrent(session: Session, type: string, rows: readonly Indexed[]): Promise<void> {
  if (rows.length === 0) return
  const { table, columns } = tableOf(type)
  const next = (column: string) => {
    if (column === 'custodian')
      return 'custodian = coalesce(given.custodian, t.custodian, (select p.custodian from patient as p where p.id = given.patient))'
    if (LABELS.includes(column)) return `${column} = given.${column}`
    return `"${column}" = case when t.deleted then t."${column}" else given."${column}" end`
  }
  const sets = columns.filter((column) => !KEPT.includes(column)).map(next)
  const update = `update "${table}" as t set ${sets.join(', ')} from json_populate_recordset(null::"${table}", $1::json) as given
where t.id = given.id and t.version = given.version and t.facts is null`
  await session.query({
    // Other codes are another concept, and every concept is to be found.
    sql: hasConcept(type) ? `with put as (${update} returning t.concept, t.code), ${CONCEPTS} select 1` : update,
    parameters: [JSON.stringify(rows.map(({ id, version, index }) => ({ ...index, id, version })))],
  })
}

export interface VersionRow {
  readonly id: string
  readonly version: number
  /** Of a delete: what stood before it. */
  readonly content: string | null
  readonly lossless: boolean
  /** Who holds the resource now. */
  readonly custodian: string | null
  readonly labelled: boolean
  /** Whether it is found by the Medications that it names. */
  readonly marked: boolean
  readonly confidentiality: number
  readonly sensitivity: number
}

/** The next versions of a type behind one of them. */
export function versionRows(
  session: Session,
  type: string,
  after: { readonly id: string; readonly version: number },
  limit: number,
): Promise<VersionRow[]> {
  return session.query({
    sql: `select v.id, v.version, coalesce(v.content, p.content) as content, coalesce(p.lossless, v.lossless) as lossless, coalesce(v.custodian, t.custodian) as custodian, v.facts is not null as labelled, coalesce(v.${MARKED}, false) as marked, v.confidentiality, v.sensitivity
from resource_version as v left join "${tableOf(type).table}" as t on t.id = v.id
  left join resource_version as p on v.content is null and p.type = $1 and p.id = v.id and p.version = v.version - 1
where v.type = $1 and (v.id, v.version) > ($2, $3::int) order by v.id, v.version limit $4`,
    parameters: [type, after.id, after.version, limit],
  })
}

/** Columns of one version, as PostgreSQL reads them from JSON. */
export type VersionColumns = Record<string, unknown> & { readonly id: string; readonly version: number }

/** Versions that were never labelled. Whose they were before they moved is to be known when that record is erased. */
export async function fillVersions(session: Session, type: string, rows: readonly VersionColumns[]): Promise<void> {
  if (rows.length === 0) return
  const sets = [...LABELS, 'clinical_low', 'clinical_high'].map((column) => `${column} = given.${column}`)
  await session.query({
    sql: `with filled as (
  update resource_version as v set ${sets.join(', ')} from json_populate_recordset(null::resource_version, $2::json) as given
  where v.type = $1 and v.id = given.id and v.version = given.version and v.facts is null returning v.id, v.patient
)
insert into former_compartment (patient, type, id) select distinct f.patient, $1, f.id from filled as f join "${tableOf(type).table}" as t on t.id = f.id
where f.patient is not null and f.patient is distinct from t.patient on conflict do nothing`,
    parameters: [type, JSON.stringify(rows)],
  })
}

/** Higher labels for versions that bear some; what they bear already stays. */
export async function raiseVersions(session: Session, type: string, rows: readonly VersionColumns[]): Promise<void> {
  if (rows.length === 0) return
  await session.query({
    sql: `update resource_version as v set confidentiality = greatest(v.confidentiality, given.confidentiality), sensitivity = v.sensitivity | given.sensitivity
from json_populate_recordset(null::resource_version, $2::json) as given where v.type = $1 and v.id = given.id and v.version = given.version`,
    parameters: [type, JSON.stringify(rows)],
  })
}

/** Versions of before there were words for the Medications that they name: `facts` are those words. */
export async function markVersions(session: Session, type: string, rows: readonly VersionColumns[]): Promise<void> {
  if (rows.length === 0) return
  await session.query({
    sql: `update resource_version as v set facts = v.facts || given.facts from json_populate_recordset(null::resource_version, $2::json) as given
where v.type = $1 and v.id = given.id and v.version = given.version and not v.${MARKED}`,
    parameters: [type, JSON.stringify(rows)],
  })
}

/** Ids of the next patients whose consents stand, or stood. */
export async function consentingPatients(session: Session, after: string, limit: number): Promise<string[]> {
  const rows = await session.query<{ patient: string }>({
    sql: `select patient from consent where patient > $1 and not deleted
union select patient from patient_policy where patient > $1 order by patient limit $2`,
    parameters: [after, limit],
  })
  return rows.map(({ patient }) => patient)
}

/** Rows and versions that a whole relabelling looks at. */
export async function countRelabelled(database: Database): Promise<number> {
  const counts = RELABELLED.map((type) => `(select count(*) from "${tableOf(type).table}")`)
  const [row] = await database.query<{ count: number }>({
    sql: `select (${counts.join(' + ')} + (select count(*) from resource_version where type <> 'AuditEvent'))::int as count`,
    parameters: [],
  })
  return row!.count
}
