// Every table that MikroORM owns: the generated resource tables and the few that are no resource.
import { EntitySchema } from '@mikro-orm/core'
import { RESOURCE_TABLES } from './generated/entities.ts'

/** Every version ever written, append-only: a trigger refuses update, delete and truncate. */
const ResourceVersion = new EntitySchema({
  name: 'ResourceVersion',
  tableName: 'resource_version',
  properties: {
    type: { type: 'string', columnType: 'text', primary: true },
    id: { type: 'string', columnType: 'text', primary: true },
    version: { type: 'integer', columnType: 'int', primary: true },
    last_updated: { type: 'datetime', columnType: 'timestamptz(3)' },
    operation: { type: 'string', columnType: 'text' },
    patient: { type: 'string', columnType: 'text', nullable: true },
    shared: { type: 'boolean', columnType: 'boolean', default: true },
    custodian: { type: 'string', columnType: 'text', nullable: true },
    confidentiality: { type: 'integer', columnType: 'smallint', default: 5 },
    sensitivity: { type: 'integer', columnType: 'int', default: 2 },
    facts: { type: 'unknown', columnType: 'bigint[]', nullable: true },
    clinical_low: { type: 'datetime', columnType: 'timestamptz(3)', nullable: true },
    clinical_high: { type: 'datetime', columnType: 'timestamptz(3)', nullable: true },
    lossless: { type: 'boolean', columnType: 'boolean' },
    content: { type: 'string', columnType: 'text', nullable: true },
  },
})

/** Keys that all processes on one database share, such as the one that seals cursors. */
const ServerSecret = new EntitySchema({
  name: 'ServerSecret',
  tableName: 'server_secret',
  properties: {
    name: { type: 'string', columnType: 'text', primary: true },
    value: { type: 'string', columnType: 'text' },
  },
})

/** What the server remembers of itself, such as how far the demo population has come. */
const ServerState = new EntitySchema({
  name: 'ServerState',
  tableName: 'server_state',
  properties: {
    name: { type: 'string', columnType: 'text', primary: true },
    value: { type: 'string', columnType: 'text' },
  },
})

const text = { type: 'string', columnType: 'text' } as const
const key = { ...text, primary: true } as const
const instant = { type: 'datetime', columnType: 'timestamptz(3)' } as const
const strings = { type: 'unknown', columnType: 'text[]', nullable: true } as const
const labels = { type: 'integer', columnType: 'int' } as const

/** What one consent says, under the hash of its rules: patients who signed the same share it, and it never changes. */
const Policy = new EntitySchema({
  name: 'Policy',
  tableName: 'policy',
  properties: {
    /** In the order in which they were committed: src/store/consent/policies.ts */
    id: { type: 'integer', columnType: 'int', primary: true },
    hash: { type: 'uuid', columnType: 'uuid', unique: true },
    /** Names resources of one patient. */
    particular: { type: 'boolean', columnType: 'boolean' },
    rules: text,
  },
})

/** The rules of a policy as columns; src/consent/policy.ts says what each means. */
const PolicyRule = new EntitySchema({
  name: 'PolicyRule',
  tableName: 'policy_rule',
  properties: {
    policy: { type: 'integer', columnType: 'int', primary: true },
    position: { type: 'integer', columnType: 'int', primary: true },
    depth: { type: 'integer', columnType: 'int' },
    deny: { type: 'boolean', columnType: 'boolean' },
    research: { type: 'boolean', columnType: 'boolean' },
    purposes: strings,
    recipients: strings,
    types: strings,
    u: labels,
    l: labels,
    m: labels,
    n: labels,
    r: labels,
    v: labels,
    dynamic: { type: 'boolean', columnType: 'boolean' },
    actions: { type: 'integer', columnType: 'int' },
    custodians: strings,
    facts: { type: 'unknown', columnType: 'bigint[]', nullable: true },
    authors: { type: 'unknown', columnType: 'bigint[]', nullable: true },
    profiles: { type: 'unknown', columnType: 'bigint[]', nullable: true },
    instances: strings,
    dependents: { type: 'unknown', columnType: 'bigint[]', nullable: true },
    related: strings,
    timed: { type: 'boolean', columnType: 'boolean' },
    data_from: { ...instant, nullable: true },
    data_until: { ...instant, nullable: true },
  },
})

/** Which policies hold for a patient from when until when. A patient without a row has no consent on file. */
const PatientPolicy = new EntitySchema({
  name: 'PatientPolicy',
  tableName: 'patient_policy',
  properties: {
    patient: key,
    valid_from: { ...instant, primary: true },
    valid_until: instant,
    policies: { type: 'unknown', columnType: 'int[]' },
    newest: { type: 'integer', columnType: 'int' },
    on_file: { type: 'boolean', columnType: 'boolean' },
    on_file_research: { type: 'boolean', columnType: 'boolean' },
    particular: { type: 'boolean', columnType: 'boolean' },
  },
})

/** Break-glass: one user, one patient, an hour. Ended, never deleted. */
const EmergencyAccess = new EntitySchema({
  name: 'EmergencyAccess',
  tableName: 'emergency_access',
  properties: {
    id: key,
    user: { ...text, fieldName: 'user_ref' },
    patient: text,
    organisation: { ...text, nullable: true },
    reason_code: text,
    reason_text: text,
    restricted: { type: 'boolean', columnType: 'boolean' },
    started: instant,
    expires: instant,
    ended: { ...instant, nullable: true },
  },
  indexes: [
    {
      name: 'emergency_access_user',
      expression: 'create index "emergency_access_user" on "emergency_access" (user_ref, expires)',
    },
  ],
})

