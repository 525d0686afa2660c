// Rows of one type that are not what their versions say. A leaf commits to the content of a version; whom it may be told and
// how it is found stands in columns beside it, which are made of the content again here and compared.
import { medicationWords } from '../../consent/labelling/named.ts'
import { SEARCH } from '../../fhir/generated/search-parameters.ts'
import { hash64 } from '../../kernel/hash.ts'
import { isObject, parseJson } from '../../kernel/json.ts'
import { indexRow } from '../../search/index-row.ts'
import type { Session } from '../database.ts'
import { RESOURCE_TABLES } from '../generated/entities.ts'
import { BEGAN } from './began.ts'
import type { Contradiction } from './contradiction.ts'

type Node = Record<string, unknown>

interface VersionRow {
  readonly type: string
  readonly id: string
  readonly version: number
  /** Of a delete: what stood before it, whose columns it keeps. */
  readonly content: string | null
  readonly deleted: boolean
}

const PAGE = 500
const tables = new Map(RESOURCE_TABLES.map(({ type, table, columns }) => [type, { table, columns }]))

/** Of the types named. */
export async function* rowContradictions(session: Session, types: readonly string[]): AsyncGenerator<Contradiction> {
  yield* withoutVersion(session, types)
  for (let after = { type: '', id: '', version: 0 }, more = true; more; ) {
    const rows: VersionRow[] = await session.query({
      sql: `select v.type, v.id, v.version, coalesce(v.content, p.content) as content, v.content is null as deleted from resource_version as v
  left join resource_version as p on v.content is null and p.type = v.type and p.id = v.id and p.version = v.version - 1
where (v.type, v.id, v.version) > ($1, $2, $3::int) order by v.type, v.id, v.version limit $4`,
      parameters: [after.type, after.id, after.version, PAGE],
    })
    for (const [type, some] of Map.groupBy(rows, ({ type }) => type))
      if (types.includes(type)) yield* compared(session, type, some)
    after = rows.at(-1) ?? after
    more = rows.length === PAGE
  }
}

async function* withoutVersion(session: Session, types: readonly string[]): AsyncGenerator<Contradiction> {
  const counts = types.map((type) => {
    const { table } = tables.get(type)!
    return `select '${table}' as name, count(*)::int as count from "${table}" as t
where not exists (select from resource_version as v where v.type = '${type}' and v.id = t.id)`
  })
  const sql = `select name, count from (${counts.join(' union all ')}) as alone where count > 0`
  for (const { name, count } of await session.query<{ name: string; count: number }>({ sql, parameters: [] }))
    yield { code: 'stands-without-version', at: `${name}: ${count}` }
}

async function* compared(session: Session, type: string, rows: readonly VersionRow[]): AsyncGenerator<Contradiction> {
  const differing = await session.query<Contradiction>({
    sql: comparison(type),
    parameters: [type, JSON.stringify(rows.flatMap(expected))],
  })
  yield* differing
}

/** The columns that the content makes. None of content that cannot be read: it is not what was logged, which verify says. */
function expected({ type, id, version, content, deleted }: VersionRow): Node[] {
  const parsed = read(content, type)
  if (parsed === undefined) return []
  const { resource, lossless } = parsed
  const words = new Set(medicationWords(resource).map(hash64))
  const row = indexRow(resource)
  // Rows of before there were words for Medications are found by those of their versions.
  const own = (row.facts as string[]).filter((word) => !words.has(word))
  const { lastUpdated } = resource.meta as Node
  return [{ ...row, id, version, own, ...(!deleted && { lossless, last_updated: lastUpdated }) }]
}

/** Undefined for what this server cannot have stored: it was tampered with, and PostgreSQL would take offence at it. */
function read(
  content: string | null,
  type: string,
): { readonly resource: Node; readonly lossless: boolean } | undefined {
  try {
    const { value, lossless } = parseJson(content ?? '')
    const known = isObject(value) && isObject(value.meta) && value.resourceType === type
    const storable = known && isStorable(content!) && isInstant((value.meta as Node).lastUpdated)
    return storable ? { resource: value, lossless } : undefined
  } catch {
    return undefined
  }
}

/** A backslash that is one is no beginning of an escape. */
const isStorable = (content: string) => !content.replaceAll('\\\\', '').includes('\\u0000') && content.isWellFormed()
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const isInstant = (value: unknown) =>
  typeof value === 'string' && INSTANT.test(value) && new Date(value).toJSON() === value

const differ = (...columns: readonly string[]) =>
  columns.map((column) => `t."${column}" is distinct from v."${column}"`).join(' or ')

/** $1 type, $2 the columns that versions ought to have; what they and the rows that stand have instead. */
function comparison(type: string): string {
  const { table, columns } = tables.get(type)!
  const { clinical } = SEARCH[type]!
  const time = (bound: string) => (clinical ? `g."${clinical}_${bound}"` : 'null')
  const search = columns.slice(columns.indexOf('content') + 1)
  const found = ['false', ...search.map((column) => `t."${column}" is distinct from g."${column}"`)].join(' or ')
  return `with compared as materialized (
  select l.entry, l.leaf_index,
    v.patient is distinct from g.patient or v.shared is distinct from g.shared or g.custodian <> coalesce(v.custodian, '')
      or v.confidentiality < g.confidentiality or v.sensitivity & g.sensitivity <> g.sensitivity or (v.facts @> g.facts) is not true
      or v.clinical_low is distinct from ${time('low')} or v.clinical_high is distinct from ${time('high')}
      or v.lossless is distinct from coalesce(g.lossless, false)
      or v.last_updated is distinct from coalesce(g.last_updated, case when v.last_updated < began and l.agent is null and v.last_updated >= all (select p.last_updated from resource_version as p where p.type = $1 and p.id = g.id and p.version = g.version - 1) then v.last_updated else l.recorded end) as row,
    -- By former_compartment an erasure finds what stood in the record once.
    v.patient <> coalesce(t.patient, '') and t.id is not null and not exists (select from former_compartment as f where f.patient = v.patient and f.type = $1 and f.id = v.id) as moved,
    n.id is null and (t.id is null or ${differ('version', 'last_updated', 'lossless', 'content', 'patient', 'shared', 'custodian', 'confidentiality', 'sensitivity')}
      or t.deleted <> (v.operation = 'delete') or (t.facts <@ v.facts) is not true or (t.facts @> own) is not true
      -- The first releases kept no search columns of what is deleted, and nobody finds it.
      or not (t.deleted and v.last_updated < began) and (${found})) as stands
  from (${BEGAN}) as began (began) cross join json_array_elements($2::json) as j
  cross join lateral json_populate_record(null::"${table}", j) as g cross join lateral (select array(select json_array_elements_text(j -> 'own'))::bigint[]) as own (own)
  join resource_version as v on v.type = $1 and v.id = g.id and v.version = g.version
  left join log_leaf as l on l.type = $1 and l.id = g.id and l.version = g.version
  left join lateral (select n.id from resource_version as n where n.type = $1 and n.id = g.id and n.version > g.version limit 1) as n on true
  left join "${table}" as t on t.id = g.id
)
select code, coalesce(leaf_index::text, entry::text, 'a version without leaf') as at
from compared cross join lateral (values ('row-differs', row), ('move-forgotten', moved), ('not-what-stands', stands)) as finding (code, differs) where differs`
}
