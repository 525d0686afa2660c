// An erasure beside writers, and one that is killed at each of its statements: all of it or nothing.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { erasePatient } from '../../src/interactions/erasure/erase.ts'
import { HealthChainError } from '../../src/kernel/errors.ts'
import type { Database, Session } from '../../src/store/database.ts'
import { beginErasure, finishErasure, readyErasure } from '../../src/store/erasure/erase.ts'
import { Sequencing } from '../../src/store/log/sequencing.ts'
import { write } from '../../src/store/writer.ts'
import { audited, sign } from '../log/world.ts'
import { joined, left, observation, REQUEST, saidSo, type World, world } from './world.ts'

let db: World
beforeEach(async () => {
  db = await world()
})
afterEach(() => db.drop())

const outcome = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error) => (error instanceof HealthChainError ? error.code : String(error.message)),
  )

describe('beside writers', () => {
  // The first erasure holds up everybody: these are about all that follow.
  beforeEach(() => readyErasure(db.database))

  test('nothing of the patient is left, and every write is before it, or refused', async () => {
    const { database } = db
    const sequencing = new Sequencing(database, sign, { interval: 20 })
    sequencing.start()
    const said: Record<string, number> = {}
    let erased = false
    const writer = async (name: string) => {
      for (let n = 0; !erased || n % 5 > 0; n++) {
        const fresh = n % 2 === 0
        const id = fresh ? `${name}-${n}` : 'o-p1'
        const one = { type: 'Observation', id, resource: { ...observation(), status: 'amended' }, fresh }
        const two = n % 7 === 0 ? [{ type: 'Condition', id, resource: condition }] : []
        const code = await outcome(write(database, [one, ...two]))
        said[code] = (said[code] ?? 0) + 1
      }
    }
    const writers = ['a', 'b', 'c'].map(writer)
    const report = await erasePatient(await db.interaction(), REQUEST)
    erased = true
    await Promise.all(writers)
    await sequencing.stop()
    await db.settle()
    expect(await left(db)).toBe(0)
    // Two versions stood before; each write that was done brought one Observation.
    expect(said.done).toBe(report.versions.find(({ type }) => type === 'Observation')!.count - 2)
    expect(Object.keys(said).filter((code) => !['done', 'erased', 'busy', 'contention'].includes(code))).toEqual([])
    expect((await audited(database, db.owner)).findings).toEqual([])
  })

  test('it waits for a write under way, and a write that waits for it is refused', async () => {
    const { database } = db
    let finish = () => {}
    const open = new Promise<void>((resolve) => {
      finish = resolve
    })
    const slow = database.transaction(async (session) => {
      await write(joined(session), [{ type: 'Observation', id: 'slow', resource: observation() }])
      await open
    })
    await new Promise((resolve) => setTimeout(resolve, 100))
    const erasing = erasePatient(await db.interaction(), REQUEST)
    await new Promise((resolve) => setTimeout(resolve, 200))
    const late = outcome(write(database, [{ type: 'Observation', id: 'late', resource: observation(), fresh: true }]))
    await new Promise((resolve) => setTimeout(resolve, 200))
    finish()
    await slow
    // The leaf of the slow one waits for its place: what was not refused yet tries again.
    await db.settle()
    const sequencing = new Sequencing(database, sign, { interval: 20 })
    sequencing.start()
    await erasing
    expect(['done', 'erased']).toContain(await late)
    await sequencing.stop()
    expect(await left(db)).toBe(0)
  })

  test('a write that comes in its midst waits, and then finds that the record is erased', async () => {
    const { database } = db
    const waiting: Promise<string>[] = []
    await database.transaction(async (session) => {
      const [leaves] = await beginErasure(session, 'p1', 0)
      const entry = await saidSo(session, leaves!)
      const about = { patient: 'p1', reason: 'objection', by: 'x', at: '2026-01-01T00:00:00.000Z', kept: [] }
      for (const [id, of, fresh] of [
        ['o-p1', 'p1', false],
        ['new', 'p1', true],
        ['o-p2', 'p2', false],
      ] as const)
        waiting.push(outcome(write(database, [{ type: 'Observation', id, resource: observation(of), fresh }])))
      waiting.push(outcome(write(database, [{ type: 'Observation', id: 'o-p2', resource: observation('p1') }])))
      await new Promise((resolve) => setTimeout(resolve, 300))
      await finishErasure(session, about, [entry])
    })
    const [again, fresh, other, moving] = await Promise.all(waiting)
    expect([again, fresh, other, moving]).toEqual(['erased', 'erased', 'done', 'erased'])
    expect(await left(db)).toBe(0)
  })
})

const condition = { resourceType: 'Condition', subject: { reference: 'Patient/p1' } }

describe('killed', () => {
  /** The connection is cut before the n-th statement of the transaction. */
  function cutting(database: Database, at: number): Database & { reached: number } {
    const made = {
      reached: 0,
      close: async () => {},
      query: <T>(statement: Parameters<Session['query']>[0]) => database.query(statement) as Promise<T[]>,
      transaction: <T>(work: (session: Session) => Promise<T>) =>
        database.transaction((session) =>
          work({
            query: async (statement) => {
              if (made.reached++ === at) {
                const [row] = await session.query<{ pid: number }>({
                  sql: 'select pg_backend_pid() as pid',
                  parameters: [],
                })
                await db.owner.query({ sql: 'select pg_terminate_backend($1)', parameters: [row!.pid] })
              }
              return session.query(statement)
            },
          }),
        ),
    }
    return made as Database & { reached: number }
  }

  test('before any of its statements, it has erased nothing; at last it has erased all', async () => {
    const whole = await left(db)
    for (let at = 0; ; at++) {
      const cut = cutting(db.database, at)
      const said = await outcome(db.interaction().then((mine) => erasePatient({ ...mine, database: cut }, REQUEST)))
      if (cut.reached <= at) {
        expect([said, at > 5]).toEqual(['done', true])
        break
      }
      expect(said).not.toBe('done')
      expect(await left(db)).toBe(whole)
      const [row] = await db.owner.query<{ n: number }>({
        sql: 'select ((select count(*) from erasure) + (select count(*) from log_leaf as l where not exists (select from log_salt as s where s.id = l.salt)))::int as n',
        parameters: [],
      })
      expect(row!.n).toBe(0)
      expect((await audited(db.database, db.owner)).findings).toEqual([])
    }
    await db.settle()
    expect([await left(db), (await audited(db.database, db.owner)).findings]).toEqual([0, []])
  })
})
