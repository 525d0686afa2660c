// What PostgreSQL itself refuses to the roles that serve, and to the owner. Every table of the catalogue is tried in every
// way: a table that nobody decided about fails here.
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HealthChainError } from '../../src/kernel/errors.ts'
import { migrateDatabase, openDatabase } from '../../src/store/database.ts'
import { RESOURCE_TABLES } from '../../src/store/generated/entities.ts'
import { ISSUER, PRIVILEGES, ROLES, type Role, SERVING } from '../../src/store/roles.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'

let db: TestDatabase
let owner: pg.Client
const clients = new Map<Role, pg.Client>()
beforeAll(async () => {
  db = await testDatabase()
  owner = await connected()
  for (const role of ROLES) clients.set(role, await connected(role))
})
afterAll(async () => {
  await Promise.all([owner, ...clients.values()].map((client) => client.end()))
  await db.drop()
})

async function connected(role?: Role): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: db.url, ...(role && { options: `-c role=${role}` }) })
  await client.connect()
  return client
}

/** What it says against it; undefined when it goes through. Nothing stays. */
async function refusal(client: pg.Client, sql: string): Promise<{ code: string; message: string } | undefined> {
  await client.query('begin')
  try {
    await client.query(sql)
    return undefined
  } catch (error) {
    return error as { code: string; message: string }
  } finally {
    await client.query('rollback')
  }
}

// s select, i insert, u update, d delete. What is not said of a table is said of resources: nothing is ever deleted.
const SAID: Record<Role, Record<string, string>> = {
  [SERVING]: {
    resource_version: 'si',
    audit_event: 's',
    audit_event_foreign: 's',
    audit_frame: 'si',
    audit_entry: 'si',
    concept: 'si',
    policy: 'si',
    policy_rule: 'si',
    patient_policy: 'siud',
    emergency_access: 'si', // and when it ended
    log_leaf: 'si', // and its place in the tree
    provenance_frame: 'si',
    provenance_printed: 's',
    log_salt: 'si',
    log_state: 's', // and what grows
    log_tile: 'si', // and what follows
    log_checkpoint: 'si',
    log_witnessed: 'si', // and what grows
    legal_hold: 'si', // and that it was lifted
    server_state: 'siu',
    server_secret: 'si',
    account: '',
    issuer_record: '',
    sign_in_failure: '',
    mikro_orm_migrations: '',
  },
  [ISSUER]: {
    account: 'si', // and the step of the second factor
    issuer_record: 'siud',
    sign_in_failure: 'siud',
    server_state: 'siu',
    server_secret: 'si',
    group: 's',
    care_team: 's',
    practitioner_role: 's',
    organization: 's',
  },
}
const OTHERWISE: Record<Role, string> = { [SERVING]: 'siu', [ISSUER]: '' }

const WAYS = {
  s: (table: string) => `select * from "${table}" limit 1`,
  i: (table: string) => `insert into "${table}" default values`,
  u: (table: string, column: string) => `update "${table}" set "${column}" = null where false`,
  d: (table: string) => `delete from "${table}" where false`,
  t: (table: string) => `truncate "${table}"`,
}

async function columnsByTable(): Promise<Map<string, string[]>> {
  const { rows } = await owner.query(
    `select c.relname as table, array_agg(a.attname::text order by a.attnum) as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f') group by 1`,
  )
  return new Map(rows.map(({ table, columns }) => [table, columns]))
}

describe('tables', () => {
  test('are all decided about, and no decision is about a table that is not there', async () => {
    expect([...PRIVILEGES.keys()].sort()).toEqual([...(await columnsByTable()).keys()].sort())
  })

  test.for(ROLES)('%s may do what is said here and nothing else, in every way and on every table', async (role) => {
    const client = clients.get(role)!
    const found: string[] = []
    const expected: string[] = []
    for (const [table, columns] of await columnsByTable()) {
      const said = SAID[role][table] ?? (RESOURCE_TABLES.some((r) => r.table === table) ? OTHERWISE[role] : '')
      for (const [letter, way] of Object.entries(WAYS)) {
        const against = await refusal(client, way(table, columns[0]!))
        // Anything else it says is about the row, which is none: it would have been allowed.
        if (!/^permission denied for (?:table|view)|^cannot .* view|is not a table$/.test(against?.message ?? ''))
          found.push(`${table} ${letter}`)
        if (said.includes(letter)) expected.push(`${table} ${letter}`)
      }
    }
    expect(found).toEqual(expected)
    expect(found.length).toBeGreaterThan(5)
  })

  test.for([
    [SERVING, 'emergency_access', 'ended'],
    [SERVING, 'log_leaf', 'leaf_index'],
    [SERVING, 'log_tile', 'hashes'],
    [SERVING, 'log_state', 'size, frontier, root'],
    [ISSUER, 'account', 'totp_step'],
  ] as const)('%s may update of %s nothing but %s', async ([role, table, only]) => {
    for (const column of (await columnsByTable()).get(table)!) {
      const against = await refusal(clients.get(role)!, WAYS.u(table, column))
      expect(against?.code, column).toBe(only.split(', ').includes(column) ? undefined : '42501')
    }
  })
})

