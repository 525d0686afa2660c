// The SQL of a write, printed once for each type: look, lock, put. Versions are guarded twice: the row is replaced only
// if it stands at the version before, and (type, id, version) is a key. With each version goes its leaf of the log.
import { SEARCH } from '../fhir/generated/search-parameters.ts'
import { HealthChainError } from '../kernel/errors.ts'
import { hasConcept } from '../search/concept.ts'
import { insertBeside } from './audit/insert.ts'
import { RESOURCE_TABLES } from './generated/entities.ts'
import { linesSql } from './log/leaf-lines.ts'

// Labels that somebody set must stay: only what bears some is read.
const LABELLED = 'sensitivity <> 1 or confidentiality <> 3'

function peekSql(table: string): string {
  return `select id, version, deleted, patient, custodian, lossless, case when ${LABELLED} then content end as content from "${table}" where id = $1`
}

function lockSql(table: string): string {
  return `select id, version, deleted, patient, custodian, lossless, content from "${table}" where id = any($1::text[]) order by id for update`
}

/** What a deleted resource keeps, so that its history is told to the same people: all but these. */
const CHANGED_BY_DELETE = ['version', 'last_updated', 'deleted', 'lossless', 'content']

function replaced(type: string, column: string): string {
  const given = `excluded."${column}"`
  if (CHANGED_BY_DELETE.includes(column)) return given
  // Who held it from the start holds it still, unless the resource itself says otherwise.
  const next = column === 'custodian' && !SEARCH[type]!.custodian ? `coalesce(t."${column}", ${given})` : given
  return `case when excluded.deleted then t."${column}" else ${next} end`
}

const conceptsSql = (distinct: string, order: string) => `named as (
  insert into concept (key, codes, brief)
  select ${distinct}put.concept, put.code, put.concept & 1 = 1 from put
  where put.concept is not null and not exists (select from concept as k where k.key = put.concept)
  ${order}on conflict (key) do nothing
)`
/** Every key of a row is to be found by its codes; almost always it is there already. After a CTE `put` with both. */
export const CONCEPTS = conceptsSql('distinct on (put.concept) ', 'order by put.concept ')
/** The same of one row. */
const CONCEPT = conceptsSql('', '')

// A leaf whose frame is missing would commit to what nobody can print: it is not kept, and its version not without it.
const FRAMED = (agent: string) =>
  `(${agent} is null or exists (select from provenance_frame as f where f.hash = ${agent}))`

/** The leaf of each version that was kept, and its salt. */
const leavesSql = (type: string) => `line as (
  ${linesSql(2)}
), logged as (
  insert into log_leaf (entry, leaf, salt, type, id, version, decision, recorded, agent)
  select line.entry, line.leaf, line.salt, '${type}', kept.id, kept.version, line.decision, kept.last_updated, line.agent from kept join line using (id, version)
  where ${FRAMED('line.agent')}
), salted as (
  insert into log_salt (id, salt) select line.salt, line.secret from kept join line using (id, version)
)`

/** The same for one version: lineParameters. */
const leafSql = (type: string) => `logged as (
  insert into log_leaf (entry, leaf, salt, type, id, version, decision, recorded, agent, tree)
  select $2::uuid, $3::bytea, $4::uuid, '${type}', id, version, $6::text, last_updated, $7::uuid, $8::bytea from kept where ${FRAMED('$7::uuid')}
), salted as (
  insert into log_salt (id, salt) select $4::uuid, $5::bytea from kept
)`

interface Shape {
  /** Where the rows come from. */
  readonly source: (table: string) => string
  readonly order: string
  readonly concepts: string
  readonly leaves: (type: string) => string
}
const MANY: Shape = {
  source: (table) => `json_populate_recordset(null::"${table}", $1::json)`,
  order: ' order by id',
  concepts: CONCEPTS,
  leaves: leavesSql,
}
// PostgreSQL knows that it is one: it would take a set for a hundred rows, and plan each write anew because of that.
const ONE: Shape = {
  source: (table) => `json_populate_record(null::"${table}", $1::json)`,
  order: '',
  concepts: CONCEPT,
  leaves: leafSql,
}

function putSql(type: string, table: string, columns: readonly string[], shape: Shape): string {
  const { source, order, concepts, leaves } = shape
  const list = columns.map((c) => `"${c}"`).join(', ')
  const held = 'coalesce(given.custodian, (select p.custodian from patient as p where p.id = given.patient))'
  const taken = columns.map((c) => (c === 'custodian' ? `${held} as custodian` : `given."${c}"`)).join(', ')
  const sets = columns.filter((c) => c !== 'id').map((c) => `"${c}" = ${replaced(type, c)}`)
  const { clinical } = SEARCH[type]!
  const time = clinical
    ? `t."${clinical}_low" as low, t."${clinical}_high" as high`
    : 'null::timestamptz as low, null::timestamptz as high'
  return `with incoming as materialized (select ${taken} from ${source(table)} as given),
put as (
  insert into "${table}" as t (${list}) select ${list} from incoming${order}
  on conflict (id) do update set ${sets.join(', ')} where t.version = excluded.version - 1
  returning t.id, t.patient, t.shared, t.custodian, t.confidentiality, t.sensitivity, t.facts, ${time}${hasConcept(type) ? ', t.concept, t.code' : ''}
)${hasConcept(type) ? `, ${concepts}` : ''}, kept as (
  insert into resource_version (type, id, version, last_updated, operation, patient, shared, custodian, confidentiality, sensitivity, facts, clinical_low, clinical_high, lossless, content)
  select '${type}', id, incoming.version, incoming.last_updated, case when incoming.deleted then 'delete' when incoming.version = 1 then 'create' else 'update' end,
    put.patient, put.shared, put.custodian, put.confidentiality, put.sensitivity, put.facts, put.low, put.high, incoming.lossless, incoming.content
  from incoming join put using (id)
  returning id, version, last_updated
), ${leaves(type)}
select id from put`
}

const statements = new Map(
  RESOURCE_TABLES.map(({ type, table, columns }) => [
    type,
    {
      peek: peekSql(table),
      lock: lockSql(table),
      /** $1 rows as JSON, $2 their leaves. */
      put: putSql(type, table, columns, MANY),
      /** Of one version. $1 its row as JSON, $2 to $8 its leaf. */
      putOne: putSql(type, table, columns, ONE),
    },
  ]),
)

/** Of putOne. */
const PUT_PARAMETERS = 8

// A put with its audit events in one statement, so that one write needs no transaction of several.
const noted = new Map<string, string>()

/** putOne, and the events of eventsBeside behind its parameters: stored if the put is. */
export function putNoted(type: string): string {
  const known = noted.get(type)
  if (known !== undefined) return known
  const { putOne: put } = writeSql(type)
  const end = put.lastIndexOf('\nselect')
  const made = `${put.slice(0, end)}, noted as (\n${insertBeside(PUT_PARAMETERS)}\n)${put.slice(end)}`
  noted.set(type, made)
  return made
}

export const writeSql = (type: string) => {
  const found = statements.get(type)
  if (!found)
    throw new HealthChainError(
      'unsupported',
      'not-written',
      `Nobody writes ${type}: the server does, as things happen.`,
    )
  return found
}
