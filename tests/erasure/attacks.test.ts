// What a connection that serves may try once there is a way to delete: each attack by its name, and what it leaves for a
// verifier to find where it goes through.
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { erasePatient } from '../../src/interactions/erasure/erase.ts'
import { readyErasure } from '../../src/store/erasure/erase.ts'
import { RESOURCE_TABLES } from '../../src/store/generated/entities.ts'
import { ISSUER, type Role, SERVING } from '../../src/store/roles.ts'
import { write } from '../../src/store/writer.ts'
import { audited } from '../log/world.ts'
import { eraseLeaf, joined, left, observation, REQUEST, saidSo, type World, world } from './world.ts'

let db: World
const clients = new Map<Role | 'owner', pg.Client>()
beforeAll(async () => {
  db = await world()
  for (const role of [SERVING, ISSUER, 'owner'] as const) {
    const client = new pg.Client({ connectionString: db.url, ...(role !== 'owner' && { options: `-c role=${role}` }) })
    await client.connect()
    clients.set(role, client)
  }
})
afterAll(async () => {
  await Promise.all([...clients.values()].map((client) => client.end()))
  await db.drop()
})

/** The code of what PostgreSQL says against the last of the statements; nothing stays. */
async function refusal(role: Role | 'owner', ...statements: string[]): Promise<string | undefined> {
  const client = clients.get(role)!
  await client.query('begin')
  try {
    for (const [i, sql] of statements.entries())
      try {
        await client.query(sql)
      } catch (error) {
        if (i < statements.length - 1) throw new Error(`refused too early: ${(error as Error).message}`)
        return (error as { code: string }).code
      }
    return undefined
  } finally {
    await client.query('rollback')
  }
}

const [FORBIDDEN, APPEND_ONLY, NOT_SAID, HELD] = ['42501', '23001', '23000', 'HC002']
const MARK = "set local healthchain.erasing = 'on'"
const BEGIN = "select leaves::text[] from begin_erasure('p1')"
const FINISH = (entries = '{}') => `select finish_erasure('p1', '${entries}', now(), 'objection', 'x', '{}')`

describe('the mark of an erasure is no key', () => {
  test.each([
    'delete from resource_version',
    'truncate resource_version cascade',
    'delete from log_salt',
    'truncate log_salt',
    'update log_leaf set type = null, id = null, version = null',
    'delete from log_leaf',
    'delete from patient',
    'delete from policy_rule where policy = 1',
    "update policy set rules = '[]'",
    'delete from legal_hold',
    'delete from former_compartment',
    'delete from erasure',
    'delete from provenance_frame',
    'delete from audit_entry',
  ])('serving sets it: %s', async (sql) => {
    expect(await refusal(SERVING, MARK, sql)).toBe(FORBIDDEN)
  })

  test.each([
    [
      'audit events',
      "insert into audit_frame (hash, subject, template) values (gen_random_uuid(), false, '')",
      'delete from audit_frame',
    ],
    ['a leaf', 'select 1', 'delete from log_leaf'],
    ['what a leaf says', 'select 1', "update log_leaf set leaf = 'x', type = null, id = null, version = null"],
    [
      'half of what names',
      'select 1',
      'update log_leaf set decision = null, agent = gen_random_uuid() where leaf_index is not null',
    ],
    ['a content', 'select 1', "update resource_version set content = ''"],
    ['all versions at once', 'select 1', 'truncate resource_version'],
    ['a tile', 'select 1', 'delete from log_tile'],
  ])('not even the owner, who could set it, erases so: %s', async (_, before, sql) => {
    expect(await refusal('owner', before, MARK, sql)).toBe(APPEND_ONLY)
  })

  test('and without it the owner is held as ever', async () => {
    for (const sql of [
      'delete from resource_version',
      'delete from log_salt',
      'update log_leaf set type = null, id = null, version = null',
    ])
      expect(await refusal('owner', sql)).toBe(APPEND_ONLY)
  })
})

test('a privilege that was given by mistake meets the triggers, mark or no mark', async () => {
  const client = clients.get('owner')!
  await client.query('begin')
  await client.query(`grant delete on resource_version to ${SERVING}; set local role ${SERVING}; ${MARK}`)
  const refused = await client.query('delete from resource_version').catch((error) => error.code)
  await client.query('rollback')
  expect(refused).toBe(APPEND_ONLY)
})

