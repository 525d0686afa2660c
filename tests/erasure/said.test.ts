// What must stand in the log before the owner's function erases: the AuditEvent and leaves that the sequencer can read. Each
// attack by its name, made by a connection that serves.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ERASED_MAX } from '../../src/provenance/leaf.ts'
import type { Session } from '../../src/store/database.ts'
import { beginErasure, finishErasure, readyErasure } from '../../src/store/erasure/erase.ts'
import { admin, other } from './hospital.ts'
import { eraseEvent, eraseLeaf, left, saidSo, type World, world } from './world.ts'

let db: World
beforeAll(async () => {
  db = await world()
  await readyErasure(db.database)
})
afterAll(() => db.drop())

const NOT_SAID = '23000'
const ABOUT = { patient: 'p1', reason: 'objection', by: admin.user, at: '2026-01-01T00:00:00.000Z', kept: [] }

class Undone extends Error {}

/** Of an erasure that stores this before it ends: the code of its refusal. Nothing stays. */
const refusal = (say: (session: Session, leaves: number[]) => Promise<string[]>) =>
  db.database
    .transaction(async (session) => {
      const [leaves] = await beginErasure(session, 'p1', 0)
      await finishErasure(session, ABOUT, await say(session, leaves!))
      throw new Undone()
    })
    .catch((error) => {
      if (error instanceof Undone) return 'erased'
      return error.code as string
    })

test('what is said as it ought to be is erased, in one leaf or in two', async () => {
  expect(await refusal(async (session, leaves) => [await saidSo(session, leaves)])).toBe('erased')
  const parts = async (session: Session, leaves: number[]) => [
    await saidSo(session, leaves.slice(0, 1)),
    await saidSo(session, leaves.slice(1)),
  ]
  expect(await refusal(parts)).toBe('erased')
})

describe('attack: beside the right leaf', () => {
  test.each([
    ['no audit event', async () => 'e1'],
    ['the event of another patient', (session: Session) => eraseEvent(session, { patient: 'p2' })],
    ['an event that says it was refused', (session: Session) => eraseEvent(session, { outcome: '8' })],
    ['an event of something else', (session: Session) => eraseEvent(session, { kind: 'hold' })],
    ['the event of another house', (session: Session) => eraseEvent(session, {}, other)],
    ['the event of no house', (session: Session) => eraseEvent(session, {}, { ...admin, organisation: undefined! })],
    ['an event of a transaction before', () => eraseEvent(db.database)],
  ] as const)('%s', async (_, event) => {
    expect(await refusal(async (session, leaves) => [await eraseLeaf(session, await event(session), leaves)])).toBe(
      NOT_SAID,
    )
  })

  test('an event in no batch', async () => {
    const unbatched = async (session: Session, leaves: number[]) => {
      const id = await eraseEvent(session, { patient: 'p2' })
      // The batch constraint is held by the table, so the copy names the batch of another transaction.
      await session.query({
        sql: `insert into audit_entry (id, frame, recorded, patient, shared, custodian, batch, place)
select 'copy', frame, recorded, 'p1', false, 'h1', (select entry from log_leaf where leaf_index = 0), 0 from audit_entry where id = $1`,
        parameters: [id],
      })
      return [await eraseLeaf(session, 'copy', leaves)]
    }
    expect(await refusal(unbatched)).toBe(NOT_SAID)
  })

  test('an event of a transaction before, whose batch comes only now', async () => {
    const batch = '5d000000-0000-7000-8000-000000000003'
    const early = await eraseEvent(db.database)
    await db.database.query({
      sql: `insert into audit_entry (id, frame, recorded, patient, shared, custodian, batch, place)
select 'early', frame, recorded, patient, shared, custodian, $2, 0 from audit_entry where id = $1`,
      parameters: [early, batch],
    })
    const late = async (session: Session, leaves: number[]) => {
      await session.query({
        sql: `insert into log_leaf (entry, leaf, salt, recorded) select $1, leaf, salt, recorded from log_leaf where leaf_index = 0`,
        parameters: [batch],
      })
      return [await eraseLeaf(session, 'early', leaves)]
    }
    expect(await refusal(late)).toBe(NOT_SAID)
  })

  test('an event that its leaf does not tell', async () => {
    const beside = async (session: Session, leaves: number[]) => {
      await eraseEvent(session)
      return [await eraseLeaf(session, 'e1', leaves)]
    }
    expect(await refusal(beside)).toBe(NOT_SAID)
  })

  test('the same leaf once more', async () => {
    const twice = async (session: Session, leaves: number[]) => {
      const entry = await saidSo(session, leaves)
      return [entry, entry]
    }
    expect(await refusal(twice)).toBe(NOT_SAID)
  })

  test('an entry that is no erase leaf', async () => {
    const more = async (session: Session, leaves: number[]) => {
      const [row] = await session.query<{ entry: string }>({
        sql: 'select entry from log_leaf limit 1',
        parameters: [],
      })
      return [await saidSo(session, leaves), row!.entry]
    }
    expect(await refusal(more)).toBe(NOT_SAID)
  })
})

