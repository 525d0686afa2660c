// What an owner of the database did by hand to get past the dump, each named by attack: every one is found. And an honest
// history that looks like an attack, of which nothing is.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { erasePatient } from '../../src/interactions/erasure/erase.ts'
import { perform } from '../../src/interactions/pipeline.ts'
import { operatorInteraction } from '../../src/server/operator.ts'
import { batchLeaf } from '../../src/store/audit/batch-leaf.ts'
import { settleAll } from '../../src/store/consent/settle-all.ts'
import type { Session } from '../../src/store/database.ts'
import { sequence } from '../../src/store/log/sequencer.ts'
import { keepFrameOf } from '../../src/store/provenance/frames.ts'
import { write } from '../../src/store/writer.ts'
import { asking } from '../erasure/asking.ts'
import { person } from '../store/people.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { DumpFolder, type Found } from './dumped.ts'
import { makeHistory, TYPES } from './history.ts'
import { observation, sign } from './world.ts'

const DENYING = {
  ...{ resourceType: 'Consent', status: 'active', patient: { reference: 'Patient/p1' }, dateTime: '2024-01-01' },
  scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
  provision: {
    type: 'permit',
    provision: [{ type: 'deny', class: [{ system: 'http://hl7.org/fhir/resource-types', code: 'Observation' }] }],
  },
}
const admin = person('Practitioner/admin', 'admin', 'HOPERAT', { organisation: 'h1' })
const folder = new DumpFolder()
let db: TestDatabase
const run = <T>(session: Session, sql: string, parameters: unknown[] = []) =>
  session.query<T>({ sql, parameters, varied: true })

const LOG = ['log_leaf', 'log_salt', 'log_tile', 'log_checkpoint', 'log_state']
const POLICY = ['policy', 'policy_rule', 'patient_policy']
const GUARDED = [...LOG, ...POLICY, 'resource_version', 'audit_entry', 'audit_frame', 'provenance_frame']
beforeAll(async () => {
  db = await testDatabase()
  await makeHistory(db.database, 5)
  await write(db.database, [{ type: 'Consent', id: 'k2', resource: DENYING }])
  await settleAll(db.database)
  await sequence(db.database, sign, 100)
  for (const table of GUARDED) await run(db.owner, `alter table ${table} disable trigger user`)
  await run(db.owner, 'alter table resource_version drop constraint resource_version_logged')
  await run(db.owner, 'alter table audit_entry drop constraint audit_entry_batched')
  await run(db.owner, 'alter table log_leaf drop constraint log_leaf_tree')
})
afterAll(async () => {
  folder.drop()
  await db.drop()
})

class Undone extends Error {}
async function tampered(deed: (session: Session) => Promise<unknown>): Promise<Found[]> {
  let found: Found[] = []
  await db.owner
    .transaction(async (session) => {
      await deed(session)
      found = await folder.whole(session, TYPES)
      throw new Undone()
    })
    .catch((error) => {
      if (!(error instanceof Undone)) throw error
    })
  return found
}

const SAME = 'frame, recorded, patient, shared, custodian, request, address, rest, data, labels, part, entity'
const FORGED = (batch: string, place: number, id = 'forged') =>
  `insert into audit_entry (id, batch, place, ${SAME}) select '${id}', ${batch}, ${place}, ${SAME} from audit_entry limit 1`
const NIL = "'00000000-0000-0000-0000-000000000000'::uuid"
const FAR = 900_000_000_000
const LEAST = -2_147_483_648
const before = (column: string) =>
  `(to_char(${column} at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS') || '+00 BC')::timestamptz`
const shifted = (column: string) =>
  `${column} = ('[5:' || 4 + cardinality(${column}) || ']=' || ${column}::text)::text[] where cardinality(${column}) > 0`
const TABLES = ['condition', 'observation', 'medication_request']
const deletes = (time: (column: string) => string, which = 'true') => [
  `update resource_version set last_updated = ${time('last_updated')} where operation = 'delete' and ${which}`,
  ...TABLES.map((table) => `update ${table} set last_updated = ${time('last_updated')} where deleted and ${which}`),
]

test('nothing was done: nothing is found', async () => {
  expect(await tampered(async () => {})).toEqual([])
})