describe('attacks through a connection that serves', () => {
  const ATTACKS = [
    ['reading the key that signs tokens', "select value from server_secret where name = 'issuer-key'"],
    ['reading all secrets', "select value from server_secret where name <> 'cursor'"],
  ]
  test.for(ATTACKS)('%s finds nothing', async ([, sql]) => {
    await owner.query(
      "insert into server_secret values ('issuer-key', 'x'), ('cursor', 'c'), ('log-key', 'l') on conflict do nothing",
    )
    expect((await clients.get(SERVING)!.query(sql!)).rows).toEqual([])
    const names = async (role: Role) =>
      (await clients.get(role)!.query('select name from server_secret order by name')).rows.map(({ name }) => name)
    expect(await names(SERVING)).toEqual(['cursor'])
    expect(await names(ISSUER)).toEqual(['issuer-key'])
  })

  test.for([
    ['planting a signing key', "insert into server_secret values ('issuer-next', 'mine')"],
    ['replacing the key of the cursors', "update server_secret set value = 'mine'"],
    ['rewriting history', "update resource_version set content = '{}'"],
    ['lowering a label', 'update resource_version set confidentiality = 0'],
    ['covering tracks', 'delete from audit_event'],
    ['covering its own tracks', 'delete from audit_entry'],
    ['telling an event as another', "update audit_frame set template = '{}'"],
    ['forging an event', "insert into audit_event (id, content) values ('e1', '{}')"],
    ['widening a policy', 'update policy_rule set deny = false'],
    ['prolonging an emergency', "update emergency_access set expires = 'infinity'"],
    ['reading passwords', 'select password from account'],
    ['making itself a table', 'create table mine (n int)'],
    ['shadowing a function', 'create function public.consent_verdict() returns int language sql as $$select 1$$'],
    ['taking a trigger away', 'alter table audit_entry disable trigger all'],
    ['switching triggers off', "set session_replication_role = 'replica'"],
    ['dropping a policy of rows', 'drop policy own_keys on server_secret'],
    ['reading a file of the server', "copy server_state from '/etc/hostname'"],
  ])('%s is refused', async ([, sql]) => {
    // 55000: there is nothing to change in a view.
    expect((await refusal(clients.get(SERVING)!, sql!))?.code).toMatch(/^(?:42501|55000)$/)
  })

  test('giving itself more gives nothing', async () => {
    await clients.get(SERVING)!.query(`grant delete on audit_entry to ${SERVING}`)
    expect((await refusal(clients.get(SERVING)!, WAYS.d('audit_entry')))?.code).toBe('42501')
  })
})

