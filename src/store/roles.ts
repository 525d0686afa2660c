// Which role may do what to which table: what does not stand here, PostgreSQL refuses. Serving and signing in each run as
// a role of their own; tables belong to the login that migrates. https://www.postgresql.org/docs/current/ddl-priv.html
import type { Client } from 'pg'
import { HealthChainError } from '../kernel/errors.ts'
import { RESOURCE_TABLES } from './generated/entities.ts'

/** Whoever reads and writes resources. */
export const SERVING = 'healthchain_serving'
/** The embedded issuer: accounts, sessions, its keys, and which groups a user belongs to. */
export const ISSUER = 'healthchain_issuer'
export type Role = typeof SERVING | typeof ISSUER
export const ROLES: readonly Role[] = [SERVING, ISSUER]

const [GROW, CHANGE, ALL] = ['select, insert', 'select, insert, update', 'select, insert, update, delete']
/** As one that stands: only lift_holds ends it. */
const HOLD = `select, ${['id', 'patient', 'organisation', 'reason', 'placed_by', 'placed', 'until'].map((column) => `insert (${column})`).join(', ')}`
/** Resources are never deleted from a table: a delete is one more version. */
const RESOURCE = [CHANGE, ''] as const

// Tables beside the resources, and resources that are an exception.      serving                             issuer
// biome-ignore format: a table
const EXCEPTIONS: Readonly<Record<string, readonly [serving: string, issuer: string]>> = {
  resource_version:     [GROW,                             ''],
  audit_event:          ['select',                         ''],
  audit_event_foreign:  ['select',                         ''],
  audit_frame:          [GROW,                             ''],
  audit_entry:          [GROW,                             ''],
  concept:              [GROW,                             ''],
  policy:               [GROW,                             ''],
  policy_rule:          [GROW,                             ''],
  patient_policy:       [ALL,                              ''],
  emergency_access:     ['select, insert, update (ended)', ''],
  log_leaf:             ['select, insert, update (leaf_index)', ''],
  provenance_frame:     [GROW,                             ''],
  provenance_printed:   ['select',                         ''],
  log_salt:             [GROW,                             ''],
  log_state:            ['select, update (size), update (frontier), update (root)', ''],
  log_tile:             ['select, insert, update (hashes)', ''],
  log_checkpoint:       [GROW,                             ''],
  log_witnessed:        ['select, insert, update (size), update (root), update (note)', ''],
  erasure:              ['',                               ''],
  former_compartment:   ['',                               ''],
  legal_hold:           [HOLD,                             ''],
  server_state:         [CHANGE,                           CHANGE],
  server_secret:        [GROW,                             GROW], // row by row: own_keys
  account:              ['',                               'select, insert, update (totp_step)'],
  issuer_record:        ['',                               ALL],
  sign_in_failure:      ['',                               ALL],
  mikro_orm_migrations: ['',                               ''],
  group:                [CHANGE,                           'select'],
  care_team:            [CHANGE,                           'select'],
  practitioner_role:    [CHANGE,                           'select'],
  organization:         [CHANGE,                           'select'],
}

/** Table -> what each of ROLES may do to it; a table that is not listed is nobody's but the owner's. */
export const PRIVILEGES: ReadonlyMap<string, readonly [serving: string, issuer: string]> = new Map([
  ...RESOURCE_TABLES.map(({ table }) => [table, RESOURCE] as const),
  ...Object.entries(EXCEPTIONS),
])

/** What runs as the owner, and which role may call it: an erasure, and what a table lets go. */
const FUNCTIONS: Readonly<Record<string, Role>> = {
  ready_erasure: SERVING,
  begin_erasure: SERVING,
  finish_erasure: SERVING,
  erasures_of: SERVING,
  lift_holds: SERVING,
  thin_log_checkpoints: SERVING,
}

/** One privilege of one role on one table or function, as it is granted: `update (ended) on "emergency_access"`. */
interface Grant {
  readonly role: string
  readonly right: string
}

const wanted = (): Grant[] => [
  ...[...PRIVILEGES].flatMap(([table, rights]) =>
    ROLES.flatMap((role, i) =>
      rights[i]!.split(', ').flatMap((right) => (right === '' ? [] : [{ role, right: `${right} on "${table}"` }])),
    ),
  ),
  ...Object.entries(FUNCTIONS).map(([name, role]) => ({ role, right: `execute on function "${name}"` })),
]

