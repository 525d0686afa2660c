// A hospital with a patient who is to be erased, in every table that a record reaches, and one who stays.
import { randomUUID } from 'node:crypto'
import type { Asker } from '../../src/kernel/asker.ts'
import { beginEmergency } from '../../src/store/emergency.ts'
import { addAccount } from '../../src/store/issuer/accounts.ts'
import { type LogServer, logServer } from '../provenance-server/log-server.ts'
import { person } from '../store/people.ts'
import type { TestDatabase } from '../support/database.ts'

export const admin = person('Practitioner/admin', 'admin', 'HOPERAT', { organisation: 'h1' })
export const other = person('Practitioner/admin2', 'admin', 'HOPERAT', { organisation: 'h2' })
export const auditor = person('Practitioner/auditor', 'auditor', 'HOPERAT', { organisation: 'h1' })
export const patient = (id: string): Asker =>
  person(`Patient/${id}`, 'patient', 'PATRQT', {
    patient: id,
    scopes: [{ context: 'patient', type: '*', rights: ['c', 'r', 's', 'u'], filter: [] }],
  })

/** What of the patient must be nowhere: no word of it stands in anything that stays. */
export const WORDS = ['zebedee', 'Quillfeather', 'zq-4711', 'whispering']
export const ZEBEDEE = 'zebedee'
export const STAYS = 'ash'

export interface Hospital extends LogServer {
  put(type: string, id: string, res: object): Promise<void>
  erase(id?: string, as?: Asker | null, more?: object): ReturnType<LogServer['ask']>
}

const ERASE = `mutation ($p: ID!, $r: code!, $t: String!) { patientErase(patient: $p, reason: $r, text: $t) {
  when entries leaves versions { type count } kept { type count } } }`
export const BECAUSE = { r: 'consent-withdrawn', t: 'Asked for in a letter.' }

export async function hospital(): Promise<Hospital> {
  const server = await logServer()
  return {
    ...server,
    async put(type, id, res) {
      const query = `mutation ($id: ID!, $res: ${type}Input!) { ${type}Update(id: $id, res: $res) { id } }`
      const { errors } = await server.ask(query, { variables: { id, res: { id, ...res } } })
      if (errors) throw new Error(JSON.stringify(errors))
    },
    erase: (id = ZEBEDEE, as = admin, more = {}) =>
      server.ask(ERASE, { ...(as !== undefined && { as }), variables: { p: id, ...BECAUSE, ...more } }),
  }
}

export const observation = (of: string, text = 'pulse') => ({
  ...{ status: 'final', code: { text }, subject: { reference: `Patient/${of}` } },
})

/** Names, histories, what moved in and out, consent to single resources, emergencies, accounts, sessions, a lifted hold. */
export async function admit(house: Hospital): Promise<void> {
  await house.put('Organization', 'h1', { name: 'First' })
  for (const id of [STAYS, ZEBEDEE]) {
    const family = id === ZEBEDEE ? 'Quillfeather' : 'Ash'
    const named = { name: [{ family }], managingOrganization: { reference: 'Organization/h1' } }
    await house.put('Patient', id, named)
    await house.put('Patient', id, { ...named, identifier: [{ value: id === ZEBEDEE ? 'zq-4711' : 'a-1' }] })
    await house.put('Observation', `pulse-${id}`, observation(id))
  }
  await house.put('Observation', 'whispering-1', observation(ZEBEDEE, 'whispering in the chest'))
  await house.ask('mutation { ObservationDelete(id: "whispering-1") }')
  await house.put('RelatedPerson', 'kin-of-zebedee', { patient: { reference: 'Patient/zebedee' } })
  await house.put('Observation', 'moved-in', observation(STAYS))
  await house.put('Observation', 'moved-in', observation(ZEBEDEE))
  await house.put('Observation', 'moved-out', observation(ZEBEDEE))
  await house.put('Observation', 'moved-out', observation(STAYS))
  await house.put('Consent', 'whispering-secret', secret('Observation/pulse-zebedee'))
  const mine = { res: secret('Observation/moved-in') }
  const own = await house.ask(CONSENT, { as: patient(ZEBEDEE), variables: mine })
  if (own.errors) throw new Error(JSON.stringify(own.errors))
  await house.put('Group', 'ward', {
    ...{ type: 'person', actual: true },
    member: [{ entity: { reference: 'Patient/ash' } }, { entity: { reference: 'Patient/zebedee' } }],
  })
  await beside(house)
}

const CONSENT = 'mutation ($res: ConsentInput!) { ConsentCreate(res: $res) { id } }'
export const secret = (what: string) => ({
  ...{ status: 'active', patient: { reference: 'Patient/zebedee' }, dateTime: '2026-01-01' },
  performer: [{ reference: 'Patient/zebedee' }],
  scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
  category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
  policyRule: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'OPTIN' }] },
  provision: {
    type: 'permit',
    provision: [{ type: 'deny', data: [{ meaning: 'instance', reference: { reference: what } }] }],
  },
})

/** What is no resource. */
async function beside({ database, accounts, owner }: TestDatabase): Promise<void> {
  const times = { started: '2026-01-01T00:00:00.000Z', expires: '2026-01-01T01:00:00.000Z' }
  await beginEmergency(database, {
    ...{ id: 'e1', user: 'Practitioner/er', patient: ZEBEDEE, reasonCode: 'disaster', reasonText: 'whispering' },
    ...{ documented: false, ...times },
  })
  const account = { role: 'patient', password: 'x', purposes: ['PATRQT'] } as const
  await addAccount(accounts, { ...account, username: 'quill', user: 'Patient/zebedee', patient: ZEBEDEE })
  await addAccount(accounts, { ...account, username: 'ash', user: 'Patient/ash', patient: STAYS })
  await accounts.query({
    sql: `insert into issuer_record (model, id, payload) values ('Session', 's1', '{"accountId":"quill"}'), ('Session', 's2', '{"accountId":"ash"}')`,
    parameters: [],
  })
  await owner.query({
    sql: `insert into legal_hold (id, patient, organisation, reason, placed_by, placed, lifted, lifted_by)
values ($1, 'zebedee', 'h1', 'a suit over whispering', 'Practitioner/x', '2026-01-01', '2026-02-01', 'Practitioner/x')`,
    parameters: [randomUUID()],
  })
}

/** Tables in which any of the words stands, in any column, read as text. */
export async function whereabouts({ owner }: TestDatabase, words: readonly string[]): Promise<string[]> {
  const tables = await owner.query<{ name: string; bytes: string[] | null }>({
    sql: `select c.relname as name, (select array_agg(a.attname::text) from pg_attribute a where a.attrelid = c.oid and a.atttypid = 'bytea'::regtype and a.attnum > 0) as bytes
from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'm') order by 1`,
    parameters: [],
  })
  const found: string[] = []
  for (const { name, bytes } of tables) {
    const text = ['to_jsonb(t)::text', ...(bytes ?? []).map((column) => `encode(t."${column}", 'escape')`)].join(`, `)
    const [row] = await owner.query<{ count: number }>({
      sql: `select count(*)::int as count from "${name}" as t where concat_ws(' ', ${text}) ilike any($1::text[])`,
      parameters: [words.map((word) => `%${word}%`)],
    })
    if (row!.count > 0) found.push(name)
  }
  return found
}
