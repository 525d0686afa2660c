// The floor's writes: one statement that stores the same rows with the same columns as src/store/writer.ts, columns worked
// out by hand for these resources. Nothing is validated. check.ts holds the rows equal.
import { randomUUID } from 'node:crypto'
import type { Pool } from 'pg'
import { hash64 } from '../../src/kernel/hash.ts'
import { makeLeaf } from '../../src/store/log/make-leaf.ts'

// biome-ignore lint/suspicious/noExplicitAny: the floor trusts its requests
type Any = any

const SECOND = 1000
const DAY = 86_400 * SECOND
const later = (at: string, by: number) => new Date(Date.parse(at) + by)

const systemHash = (system: string) => hash64(`s\0${system}`)
const token = (system: string, code: string) => [hash64(`c\0${code}`), hash64(`b\0${system}\0${code}`)]
const tokens = ({ system, code }: Any) => [systemHash(system), ...token(system, code)]
const strings = (...values: string[]) => values.map((value) => `\u001f${value.toLowerCase()}`).join('')

/** Both sides keep the log: entry, leaf, salt and what the salt is. */
function leafOf(resourceType: string, id: string, resource: string) {
  const content = { resourceType, id, versionId: '1', op: 'create', resource, provenance: '', decision: '' } as const
  const { entry, leaf, salt, secret } = makeLeaf('fhir.write', content, Date.now())
  return [entry, Buffer.from(leaf), salt, secret]
}

const CREATE = `with kept as (
  insert into observation (id, version, last_updated, deleted, patient, lossless, content, category, code, combo_code,
    date_low, date_high, encounter, performer, status, subject)
  values ($1, 1, $2, false, $3, false, $4, $5, $6, $6, $7, $8, $9, $10, $11, $12)),
logged as (
  insert into log_leaf (entry, leaf, salt, type, id, version, recorded)
  values ($13, $14, $15::uuid, 'Observation', $1, 1, $2)),
salted as (insert into log_salt (id, salt) values ($15::uuid, $16))
insert into resource_version (type, id, version, last_updated, operation, lossless, content)
values ('Observation', $1, 1, $2, 'create', false, $4)`

export async function createObservation(pool: Pool, { resourceType, ...res }: Any): Promise<string> {
  const [id, at] = [randomUUID(), new Date().toISOString()]
  const meta = { versionId: '1', lastUpdated: at }
  const content = JSON.stringify({ resourceType, id, meta, ...res })
  const values = [
    id,
    at,
    res.subject.reference.slice('Patient/'.length),
    content,
    tokens(res.category[0].coding[0]),
    tokens(res.code.coding[0]),
    res.effectiveDateTime,
    later(res.effectiveDateTime, SECOND),
    res.encounter.reference,
    [res.performer[0].reference],
    res.status,
    res.subject.reference,
    ...leafOf(resourceType, id, content),
  ]
  await pool.query({ name: 'd', text: CREATE, values })
  return JSON.stringify({ data: { ObservationCreate: { id, meta } } })
}

const UPDATE = `with put as (
  update patient set version = version + 1, last_updated = $2, content = $3 || (version + 1)::text || $4, active = $5,
    address = $6, address_city = $7, address_country = $8, address_postalcode = $9, address_use = $10, birthdate_low = $11,
    birthdate_high = $12, deceased = $13, email = $14, family = $15, gender = $16, given = $17, identifier = $18,
    language = $19, name = $20, phone = $21, telecom = $22
  where id = $1 returning version, content),
logged as (
  insert into log_leaf (entry, leaf, salt, type, id, version, recorded)
  select $23::uuid, $24::bytea, $25::uuid, 'Patient', $1, version, $2::timestamptz from put),
salted as (insert into log_salt (id, salt) select $25::uuid, $26::bytea from put)
insert into resource_version (type, id, version, last_updated, operation, lossless, content)
select 'Patient', $1, version, $2, 'update', false, content from put
returning version`

const LIVING = token('', 'false')

export async function updatePatient(pool: Pool, id: string, { resourceType, ...res }: Any): Promise<string> {
  const lastUpdated = new Date().toISOString()
  const [name, address] = [res.name[0], res.address[0]]
  const rest = JSON.stringify(res).slice(1)
  const [phone, email] = res.telecom.map(({ value }: Any) => token('', value))
  const values = [
    id,
    lastUpdated,
    `{"resourceType":"${resourceType}","id":"${id}","meta":{"versionId":"`,
    `","lastUpdated":"${lastUpdated}"},${rest}`,
    String(res.active),
    strings(address.line[0], address.city, address.postalCode, address.country),
    strings(address.city),
    strings(address.country),
    strings(address.postalCode),
    token('', address.use),
    `${res.birthDate}T00:00:00Z`,
    later(res.birthDate, DAY),
    LIVING,
    email,
    strings(name.family),
    res.gender,
    strings(...name.given),
    tokens({ system: res.identifier[0].system, code: res.identifier[0].value }),
    tokens(res.communication[0].language.coding[0]),
    strings(name.family, ...name.given),
    phone,
    [...phone, ...email],
    // The version is the database's to say, so the commitment is to what is known here.
    ...leafOf(resourceType, id, rest),
  ]
  const { rows } = await pool.query<{ version: number }>({ name: 'e', text: UPDATE, values })
  return JSON.stringify({
    data: { PatientUpdate: { id, meta: { versionId: String(rows[0]!.version), lastUpdated } } },
  })
}
