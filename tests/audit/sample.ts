// Askers, contexts and one occurrence of every kind, for the tests and scripts of the audit log.
import type { Asker } from '../../src/kernel/asker.ts'
import type { AuditRow } from '../../src/store/audit/columns.ts'
import { HOLES } from '../../src/store/audit/holes.ts'
import type { AuditContext, Kind, Occurrence } from '../../src/store/audit/occurrence.ts'
import type { Session } from '../../src/store/database.ts'

export const NURSE: Asker = {
  issuer: 'https://id.hospital.example',
  subject: 'user-7',
  client: 'ward-app',
  user: 'Practitioner/nurse-1',
  role: 'nurse',
  organisation: 'north',
  groups: [],
  scopes: [],
  purpose: 'TREAT',
  token: 'b1946ac9-2f7a',
}

export const PATIENT: Asker = {
  issuer: NURSE.issuer,
  subject: 'user-9',
  client: 'patient-app',
  user: 'Patient/p1',
  role: 'patient',
  groups: [],
  scopes: [],
  purpose: 'PATRQT',
  patient: 'p1',
}

export const CONTEXT: AuditContext = {
  asker: NURSE,
  at: '2026-03-04T05:06:07.089Z',
  requestId: '3d7f-44',
  observer: 'https://records.hospital.example/fhir/R4',
  address: '2001:db8::17',
  query: { document: '{ ObservationList(patient: "p1") { id } }', rest: '{"variables":{"n":1}}' },
}

const LABELS = { confidentiality: 4, sensitivity: 1 << 4 }
const written = (kind: 'create' | 'update' | 'delete'): Occurrence => ({
  kind,
  type: 'Observation',
  patient: 'p1',
  references: ['Observation/o1/_history/3'],
  consents: ['Consent/c1/_history/2'],
})

export const OCCURRENCES: Readonly<Record<Kind, Occurrence>> = {
  read: { kind: 'read', type: 'Patient', patient: 'p1', references: ['Patient/p1/_history/4'], labels: LABELS },
  vread: { kind: 'vread', type: 'Observation', patient: 'p1', references: ['Observation/o1/_history/1'] },
  history: { kind: 'history', type: 'Observation', patient: 'p1', references: ['Observation/o1'] },
  search: {
    kind: 'search',
    type: 'Observation',
    patient: 'p1',
    consents: ['Consent/c1/_history/2'],
    operation: 'ObservationList',
    labels: LABELS,
  },
  create: written('create'),
  update: written('update'),
  delete: written('delete'),
  refused: { kind: 'refused', type: 'Condition', operation: 'ConditionList', outcomeDesc: 'No scope allows this.' },
  'sign-in': { kind: 'sign-in' },
  'sign-out': { kind: 'sign-out' },
  'consent-decision': {
    kind: 'consent-decision',
    patient: 'p1',
    outcome: '8',
    outcomeDesc: 'A consent denies this purpose.',
    consents: ['Consent/c1/_history/2', 'Consent/c2/_history/1'],
  },
  'break-glass': { kind: 'break-glass', patient: 'p1' },
  'break-glass-end': { kind: 'break-glass-end', patient: 'p1' },
  wall: { kind: 'wall', type: 'Observation', patient: 'p1', references: ['Observation/o9'] },
  export: { kind: 'export', type: 'Observation', patient: 'p1', operation: 'export' },
  erase: { kind: 'erase', patient: 'p1', operation: 'patientErase', outcomeDesc: 'consent-withdrawn' },
  hold: { kind: 'hold', patient: 'p1', operation: 'legalHoldPlace' },
  unhold: { kind: 'unhold', patient: 'p1', operation: 'legalHoldLift' },
}
export const KINDS = Object.keys(OCCURRENCES) as Kind[]

/** The raw request of CONTEXT as an event tells it. */
export const RAW = '{"query":"{ ObservationList(patient: \\"p1\\") { id } }","variables":{"n":1}}'

/** The AuditEvent's JSON text, as the view puts it together. */
export function contentOf(row: AuditRow): string {
  const { template, document } = row.shares
  const raw = Buffer.from(`{"query":${document}${row.rest && `,${row.rest}`}}`).toString('base64')
  const [level, ...more] = row.labels.split(' ')
  const labels = [
    { system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: level },
    ...more.map((code) => ({ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code })),
  ]
  const fillings: Record<string, string> = {
    [HOLES.id]: row.id,
    [HOLES.recorded]: row.recorded,
    [HOLES.address]: row.address,
    [HOLES.subject]: JSON.stringify(`Patient/${row.patient}`),
    [HOLES.data]: JSON.stringify(row.data),
    [HOLES.labels]: row.labels === '' ? '' : `,"securityLabel":${JSON.stringify(labels)}`,
    [HOLES.query]: raw,
    [HOLES.part]: row.part,
    [HOLES.request]: JSON.stringify(row.request),
  }
  return [...template].map((character) => fillings[character] ?? character).join('')
}

/** Empties the log between tests, which its triggers forbid everybody; only the owner of the tables can take them away. */
export const emptyLog = (owner: Session) =>
  owner.query({
    sql: `do $$ begin
  alter table audit_entry disable trigger user;
  alter table audit_event_foreign disable trigger user;
  truncate audit_entry, audit_event_foreign;
  alter table audit_entry enable trigger user;
  alter table audit_event_foreign enable trigger user;
end $$`,
    parameters: [],
  })