describe('the function', () => {
  test.each([
    ['begin', "select begin_erasure('p1')"],
    ['finish', FINISH()],
    ['look', "select erasures_of('p1')"],
    ['ready', 'select ready_erasure()'],
    ['lift', "select lift_holds('p1', 'h1', 'x')"],
  ])('is not for the issuer: %s', async (_, sql) => {
    expect(await refusal(ISSUER, sql)).toBe(FORBIDDEN)
  })

  test.each([
    "select forget_record('p1')",
    "select patient_mark('p1')",
    "select * from erasable('p1')",
    "select forget_policies('{}')",
    "select lock_record('p1')",
    "select lock_holds('p1')",
    "select require_said('p1', '{}', '{}')",
    'select is_erase_leaf(l) from log_leaf as l',
    "select lock_shared('p1')",
    "select names_of('p1')",
    "select policies_naming('{}')",
    "select frames_naming('{}')",
    "select forget_accounts('p1', '{}')",
  ])('is not taken apart: %s', async (sql) => {
    expect(await refusal(SERVING, sql)).toBe(FORBIDDEN)
  })

  test('erases nothing without a leaf that says so', async () => {
    expect(await refusal(SERVING, FINISH())).toBe(NOT_SAID)
  })

  test.each([
    ['fewer leaves', (at: number[]) => at.slice(1)],
    ['more leaves', (at: number[]) => [...at, Math.max(...at) + 1].sort((a, b) => a - b)],
    ['other leaves', (at: number[]) => [0, ...at.slice(1)].map((_, i) => i + 20)],
  ])('erases nothing beside a leaf that names %s', async (_, bent) => {
    const found = await db.database
      .transaction(async (session) => {
        const [row] = await session.query<{ leaves: string[] }>({
          sql: "select leaves::text[] from begin_erasure('p1')",
          parameters: [],
        })
        const entry = await saidSo(session, bent(row!.leaves.map(Number)))
        await session.query({ sql: FINISH(`{${entry}}`), parameters: [] })
      })
      .catch((error) => error.code)
    expect(found).toBe(NOT_SAID)
    expect(await left(db)).toBe(5)
  })

  test('erases nothing whose leaf waits for its place', async () => {
    await readyErasure(db.database)
    const found = await db.database
      .transaction(async (session) => {
        await write(joined(session), [{ type: 'Observation', id: 'waits', resource: observation() }])
        const [row] = await session.query<{ leaves: string[] }>({ sql: BEGIN, parameters: [] })
        const entry = await saidSo(session, row!.leaves.map(Number))
        await session.query({ sql: FINISH(`{${entry}}`), parameters: [] })
      })
      .catch((error) => error.code)
    expect(found).toBe('HC003')
  })

  test('erases nothing beside a leaf of another transaction', async () => {
    const [row] = await db.database.query<{ leaves: string[] }>({
      sql: "select leaves::text[] from begin_erasure('p1')",
      parameters: [],
    })
    const entry = await eraseLeaf(db.database, 'e-before', row!.leaves.map(Number))
    expect(await refusal(SERVING, FINISH(`{${entry}}`))).toBe(NOT_SAID)
  })

  test.each(["p1' or true", '', '%', 'p1 '])('takes no id that is none: %j', async (id) => {
    const sql = `select finish_erasure(${pg.escapeLiteral(id)}, '{}', now(), 'objection', 'x', '{}')`
    expect(await refusal(SERVING, sql)).toBe('22023')
  })

  test('finds no tables of the caller: an empty legal_hold of its own lifts nothing', async () => {
    const hold =
      "insert into legal_hold (id, patient, organisation, reason, placed_by, placed) values (gen_random_uuid(), 'p1', 'h1', 'x', 'x', now())"
    const shadow = 'create temporary table legal_hold (like public.legal_hold)'
    expect(await refusal(SERVING, hold, shadow, FINISH())).toBe(HELD)
    expect(await refusal(SERVING, hold, 'set local search_path = pg_temp, public', shadow, FINISH())).toBe(HELD)
  })
})

const LIFT = "select lift_holds('p1', 'h1', 'me')"
const EVENT = (code: string, outcome: string) =>
  JSON.stringify({ resourceType: 'AuditEvent', outcome, subtype: [{ code }] }).replaceAll("'", "''")
/** A hold lifted beside an AuditEvent, and the leaf of its batch, as who serves could store one. */
const lifting = (patient: string, code = 'unhold', outcome = '0', house = 'h1') => {
  const [frame, batch] = [randomUUID(), randomUUID()]
  return [
    `insert into audit_frame (hash, subject, template) values ('${frame}', false, '${EVENT(code, outcome)}')`,
    `insert into log_leaf (entry, leaf, salt, recorded) values ('${batch}', 'x', '${batch}', now())`,
    `insert into audit_entry (id, frame, recorded, patient, shared, custodian, batch, place) values ('${frame}', '${frame}', now(), '${patient}', false, '${house}', '${batch}', 0)`,
    LIFT,
  ]
}