/** What the embedded issuer keeps: sessions, grants, codes, refresh tokens, each until it expires. */
const IssuerRecord = new EntitySchema({
  name: 'IssuerRecord',
  tableName: 'issuer_record',
  properties: {
    model: key,
    id: key,
    payload: text,
    grant_id: { ...text, nullable: true },
    uid: { ...text, nullable: true },
    user_code: { ...text, nullable: true },
    consumed: { ...instant, nullable: true },
    expires: { ...instant, nullable: true },
  },
  indexes: [
    { name: 'issuer_record_grant', expression: 'create index "issuer_record_grant" on "issuer_record" (grant_id)' },
    { name: 'issuer_record_uid', expression: 'create index "issuer_record_uid" on "issuer_record" (uid)' },
    { name: 'issuer_record_expires', expression: 'create index "issuer_record_expires" on "issuer_record" (expires)' },
  ],
})

/** A person who can sign in at the embedded issuer. */
const Account = new EntitySchema({
  name: 'Account',
  tableName: 'account',
  properties: {
    username: key,
    /** argon2id in PHC form. */
    password: text,
    /** Base32 secret of the second factor. */
    totp: { ...text, nullable: true },
    /** The last time step whose code was taken: none is taken twice. */
    totp_step: { type: 'bigint', columnType: 'bigint', nullable: true },
    role: text,
    user: { ...text, fieldName: 'user_ref' },
    organisation: { ...text, nullable: true },
    patient: { ...text, nullable: true },
    purposes: { type: 'unknown', columnType: 'text[]' },
  },
})

/** Failed sign-ins by account and by address (hashed): what slows down and locks. */
const SignInFailure = new EntitySchema({
  name: 'SignInFailure',
  tableName: 'sign_in_failure',
  properties: {
    subject: key,
    failures: { type: 'integer', columnType: 'int' },
    last: instant,
    locked_until: { ...instant, nullable: true },
  },
})

const list = { type: 'unknown', columnType: 'text[]', nullable: true } as const
const tokens = { type: 'unknown', columnType: 'bigint[]', nullable: true } as const
const maybe = { ...text, nullable: true } as const

/** What many audit events share, under the hash of what is in it; append-only. src/store/audit/frame.ts makes it. */
const AuditFrame = new EntitySchema({
  name: 'AuditFrame',
  tableName: 'audit_frame',
  properties: {
    hash: { type: 'uuid', columnType: 'uuid', primary: true },
    /** Whether the event names the entry's patient as the one whose data it is about. */
    subject: { type: 'boolean', columnType: 'boolean' },
    /** JSON text with holes: src/store/audit/holes.ts */
    template: text,
    /** As a JSON string. */
    document: maybe,
    /** The user, if a patient. */
    own: maybe,
    action: maybe,
    address: maybe,
    agent: list,
    agent_role: tokens,
    entity_role: tokens,
    entity_type: tokens,
    outcome: maybe,
    subtype: tokens,
    type: tokens,
  },
  indexes: [
    {
      name: 'audit_frame_own',
      expression: 'create index "audit_frame_own" on "audit_frame" (own) where own is not null',
    },
  ],
})

/** What one audit event has of its own; append-only. With its frame it is a row of the view audit_event. */
const AuditEntry = new EntitySchema({
  name: 'AuditEntry',
  tableName: 'audit_entry',
  properties: {
    id: key,
    frame: { type: 'uuid', columnType: 'uuid' },
    recorded: instant,
    patient: maybe,
    shared: { type: 'boolean', columnType: 'boolean' },
    /** Organisation of the user. */
    custodian: maybe,
    /** X-Request-Id. */
    request: maybe,
    /** Of the client, where the frame does not have it. */
    address: maybe,
    /** The raw request beside its document: members of a JSON object. */
    rest: maybe,
    /** Reference of the first resource that was told or written. */
    data: maybe,
    /** Confidentiality and sensitivities, with a blank between. */
    labels: maybe,
    /** Further entities as JSON. */
    part: maybe,
    /** Search column, where patient and data do not say it. */
    entity: list,
    /** Entry of the log, of before which only old events have none; and where among the events of it. */
    batch: { type: 'uuid', columnType: 'uuid', nullable: true },
    place: { type: 'integer', columnType: 'int', nullable: true },
  },
  indexes: [
    {
      // Events of a batch have one key, which such an index holds once.
      name: 'audit_entry_batch',
      expression: 'create index "audit_entry_batch" on "audit_entry" (batch) where batch is not null',
    },
    {
      name: 'audit_entry_patient',
      expression:
        'create index "audit_entry_patient" on "audit_entry" (patient, recorded desc nulls last, id desc) where patient is not null',
    },
    {
      name: 'audit_entry_recorded',
      expression: 'create index "audit_entry_recorded" on "audit_entry" (recorded desc nulls last, id desc)',
    },
    {
      name: 'audit_entry_frame',
      expression: 'create index "audit_entry_frame" on "audit_entry" (frame)',
    },
    {
      // The few that may name other patients than their own: audit_naming.
      name: 'audit_entry_several',
      expression:
        'create index "audit_entry_several" on "audit_entry" (id) where shared or patient !~ \'^[A-Za-z0-9.-]+$\' or length(patient) > 64',
    },
  ],
})

export const ENTITIES = [
  ...RESOURCE_TABLES.map(({ entity }) => entity),
  ResourceVersion,
  AuditFrame,
  AuditEntry,
  ServerSecret,
  ServerState,
  Policy,
  PolicyRule,
  PatientPolicy,
  EmergencyAccess,
  IssuerRecord,
  Account,
  SignInFailure,
]