describe('found', () => {
  test.each<[string, readonly string[]]>([
    ['an event invented before the first batch', [FORGED(NIL, -5)]],
    ['an event invented without an id', [FORGED(NIL, -2, '')]],
    ['an event invented below every place', [FORGED(`(select entry from log_leaf where leaf_index = 0)`, LEAST)]],
    [
      'a version moved out of the tree, to a place that never comes',
      [`update log_leaf set leaf_index = ${FAR} where id = 'waits-1'`],
    ],
    [
      'a salt that comes back for what was erased',
      [
        `insert into log_salt select salt, sha256('x') from log_leaf where type is null and leaf like '%fhir.write%' limit 1`,
      ],
    ],
    [
      'a tree of nothing but the version',
      [
        `update log_leaf set tree = decode(substring(convert_from(leaf, 'UTF8') from 7 for 44), 'base64') where id = 'many-1'`,
      ],
    ],
    [
      'an erase leaf under no id, its salt changed',
      [
        `update log_salt set salt = sha256('x') where id in (select salt from log_leaf where type = 'AuditEvent')`,
        `update log_leaf set id = '', version = 0 where entry = (select entry from log_leaf where type = 'AuditEvent' and leaf like '%"erase"%')`,
      ],
    ],
    ['events before Christ', [`update audit_entry set recorded = ${before('recorded')}`]],
    ['deletes before Christ', deletes(before)],
    ['a delete before what it deletes', deletes(() => `'2001-01-01'`, `id = 'r1'`)],
    ['arrays of a frame that begin elsewhere', [`update audit_frame set ${shifted('agent')}`]],
    ['arrays of who wrote that begin elsewhere', [`update provenance_frame set ${shifted('agent')}`]],
  ])('%s', async (_, deeds) => {
    const found = await tampered(async (session) => {
      for (const sql of deeds) await run(session, sql)
    })
    expect(found).not.toEqual([])
  })

  test('an event of a batch that never comes into the tree', async () => {
    const found = await tampered(async (session) => {
      const { entry, leaf, salt, recorded, secret } = batchLeaf([], [])
      const sql = `insert into log_leaf (entry, leaf, salt, recorded, leaf_index) values ($1, $2, $3, $4, ${FAR})`
      await run(session, sql, [entry, leaf, salt, recorded])
      await run(session, 'insert into log_salt values ($1, $2)', [salt, secret])
      await run(session, FORGED(`'${entry}'`, 0))
    })
    expect(found).not.toEqual([])
  })

  test('another author, in a frame before the first', async () => {
    const found = await tampered(async (session) => {
      const rest = 'template, agent_role, agent_type'
      const [{ agent }] = (await run(
        session,
        'select agent from log_leaf where agent is not null and leaf_index is not null order by leaf_index limit 1',
      )) as [{ agent: string }]
      const sql = `insert into provenance_frame (hash, agent, ${rest}) select ${NIL}, array['Practitioner/innocent'], ${rest} from provenance_frame where hash = $1`
      await run(session, sql, [agent])
      await run(session, `update log_leaf set agent = ${NIL} where agent = $1`, [agent])
    })
    expect(found).not.toEqual([])
  })

  test('a denial taken out of a consent, its policy under the least of numbers', async () => {
    const found = await tampered(async (session) => {
      const [{ id }] = (await run(session, `select policies[1] as id from patient_policy where patient = 'p1'`)) as [
        { id: number },
      ]
      await run(session, `update policy set id = ${LEAST} where id = $1`, [id])
      await run(session, `update policy_rule set policy = ${LEAST} where policy = $1`, [id])
      await run(
        session,
        `update patient_policy set policies = array_replace(policies, $1::int, ${LEAST}), newest = ${LEAST}`,
        [id],
      )
      await run(session, `delete from policy_rule where policy = ${LEAST} and deny`)
    })
    expect(found).not.toEqual([])
  })
})

describe('by a server that lies', () => {
  const lie = async (id: string, alongside: Parameters<typeof write>[2]) => {
    const frame = await keepFrameOf(db.database, admin, false)
    await write(db.database, [{ type: 'Observation', id, resource: observation(1), frame }], alongside)
    await sequence(db.database, sign, 100)
    const [{ at }] = (await run(db.owner, 'select leaf_index::text as at from log_leaf where id = $1', [id])) as [
      { at: string },
    ]
    expect(await folder.whole(db.owner, TYPES)).toContainEqual({ code: 'write-without-event', at })
  }

  test('a write that no audit event tells', () => lie('silent', undefined))

  test('a write beside which an audit event of something else stands', async () => {
    const { trail } = await operatorInteraction(db.database, 'test')
    const noted = await trail.written(['update'], () => 'p2', db.database)
    const other = { type: 'Patient', id: 'p2', version: 7, outcome: 'updated' } as const
    await lie('lied', ([written]) => noted([{ ...other, entry: written!.entry! }]))
  })
})

/** A database of its own with an Observation that stood in these records, one after the other. */
async function withMoves(...patients: readonly string[]): Promise<TestDatabase> {
  const own = await testDatabase()
  const put = async (type: string, id: string, resource: Record<string, unknown>) =>
    perform({ kind: 'update', type, id, resource }, await operatorInteraction(own.database, 'test'))
  const held = { resourceType: 'Patient', managingOrganization: { reference: 'Organization/h1' } }
  for (const id of ['p1', 'p2']) await put('Patient', id, held)
  for (const id of patients)
    await put('Observation', 'o', { ...observation(1), subject: { reference: `Patient/${id}` } })
  await sequence(own.database, sign, 100)
  return own
}
const MOVED = ['Observation', 'Patient']

test('attack: the record in which an Observation once stood forgets it, so that an erasure leaves that version', async () => {
  const own = await withMoves('p1', 'p2')
  expect(await folder.whole(own.owner, MOVED)).toEqual([])
  await run(own.owner, 'alter table former_compartment disable trigger user')
  await run(own.owner, 'delete from former_compartment')
  const found = await folder.whole(own.owner, MOVED)
  const [{ at }] = (await run(
    own.owner,
    "select leaf_index::text as at from log_leaf where (type, id, version) = ('Observation', 'o', 1)",
  )) as [{ at: string }]
  await own.drop()
  expect(found).toEqual([{ code: 'move-forgotten', at }])
})

test('an Observation that moved to another record and back, which then is erased: nothing is found', async () => {
  const own = await withMoves('p2', 'p1', 'p2')
  const wanted = { patient: 'p1', reason: 'objection', text: 'Asked for in a letter.' }
  await erasePatient(await asking(own.database, admin), wanted)
  await sequence(own.database, sign, 100)
  const found = await folder.whole(own.owner, MOVED)
  await own.drop()
  expect(found).toEqual([])
})
