// The floor's reads, in two ways, of which the bench keeps the faster: `text` fetches the JSON text of the rows and picks
// members in JavaScript; `sql` lets PostgreSQL print the answer.
import type { Pool } from 'pg'
import { hash64 } from '../../src/kernel/hash.ts'
import { LOINC } from './data.ts'

// biome-ignore lint/suspicious/noExplicitAny: the floor trusts its rows
type Any = any
type Row = Record<string, string>

/** Prepared under the name; without one, planned for the values of each request. */
async function all(pool: Pool, name: string | undefined, text: string, values: unknown[]): Promise<Row[]> {
  return (await pool.query<Row>({ ...(name && { name }), text, values })).rows
}

const NEWEST = 'order by date_low desc nulls last, id desc'
const OF_PATIENT = `from observation where patient = $1 and not deleted ${NEWEST} limit 100`
const OF_CODE = `from observation where code @> array[$1::bigint] and date_low >= $2 and date_low < $3 and not deleted ${NEWEST} limit 50`

const TEXT_A = 'select content from patient where id = $1 and not deleted'
const TEXT_B = `select content from patient where id = $1 and not deleted union all (select content ${OF_PATIENT})`
// A plan for any code and range would read all rows of the code: five times the work.
const TEXT_C = `select content ${OF_CODE}`

// row_to_json and array_to_json print without blanks, as JSON.stringify does.
const members = (from: string, names: string[]) =>
  `(select row_to_json(m) from (select ${names.map((n) => `${from}->'${n}' as "${n}"`).join(', ')}) as m)`
const list = (from: string, names: string[], more = '') =>
  `(select array_to_json(array_agg(m)) from (select ${names.map((n) => `e->'${n}' as "${n}"`).join(', ')}${more}
    from json_array_elements(${from}) as e) as m)`

const OBSERVATION = `select x.id, ${members('x.meta', ['lastUpdated'])} as meta, x.status,
  (select array_to_json(array_agg(m)) from (select ${list(`c->'coding'`, ['code'])} as coding from json_array_elements(x.category) as c) as m) as category,
  (select row_to_json(m) from (select x.code->'text' as text, ${list(`x.code->'coding'`, ['system', 'code', 'display'])} as coding) as m) as code,
  ${members('x.subject', ['reference'])} as subject, x."effectiveDateTime", x.issued,
  ${members('x."valueQuantity"', ['value', 'unit', 'code'])} as "valueQuantity",
  (select array_to_json(array_agg(m)) from (select ${list(`i->'coding'`, ['code'])} as coding from json_array_elements(x.interpretation) as i) as m) as interpretation`
const RECORD = `json_to_record(o.content::json) as x(id json, meta json, status json, category json, code json, subject json,
  "effectiveDateTime" json, issued json, "valueQuantity" json, interpretation json)`
const printed = (rows: string) =>
  `(select array_to_json(array_agg(r)) from (${OBSERVATION} from (select content ${rows}) as o, ${RECORD}) as r)`

const SQL_A = `select '{"data":{"Patient":' || row_to_json(p) || '}}' as body from (
  select x.id, ${members('x.meta', ['versionId', 'lastUpdated'])} as meta, x.active, ${list('x.name', ['family', 'given'])} as name,
    ${list('x.telecom', ['system', 'value'])} as telecom, x.gender, x."birthDate",
    ${list('x.address', ['line', 'city', 'postalCode', 'country'])} as address
  from patient, json_to_record(content::json) as x(id json, meta json, active json, name json, telecom json, gender json, "birthDate" json, address json)
  where patient.id = $1 and not deleted) as p`
const SQL_B = `select '{"data":{"Patient":' || row_to_json(p) || '}}' as body from (
  select x.id, ${list('x.name', ['family', 'given'])} as name, x."birthDate", ${printed(OF_PATIENT)} as "ObservationList"
  from patient, json_to_record(content::json) as x(id json, name json, "birthDate" json)
  where patient.id = $1 and not deleted) as p`
const SQL_C = `select '{"data":{"ObservationList":' || ${printed(OF_CODE)} || '}}' as body`

const orNull = (value: Any) => value ?? null
const codes = (concepts: Any) =>
  orNull(concepts?.map((c: Any) => ({ coding: orNull(c.coding?.map(({ code }: Any) => ({ code: orNull(code) }))) })))
const named = (names: Any) => orNull(names?.map((n: Any) => ({ family: orNull(n.family), given: orNull(n.given) })))

const pickObservation = (o: Any) => ({
  id: o.id,
  meta: { lastUpdated: o.meta.lastUpdated },
  status: o.status,
  category: codes(o.category),
  code: {
    text: orNull(o.code.text),
    coding: o.code.coding.map((c: Any) => ({
      system: orNull(c.system),
      code: orNull(c.code),
      display: orNull(c.display),
    })),
  },
  subject: { reference: o.subject.reference },
  effectiveDateTime: orNull(o.effectiveDateTime),
  issued: orNull(o.issued),
  valueQuantity: {
    value: orNull(o.valueQuantity.value),
    unit: orNull(o.valueQuantity.unit),
    code: orNull(o.valueQuantity.code),
  },
  interpretation: codes(o.interpretation),
})
const observations = (rows: Row[]) => rows.map(({ content }) => pickObservation(JSON.parse(content!)))

const pickPatient = (p: Any) => ({
  id: p.id,
  meta: { versionId: p.meta.versionId, lastUpdated: p.meta.lastUpdated },
  active: orNull(p.active),
  name: named(p.name),
  telecom: orNull(p.telecom?.map((t: Any) => ({ system: orNull(t.system), value: orNull(t.value) }))),
  gender: orNull(p.gender),
  birthDate: orNull(p.birthDate),
  address: orNull(
    p.address?.map((a: Any) => ({
      line: orNull(a.line),
      city: orNull(a.city),
      postalCode: orNull(a.postalCode),
      country: orNull(a.country),
    })),
  ),
})

export async function patientOf(pool: Pool, way: string, id: string): Promise<string> {
  const [row] = await all(pool, `${way}-a`, way === 'sql' ? SQL_A : TEXT_A, [id])
  return row!.body ?? JSON.stringify({ data: { Patient: pickPatient(JSON.parse(row!.content!)) } })
}

export async function patientWithObservations(pool: Pool, way: string, id: string): Promise<string> {
  const [first, ...rest] = await all(pool, `${way}-b`, way === 'sql' ? SQL_B : TEXT_B, [id])
  if (way === 'sql') return first!.body!
  const p = JSON.parse(first!.content!)
  const found = { id: p.id, name: named(p.name), birthDate: orNull(p.birthDate), ObservationList: observations(rest) }
  return JSON.stringify({ data: { Patient: found } })
}

export async function observationsOf(pool: Pool, way: string, code: string, from: string, to: string): Promise<string> {
  const rows = await all(pool, undefined, way === 'sql' ? SQL_C : TEXT_C, [hash64(`b\0${LOINC}\0${code}`), from, to])
  return way === 'sql' ? rows[0]!.body! : JSON.stringify({ data: { ObservationList: observations(rows) } })
}

const COUNT =
  'select count(*)::int as count from observation where code @> array[$1::bigint] and date_low >= $2 and date_low < $3 and not deleted'

export async function countOf(pool: Pool, code: string, from: string, to: string): Promise<string> {
  const [row] = await all(pool, undefined, COUNT, [hash64(`b\0${LOINC}\0${code}`), from, to])
  return JSON.stringify({ data: { ObservationConnection: { count: row!.count } } })
}