// Role public, oid 0, is everybody: it is to hold nothing. What an extension made is not ours to say.
const HELD = `select coalesce(r.rolname, 'public') as role,
  lower(a.privilege_type) || case when a.of is null then '' else ' (' || a.of || ')' end || ' on ' || a.kind || '"' || a.relname || '"' as right
from (
  select '' as kind, c.relname, null as of, acl.* from pg_class c, aclexplode(c.relacl) acl
  where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f') and pg_has_role(c.relowner, 'usage')
  union all
  select '', c.relname, t.attname, acl.* from pg_class c join pg_attribute t on t.attrelid = c.oid, aclexplode(t.attacl) acl
  where c.relnamespace = current_schema()::regnamespace and pg_has_role(c.relowner, 'usage')
  union all
  select 'function ', p.proname, null, acl.* from pg_proc p, aclexplode(p.proacl) acl
  where p.pronamespace = current_schema()::regnamespace and p.prosecdef and pg_has_role(p.proowner, 'usage')
) a left join pg_roles r on r.oid = a.grantee
where a.grantee = 0 or r.rolname = any($1)`

const SCHEMA = `select role, has_schema_privilege(role, current_schema(), 'usage') as enters, has_schema_privilege(role, current_schema(), 'create') as makes
from unnest($1::text[]) as role`

/** Brings the privileges of this database to what PRIVILEGES says. As the owner; one look where nothing is to be done. */
export async function grantPrivileges(client: Client): Promise<void> {
  const held = (await client.query<Grant>(HELD, [ROLES])).rows
  const want = wanted()
  const key = ({ role, right }: Grant) => `${role} ${right}`
  const [has, needs] = [new Set(held.map(key)), new Set(want.map(key))]
  const statements = [
    ...held.filter((grant) => !needs.has(key(grant))).map(({ role, right }) => `revoke ${right} from ${role}`),
    ...want.filter((grant) => !has.has(key(grant))).map(({ role, right }) => `grant ${right} to ${role}`),
  ]
  const { rows } = await client.query<{ role: Role; enters: boolean; makes: boolean }>(SCHEMA, [ROLES])
  const schema = (await client.query('select quote_ident(current_schema()) as name')).rows[0].name
  // What a role could make in the schema would be found before what the server means.
  if (rows.some(({ makes }) => makes)) statements.push(`revoke create on schema ${schema} from public`)
  for (const { role } of rows.filter(({ enters }) => !enters))
    statements.push(`grant usage on schema ${schema} to ${role}`)
  // Several statements in one message are one transaction.
  if (statements.length > 0) await client.query(statements.join(';\n'))
}

const STANDING = `select wanted.role, quote_ident(current_user) as login, r.oid is not null as stands,
  coalesce(pg_has_role(r.oid, case when current_setting('server_version_num')::int < 160000 then 'MEMBER' else 'SET' end), false) as member
from unnest($1::text[]) as wanted (role) left join pg_roles r on r.rolname = wanted.role`

interface Standing {
  role: Role
  login: string
  stands: boolean
  member: boolean
}

/** Makes the roles of the cluster if they are missing, and lets this login act as them. @throws HealthChainError saying what an administrator must run */
export async function ensureRoles(client: Client): Promise<void> {
  const look = async () => (await client.query<Standing>(STANDING, [ROLES])).rows
  for (const { role, login, stands, member } of await look()) {
    // Databases of one cluster share the roles: another may make them at this moment, which is as good.
    if (!stands) await client.query(`create role ${role} nologin`).catch(() => {})
    if (!member) await client.query(`grant ${role} to ${login}`).catch(() => {})
  }
  const rest = await look()
  const missing = rest.filter(({ stands }) => !stands)
  if (missing.length === 0) return
  const orders = missing.map(({ role, login }) => `  create role ${role} nologin role ${login};`)
  throw new HealthChainError(
    'fault',
    'roles-missing',
    `The database login may not create roles. Let an administrator of PostgreSQL run this once, then start again:\n${orders.join('\n')}`,
  )
}