describe('holds', () => {
  const HOLD =
    "insert into legal_hold (id, patient, organisation, reason, placed_by, placed) values (gen_random_uuid(), 'p1', 'h1', 'x', 'x', now())"
  test.each([
    ['moving it to another', "update legal_hold set patient = 'p2'", FORBIDDEN],
    ['ending it earlier', 'update legal_hold set until = now()', FORBIDDEN],
    ['deleting it', 'delete from legal_hold', FORBIDDEN],
    ['lifting it past the function', "update legal_hold set lifted = now(), lifted_by = 'me'", FORBIDDEN],
    [
      'placing it lifted',
      HOLD.replace('placed)', 'placed, lifted, lifted_by)').replace('now())', "now(), now(), 'x')"),
      FORBIDDEN,
    ],
    ['lifting it silently', LIFT, NOT_SAID],
    ['lifting it beside an event of another patient', lifting('p2'), NOT_SAID],
    ['lifting it beside an event that says something else', lifting('p1', 'hold'), NOT_SAID],
    ['lifting it beside an event that says it was refused', lifting('p1', 'unhold', '8'), NOT_SAID],
  ])('%s is refused to who serves', async (_, sql, code) => {
    expect(await refusal(SERVING, HOLD, ...[sql].flat())).toBe(code)
  })
  test('it is lifted beside the event that says so, and no hold of another house with it', async () => {
    const client = clients.get(SERVING)!
    await client.query('begin')
    try {
      for (const sql of [HOLD, HOLD.replace("'h1'", "'h2'"), ...lifting('p1')]) await client.query(sql)
      const { rows } = await client.query('select organisation, lifted_by from legal_hold order by 1')
      expect(rows).toEqual([
        { organisation: 'h1', lifted_by: 'me' },
        { organisation: 'h2', lifted_by: null },
      ])
    } finally {
      await client.query('rollback')
    }
  })
  test('nor beside the event of another house', async () => {
    expect(await refusal(SERVING, HOLD, ...lifting('p1', 'unhold', '0', 'h2'))).toBe(NOT_SAID)
  })
  test('nor beside an event of a transaction before', async () => {
    const client = clients.get(SERVING)!
    for (const sql of lifting('p1').slice(0, -1)) await client.query(sql)
    expect(await refusal(SERVING, HOLD, LIFT)).toBe(NOT_SAID)
  })
  test('what was lifted stays so, and nobody else comes to have lifted it', async () => {
    const lift = "update legal_hold set lifted = now(), lifted_by = 'me'"
    expect(await refusal('owner', HOLD, lift)).toBeUndefined()
    expect(await refusal('owner', HOLD, lift, "update legal_hold set lifted_by = 'you'")).toBe(APPEND_ONLY)
    expect(await refusal('owner', HOLD, lift, 'update legal_hold set lifted = null, lifted_by = null')).toBe(
      APPEND_ONLY,
    )
  })
})

describe('what a verifier finds', () => {
  let mine: World
  beforeEach(async () => {
    mine = await world()
    return () => mine.drop()
  })
  const codes = async () => (await audited(mine.database, mine.owner)).findings.map(({ code }) => code)

  test('nothing, after an erasure', async () => {
    await erasePatient(await mine.interaction(), REQUEST)
    await mine.settle()
    expect([await codes(), await left(mine)]).toEqual([[], 0])
  })

  test('an erase leaf for what still stands', async () => {
    await eraseLeaf(mine.database, 'false', [0, 1])
    await mine.settle()
    expect(await codes()).toEqual(['erased-yet-there', 'erased-yet-there', 'leaf-without-version'])
  })

  test('content that went without an erase leaf', async () => {
    await mine.owner.transaction(async (session) => {
      const run = (sql: string) => session.query({ sql, parameters: [] })
      await run("set local healthchain.erasing = 'on'")
      await run("delete from resource_version where id = 'o-p1'")
      await run(
        "update log_leaf set type = null, id = null, version = null, decision = null, agent = null where id = 'o-p1'",
      )
    })
    expect(await codes()).toEqual(['leaf-without-version', 'leaf-without-version'])
  })
})

test('the tables that an erasure walks are those of all types whose records it must empty', async () => {
  const walked = await db.owner.query<{ name: string; type: string }>({
    sql: 'select name, type from resource_tables()',
    parameters: [],
  })
  const all = RESOURCE_TABLES.filter(({ type }) => type !== 'AuditEvent').map(({ table, type }) => `${type} ${table}`)
  expect(walked.map(({ name, type }) => `${type} ${name}`)).toEqual(all.sort())
  const watched = await db.owner.query<{ name: string }>({
    sql: "select tgrelid::regclass::text as name from pg_trigger where tgname = 'leaves_record'",
    parameters: [],
  })
  expect(watched).toHaveLength(walked.length)
})