/** The right leaf, but for its bytes. */
const bent = (bend: (leaf: string, leaves: number[]) => string) =>
  refusal(async (session, leaves) => {
    // Under ids of its own, so that only the bytes are wrong: serving adds leaves, it changes none.
    const [row] = await session.query<{ entry: string; salt: string }>({
      sql: `insert into log_salt (id, salt) values (gen_random_uuid(), sha256('x')) returning id as salt, gen_random_uuid() as entry`,
      parameters: [],
    })
    const { entry, salt } = row!
    const commitment = `${'A'.repeat(43)}=`
    const right = `{"c":"${commitment}","e":"${entry}","k":"${salt}","t":"erase","ts":"2026-01-01T00:00:00.000Z","v":1,"x":[${leaves}]}`
    await session.query({
      sql: `insert into log_leaf (entry, leaf, salt, type, id, version, recorded) values ($1, $2, $3, 'AuditEvent', $4, 1, '2026-01-01T00:00:00Z')`,
      parameters: [entry, Buffer.from(bend(right, leaves), 'latin1'), salt, await eraseEvent(session)],
    })
    return [entry]
  })

const UUIDS = ['00000000-0000-7000-8000-00000000abcd', '00000000-0000-7000-8000-00000000ABCD']

describe('attack: a leaf that the sequencer would stop at for ever', () => {
  test('without any of that it is erased', async () => {
    expect(await bent((leaf) => leaf)).toBe('erased')
  })

  test.each<[string, (leaf: string, leaves: number[]) => string]>([
    ['a blank', (leaf) => leaf.replace(',"x"', ', "x"')],
    ['a line behind it', (leaf) => `${leaf}\n`],
    ['members in another order', (leaf) => leaf.replace(/,"v":1(,"x":\[.*\])/, '$1,"v":1')],
    ['a member more', (leaf) => leaf.replace('"v":1', '"v":1,"w":1')],
    ['a member twice', (leaf) => leaf.replace('"v":1', '"v":1,"v":1')],
    ['events, which only versions have', (leaf) => leaf.replace(',"t"', ',"n":1,"t"')],
    ['another version', (leaf) => leaf.replace('"v":1', '"v":2')],
    ['another type', (leaf) => leaf.replace('"erase"', '"btg"')],
    ['indices that descend', (leaf, leaves) => leaf.replace(`${leaves}`, `${leaves.toReversed()}`)],
    ['an index twice', (leaf, [first]) => leaf.replace('"x":[', `"x":[${first},`)],
    ['a leading zero', (leaf) => leaf.replace('"x":[', '"x":[0')],
    ['an index as a text', (leaf, [first]) => leaf.replace(`[${first},`, `["${first}",`)],
    ['an index as a fraction', (leaf, [first]) => leaf.replace(`[${first},`, `[${first}.0,`)],
    ['no indices', (leaf) => leaf.replace(/\[.*\]/, '[]')],
    ['half a commitment', (leaf) => leaf.replace('AAAA', '')],
    ['a commitment with loose bits', (leaf) => leaf.replace('A=', 'B=')],
    ['another entry', (leaf) => leaf.replace(/"e":"[^"]+"/, `"e":"${UUIDS[0]}"`)],
    ['another salt', (leaf) => leaf.replace(/"k":"[^"]+"/, `"k":"${UUIDS[0]}"`)],
    ['an id in capitals', (leaf) => leaf.replace(/"e":"[^"]+"/, `"e":"${UUIDS[1]}"`)],
    ['another time', (leaf) => leaf.replace('2026-01-01', '2026-01-02')],
    ['a day that is none', (leaf) => leaf.replace('2026-01-01', '2026-02-30')],
    ['letters that are no text', (leaf) => leaf.replace('"v"', '"\xff"')],
    ['an escape', (leaf) => leaf.replace('erase', '\\u0065rase')],
    ['no JSON', () => 'x'],
  ])('%s', async (_, bend) => {
    expect(await bent(bend)).toBe(NOT_SAID)
  })

  test(`more than ${ERASED_MAX} indices`, async () => {
    const many = Array.from({ length: ERASED_MAX + 1 }, (_, i) => i)
    expect(await bent((leaf) => leaf.replace(/\[.*\]/, `[${many}]`))).toBe(NOT_SAID)
  })
})

test('and all that time nothing was erased', async () => {
  expect(await left(db)).toBe(5)
})
