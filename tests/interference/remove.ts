// The database in which what is forbidden was never there: rows and versions deleted, hidden elements cut out of the text
// and of the search columns. What consents say stays, word for word, though the Consents themselves may go.
import type { Client } from 'pg'
import { factWords } from '../../src/consent/facts.ts'
import { compartmentOf } from '../../src/fhir/compartment.ts'
import { SEARCH } from '../../src/fhir/generated/search-parameters.ts'
import { indexRow } from '../../src/search/index-row.ts'
import { settlePolicies } from '../../src/store/consent/policies.ts'
import type { Database } from '../../src/store/database.ts'
import { RESOURCE_TABLES } from '../../src/store/generated/entities.ts'
import { cut, type Unseen } from './cut.ts'
import type { Node } from './grow.ts'
import type { Judgement } from './judge.ts'
import type { LaidDown, StoredRow } from './lay-down.ts'

const nameOf = ({ type, id }: StoredRow) => `${type}/${id}`

export interface Removal {
  readonly current: readonly StoredRow[]
  readonly versions: readonly StoredRow[]
}

/** A version is judged by its own content and by the resource as it stands. */
export function forbidden({ current, versions }: LaidDown, judgement: Judgement): Removal {
  const gone = current.filter((row) => !judgement.allows(row))
  const names = new Set(gone.map(nameOf))
  return { current: gone, versions: versions.filter((row) => names.has(nameOf(row)) || !judgement.allows(row)) }
}

export async function remove(client: Client, world: LaidDown, gone: Removal, unseen: Unseen): Promise<void> {
  for (const table of APPEND_ONLY) await client.query(`alter table ${table} disable trigger user`)
  for (const { type, table } of TABLES) {
    const ids = gone.current.filter((row) => row.type === type).map(({ id }) => id)
    if (ids.length > 0) await client.query(`delete from "${table}" where id = any($1)`, [ids])
  }
  await client.query(
    'delete from resource_version using unnest($1::text[], $2::text[], $3::int[]) as gone(type, id, version) where (resource_version.type, resource_version.id, resource_version.version) = (gone.type, gone.id, gone.version)',
    [gone.versions.map((v) => v.type), gone.versions.map((v) => v.id), gone.versions.map((v) => v.version)],
  )
  await cutOut(client, world, unseen)
  for (const table of APPEND_ONLY) await client.query(`alter table ${table} enable trigger user`)
}
const APPEND_ONLY = ['resource_version', 'audit_event_foreign']
const EVENTS = {
  ...{ type: 'AuditEvent', table: 'audit_event_foreign' },
  columns: Object.values(SEARCH.AuditEvent!.parameters).flatMap(({ shape, column }) =>
    shape === 'date' ? [`${column}_low`, `${column}_high`] : [column],
  ),
}
const TABLES = [...RESOURCE_TABLES, EVENTS]

const FIXED = new Set([
  'id',
  'version',
  'last_updated',
  'deleted',
  'patient',
  'shared',
  'custodian',
  'confidentiality',
  'sensitivity',
  'facts',
  'lossless',
])

async function cutOut(client: Client, { current, versions }: LaidDown, unseen: Unseen): Promise<void> {
  const cutOf = (rows: readonly StoredRow[]) =>
    rows
      .filter(({ deleted }) => !deleted)
      .map((row) => ({ row, left: cut(unseen, row) }))
      .filter(({ row, left }) => left !== row.content)
  const standing = Map.groupBy(cutOf(current), ({ row }) => row.type)
  for (const { type, table, columns } of TABLES) {
    const mine = standing
      .get(type)
      ?.map(({ row, left }) => ({ ...indexRow(left), id: row.id, content: JSON.stringify(left) }))
    if (!mine) continue
    const sets = columns.filter((c) => !FIXED.has(c)).map((c) => `"${c}" = given."${c}"`)
    await client.query(
      `update "${table}" as t set ${sets.join(', ')} from json_populate_recordset(null::"${table}", $1::json) as given where t.id = given.id`,
      [JSON.stringify(mine)],
    )
  }
  const old = cutOf(versions).map(({ row: { type, id, version }, left }) => ({
    type,
    id,
    version,
    content: JSON.stringify(left),
  }))
  await client.query(
    'update resource_version as t set content = given.content from json_populate_recordset(null::resource_version, $1::json) as given where (t.type, t.id, t.version) = (given.type, given.id, given.version)',
    [JSON.stringify(old)],
  )
}

/** Rules may name what an encounter refers to. The encounter may go; what the rule means may not: it is spelled out. */
export async function keepMeaning(database: Database, { current }: LaidDown): Promise<void> {
  const linked = (name: string): string[] => {
    const row = current.find((r) => nameOf(r) === name && !r.deleted)
    return row ? [...factWords(row.content)].flatMap((word) => (word.startsWith('l|') ? [word.slice(2)] : [])) : []
  }
  const spelled = (data: Node): Node[] => {
    const name = (data.reference as { reference?: string } | undefined)?.reference
    if (data.meaning !== 'related' || name === undefined || !/^(?:Encounter|CarePlan)\//.test(name)) return [data]
    return [name, ...linked(name)].map((reference) => ({ meaning: 'instance', reference: { reference } }))
  }
  const inside = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(inside)
    if (typeof value !== 'object' || value === null) return value
    const entries = Object.entries(value).map(([key, inner]) =>
      key === 'data' && Array.isArray(inner) ? [key, inner.flatMap(spelled)] : [key, inside(inner)],
    )
    return Object.fromEntries(entries)
  }
  const consents = current.filter(({ type, deleted }) => type === 'Consent' && !deleted)
  const related = consents.filter(({ content }) => JSON.stringify(content).includes('"related"'))
  if (related.length === 0) return
  const write = (contents: readonly Node[]) =>
    database.query({
      sql: 'update consent set content = given.content from json_populate_recordset(null::consent, $1::json) as given where consent.id = given.id',
      parameters: [JSON.stringify(contents.map((content) => ({ id: content.id, content: JSON.stringify(content) })))],
    })
  await write(related.map(({ content }) => inside(content) as Node))
  const patients = related.flatMap(({ content }) => compartmentOf(content).patient ?? [])
  await database.transaction((session) => settlePolicies(session, patients))
  await write(related.map(({ content }) => content))
}