describe('what only grows refuses the owner too', () => {
  const EVENT = `insert into audit_event_foreign (id, version, last_updated, deleted, lossless, content) values ('e1', 1, now(), false, false, '{}')`
  const FRAME =
    "insert into audit_frame (hash, subject, template) values ('00000000-0000-4000-8000-000000000001', false, '')"
  const ENTRY =
    "insert into audit_entry (id, frame, recorded, shared, batch, place) values ('e1', '00000000-0000-4000-8000-000000000001', now(), false, '00000000-0000-4000-8000-000000000002', 0)"
  const POLICY =
    "insert into policy (id, hash, particular, rules) values (1, '00000000-0000-4000-8000-000000000001', false, '[]')"
  const RULE = `insert into policy_rule (policy, position, depth, deny, research, u, l, m, n, r, v, dynamic, actions, timed)
    values (1, 0, 0, true, false, 0, 0, 0, 0, 0, 0, false, 0, false)`

  test.for([
    ['audit_event_foreign', EVENT, "content = '[]'"],
    ['audit_frame', FRAME, "template = '{}'"],
    ['audit_entry', ENTRY, 'patient = null'],
    ['policy', POLICY, "rules = '[1]'"],
    ['policy_rule', RULE, 'deny = false'],
  ])('%s', async ([table, insert, change]) => {
    for (const sql of [`update ${table} set ${change}`, `delete from ${table}`, `truncate ${table}`])
      expect((await refusal(owner, `${insert}; ${sql}`))?.code, sql).toBe('23001')
  })

  const VERSION = (
    facts: string,
  ) => `insert into resource_version (type, id, version, last_updated, operation, patient, confidentiality, sensitivity, facts, lossless, content)
    values ('Patient', 'p1', 1, now(), 'create', 'p1', 3, 12, ${facts}, false, '{}');`
  test.for([
    [undefined, "'{}'", 'confidentiality = 4'],
    [undefined, "'{}'", 'sensitivity = 13'],
    [undefined, 'null', "confidentiality = 1, sensitivity = 1, facts = '{}', patient = 'p2', shared = false"],
    ['labels of resource_version only rise', "'{}'", 'confidentiality = 2'],
    ['labels of resource_version only rise', "'{}'", 'sensitivity = 8'],
    ['labels of resource_version only rise', "'{}'", 'confidentiality = 5, sensitivity = 0'],
    ['table resource_version is append-only', "'{}'", "patient = 'p2'"],
    ['table resource_version is append-only', "'{}'", "facts = '{1}'"],
    ['table resource_version is append-only', "'{}'", 'content = \'{"a":1}\', confidentiality = 5'],
    ['table resource_version is append-only', 'null', "content = '[]', facts = '{}'"],
    ['table resource_version is append-only', 'null', 'confidentiality = 1'],
    ['table resource_version is append-only', "'{}'", "last_updated = 'epoch'"],
  ] as const)('a version: %s with facts %s, set %s', async ([said, facts, set]) => {
    const against = await refusal(owner, `${VERSION(facts)} update resource_version set ${set}`)
    expect(against?.message).toBe(said)
  })

  test('versions cannot be deleted or truncated', async () => {
    // Without a version of this transaction: its leaf is still to be looked for, which refuses a truncate by itself.
    for (const sql of [`${VERSION("'{}'")} delete from resource_version`, 'truncate resource_version'])
      expect((await refusal(owner, sql))?.code, sql).toBe('23001')
  })
})

describe('a pool of a role', () => {
  test('is that role from the start of each connection, without a statement of its own', async () => {
    const database = await openDatabase({ url: db.url, poolSize: 1, role: SERVING, migrate: false })
    const ask = (sql: string) => database.query({ sql, parameters: [] })
    await ask('reset role')
    const rows = await ask('select current_user::text as name, session_user::text <> current_user::text as acting')
    await database.close()
    expect(rows).toEqual([{ name: SERVING, acting: true }])
  })

  test('keeps options that the address names', async () => {
    const database = await openDatabase({ url: `${db.url}?options=-c%20work_mem%3D5MB`, role: SERVING, migrate: false })
    const rows = await database.query({
      sql: "select current_user::text as name, current_setting('work_mem') as memory",
      parameters: [],
    })
    await database.close()
    expect(rows).toEqual([{ name: SERVING, memory: '5MB' }])
  })

  test('cannot be another role by an option in the address', async () => {
    const url = `${db.url}?options=-c%20role%3D${ISSUER}`
    const database = await openDatabase({ url, role: SERVING, migrate: false })
    const rows = await database.query({ sql: 'select current_user::text as name', parameters: [] })
    await database.close()
    expect(rows).toEqual([{ name: SERVING }])
  })

  test('does not open for a role that is not there, and says what to do', async () => {
    const refused = openDatabase({ url: db.url, role: 'healthchain_nobody' as Role, migrate: false })
    await expect(refused).rejects.toThrow(HealthChainError)
    await expect(refused).rejects.toThrow(/administrator/)
  })
})

test('what somebody granted beside is taken back at the next start', async () => {
  await owner.query(`grant delete on patient to ${SERVING}; grant select on account to public;
    grant update (password) on account to ${ISSUER}; revoke insert on audit_entry from ${SERVING}`)
  await migrateDatabase(db.url)
  const held = async (sql: string) => (await owner.query(`select ${sql} as held`)).rows[0].held
  expect(await held(`has_table_privilege('${SERVING}', 'patient', 'delete')`)).toBe(false)
  expect(await held(`has_table_privilege('${SERVING}', 'account', 'select')`)).toBe(false)
  expect(await held(`has_column_privilege('${ISSUER}', 'account', 'password', 'update')`)).toBe(false)
  expect(await held(`has_table_privilege('${SERVING}', 'audit_entry', 'insert')`)).toBe(true)
})
