// A small hospital for the operations on consent: two patients, their data with every label that matters, staff of two
// houses, and the people who ask.

import pg from 'pg'
import type { Asker, Role } from '../../src/kernel/asker.ts'
import { type TestApp, testApp } from '../support/app.ts'
import { HIPAA_PART2 } from './ward-policies.ts'

export const ACT_CODE = 'http://terminology.hl7.org/CodeSystem/v3-ActCode'
export const CONFIDENTIALITY = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality'
export const ACT_REASON = 'http://terminology.hl7.org/CodeSystem/v3-ActReason'

const SCOPES: Asker['scopes'] = [{ context: 'user', type: '*', rights: ['c', 'r', 'u', 'd', 's'], filter: [] }]

export function asker(role: Role, user: string, purpose: string, more: Partial<Asker> = {}): Asker {
  return {
    issuer: 'https://issuer.example',
    subject: user,
    client: 'ward',
    user,
    role,
    groups: [],
    scopes: SCOPES,
    purpose,
    ...more,
  }
}

export const patient = (id: string): Asker => asker('patient', `Patient/${id}`, 'PATRQT', { patient: id })
export const proxy = (id: string): Asker => asker('proxy', `RelatedPerson/kin-${id}`, 'FAMRQT', { patient: id })
export const doctor = asker('practitioner', 'Practitioner/gp', 'TREAT', { organisation: 'h1' })
export const stranger = asker('practitioner', 'Practitioner/other', 'TREAT', { organisation: 'h2' })
export const auditor = asker('auditor', 'Person/auditor', 'HOPERAT', { organisation: 'h1' })
export const emergency = asker('practitioner', 'Practitioner/er', 'BTG', {
  organisation: 'h1',
  groups: ['Group/btg-h1'],
  acr: 'mfa',
})

const group = (house: string, member: string) => ({
  resourceType: 'Group',
  id: `btg-${house}`,
  active: true,
  type: 'practitioner',
  actual: true,
  code: { coding: [{ system: 'urn:healthchain:group', code: 'break-glass' }] },
  managingEntity: { reference: `Organization/${house}` },
  member: [{ entity: { reference: `Practitioner/${member}` } }],
})

const security = (...codes: string[]) =>
  codes.map((code) => ({ system: code.length === 1 ? CONFIDENTIALITY : ACT_CODE, code }))

export const observation = (id: string, of: string, ...codes: string[]) => ({
  resourceType: 'Observation',
  id,
  ...(codes.length > 0 && { meta: { security: security(...codes) } }),
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
  subject: { reference: `Patient/${of}` },
  effectiveDateTime: '2026-01-05',
})

const person = (id: string) => [
  { resourceType: 'Patient', id, managingOrganization: { reference: 'Organization/h1' } },
  { resourceType: 'RelatedPerson', id: `kin-${id}`, patient: { reference: `Patient/${id}` } },
  {
    resourceType: 'DocumentReference',
    id: `form-${id}`,
    status: 'current',
    subject: { reference: `Patient/${id}` },
    content: [{ attachment: { title: 'Signed form' } }],
  },
  observation(`${id}-normal`, id),
  observation(`${id}-hiv`, id, 'HIV'),
  observation(`${id}-alcohol`, id, 'R', 'ETH'),
  observation(`${id}-notes`, id, 'R', 'PSYTHPN'),
  observation(`${id}-very`, id, 'V'),
]

type Node = Record<string, unknown>

export interface Ward extends TestApp {
  /** As the operator, whatever the rules. */
  put(resource: Node): Promise<void>
  /** Nobody consents to anything any more. */
  withdrawAll(): Promise<void>
  /** As the owner of the tables, for what no server may do. */
  sql(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>
  /** Ids of the patient's observations that the asker is told. */
  sees(who: Asker, of: string): Promise<string[]>
}

export async function openWard(policies = HIPAA_PART2): Promise<Ward> {
  const app = await testApp({ policies })
  const put = async (resource: Node) => {
    const type = String(resource.resourceType)
    const mutation = `mutation($id: ID!, $res: ${type}Input!) { ${type}Update(id: $id, res: $res) { id } }`
    const { errors } = await app.ask(mutation, { id: resource.id, res: resource })
    if (errors) throw new Error(JSON.stringify(errors))
  }
  const withdrawAll = async () => {
    const { data } = await app.ask('{ ConsentList { id } }')
    for (const { id } of data.ConsentList) await app.ask('mutation($id: ID!) { ConsentDelete(id: $id) }', { id })
  }
  const sees = async (who: Asker, of: string) => {
    const { data, errors } = await app.ask(`{ ObservationList(patient: "${of}") { id } }`, {}, who)
    if (errors) throw new Error(JSON.stringify(errors))
    return data.ObservationList.map(({ id }: { id: string }) => id).sort()
  }
  const owner = new pg.Client({ connectionString: app.url })
  await owner.connect()
  const sql = async (text: string, values: unknown[] = []) => (await owner.query(text, values)).rows
  const close = async () => {
    await owner.end()
    await app.close()
  }
  for (const id of ['h1', 'h2']) await put({ resourceType: 'Organization', id, name: id })
  for (const id of ['gp', 'er', 'er2', 'other']) await put({ resourceType: 'Practitioner', id, gender: 'unknown' })
  await put(group('h1', 'er'))
  await put(group('h2', 'er2'))
  for (const id of ['p1', 'p2']) for (const resource of person(id)) await put(resource)
  return { ...app, put, withdrawAll, sees, sql, close }
}

/** Reasons of the errors, for people who wrote the rules. */
export const reasons = ({ errors }: { errors?: { extensions?: { reason?: string } }[] }) =>
  errors?.map(({ extensions }) => extensions?.reason)

/** A privacy consent of dialect A, signed by the patient. */
export const consent = (id: string, of: string, provision: Node, more: Node = {}) => ({
  resourceType: 'Consent',
  id,
  status: 'active',
  scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
  category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
  patient: { reference: `Patient/${of}` },
  dateTime: '2026-01-01T00:00:00Z',
  performer: [{ reference: `Patient/${of}` }],
  policy: [{ uri: `urn:test:${id}` }],
  provision,
  ...more,
})

export const purposes = (...codes: string[]) => codes.map((code) => ({ system: ACT_REASON, code }))
