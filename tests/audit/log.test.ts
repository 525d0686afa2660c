// Group commit: nothing acknowledged is lost, nothing refused is kept, and the order told is the order written.
import { setTimeout as pause } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest'
import type { AuditRow } from '../../src/store/audit/columns.ts'
import { auditEvents } from '../../src/store/audit/event.ts'
import { entryStatement } from '../../src/store/audit/insert.ts'
import { AuditLog, BATCH_MAX, WAITING_MAX } from '../../src/store/audit/log.ts'
import type { Database, Session } from '../../src/store/database.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { CONTEXT, emptyLog, NURSE, OCCURRENCES } from './sample.ts'

let test_: TestDatabase
beforeAll(async () => {
  test_ = await testDatabase(8)
})
afterAll(() => test_.drop())
beforeEach(async () => {
  await emptyLog(test_.owner)
  test_.statements.length = 0
})

const search = OCCURRENCES.search
const rowsOf = (patients: readonly string[]): AuditRow[] =>
  auditEvents(
    CONTEXT,
    patients.map((patient) => ({ ...search, patient })),
  )
const ids = (rows: readonly AuditRow[]) => rows.map(({ id }) => id)
const inTable = async () => {
  const sql = 'select id from audit_entry order by ctid'
  return (await test_.database.query<{ id: string }>({ sql, parameters: [] })).map(({ id }) => id)
}

describe('record', () => {
  it('keeps every event of 64 that record at once, in far fewer statements', async () => {
    const log = new AuditLog(test_.database)
    const acknowledged: string[] = []
    const recorder = async (i: number) => {
      for (let n = 0; n < 20; n++) {
        const rows = rowsOf([`p${i}`, `q${n}`])
        await log.record(rows)
        acknowledged.push(...ids(rows))
      }
    }
    await Promise.all(Array.from({ length: 64 }, (_, i) => recorder(i)))
    expect((await inTable()).sort()).toEqual(acknowledged.sort())
    expect(acknowledged).toHaveLength(64 * 20 * 2)
    expect(test_.statements.filter((sql) => /^(?:insert|with)/.test(sql)).length).toBeLessThan(64 * 5)
  })

  it('writes the rows of a batch in the order told', async () => {
    const log = new AuditLog(test_.database)
    const batches = Array.from({ length: 50 }, (_, i) => rowsOf([`p${i}`, `q${i}`, `r${i}`]))
    await Promise.all(batches.map((rows) => log.record(rows)))
    expect(await inTable()).toEqual(batches.flatMap(ids))
    expect(test_.statements.filter((sql) => /^(?:insert|with)/.test(sql))).toHaveLength(2)
  })

  it('nothing recorded needs no database', async () => {
    await new AuditLog({} as Database).record([])
  })

  it('uses one statement, stores a frame once, and asks the database for no less than its own durability', async () => {
    const log = new AuditLog(test_.database)
    for (const patients of [['p1', 'p2', 'p3'], ['p4']]) await log.record(rowsOf(patients))
    expect(test_.statements.map((sql) => sql.slice(0, 20))).toEqual(['with framed as (\nins', 'with batch as (\nsele'])
    for (const sql of test_.statements) expect(sql).not.toMatch(/synchronous|set_config|\bset\b|unlogged/i)
    expect(await inTable()).toHaveLength(4)
    const [setting] = await test_.database.query<{ on: string }>({
      sql: "select current_setting('synchronous_commit') as on",
      parameters: [],
    })
    expect(setting?.on).toBe('on')
  })
})

describe('within the transaction of a write', () => {
  it('the events stand or fall with it', async () => {
    const [kept, lost] = [rowsOf(['p1']), rowsOf(['p2'])]
    await test_.database.transaction((session) => session.query(entryStatement(kept)))
    const failing = test_.database.transaction(async (session) => {
      await session.query(entryStatement(lost))
      throw new Error('the write failed')
    })
    await expect(failing).rejects.toThrow('the write failed')
    expect(await inTable()).toEqual(ids(kept))
  })
  it('needs its frames before it, in the same transaction or earlier; without them nothing is written', async () => {
    const other = { ...CONTEXT, asker: { ...NURSE, token: 'another' } }
    const rows = auditEvents(other, [OCCURRENCES.create])
    const log = new AuditLog(test_.database)
    const write = (session: Session) => session.query(entryStatement(rows))
    await expect(test_.database.transaction(write)).rejects.toMatchObject({ code: '23502' })
    const undone = test_.database.transaction(async (session) => {
      await log.prepare(rows, session)
      await write(session)
      throw new Error('the write failed')
    })
    await expect(undone).rejects.toThrow('the write failed')
    // What was taken back is not taken for stored.
    await log.prepare(rows)
    await test_.database.transaction(write)
    expect(await inTable()).toEqual(ids(rows))
    await log.prepare(rows)
    expect(test_.statements.filter((sql) => sql.startsWith('insert into audit_frame'))).toHaveLength(2)
  })

  it('two processes that store the same frames at once both succeed', async () => {
    const asked = Array.from({ length: 8 }, (_, i) => ({ ...CONTEXT, asker: { ...NURSE, token: `t${i}` } }))
    const logs = [new AuditLog(test_.database), new AuditLog(test_.database)]
    const rows = [asked, asked.toReversed()].map((all) => all.flatMap((one) => auditEvents(one, [OCCURRENCES.read])))
    await Promise.all(logs.map((log, i) => log.record(rows[i]!)))
    expect((await inTable()).sort()).toEqual(rows.flatMap(ids).sort())
  })
})

/** A database that answers when told to, and fails when told to. */
function stalled() {
  const pending: { rows: number; settle: (fails: boolean) => void }[] = []
  const database: Database = {
    query: <T>({ parameters }: { parameters: readonly unknown[] }) =>
      new Promise<T[]>((resolve, reject) => {
        const rows = String(parameters[0]).split('\u001e').length
        pending.push({ rows, settle: (fails) => (fails ? reject(new Error('personal data')) : resolve([])) })
      }),
    transaction: () => Promise.reject(new Error('unused')),
    close: () => Promise.resolve(),
  }
  return { database, pending }
}
const fate = (promise: Promise<void>) =>
  promise.then(
    () => 'kept',
    (error) => `${error.category} ${error.code}`,
  )

describe('faults', () => {
  it('a database that fails refuses every waiter of the batch, and only those', async () => {
    const { database, pending } = stalled()
    const log = new AuditLog(database)
    const fates = ['a', 'b', 'c', 'd', 'e'].map((patient) => fate(log.record(rowsOf([patient]))))
    expect(pending.map(({ rows }) => rows)).toEqual([1])
    pending[0]!.settle(false)
    await pause(1)
    expect(pending.map(({ rows }) => rows)).toEqual([1, 4])
    pending[1]!.settle(true)
    const lost = 'fault audit-unavailable'
    expect(await Promise.all(fates)).toEqual(['kept', lost, lost, lost, lost])
    const after = fate(log.record(rowsOf(['f'])))
    pending[2]!.settle(false)
    expect(await after).toBe('kept')
  })

  it('what PostgreSQL says of a row reaches nobody', async () => {
    const { database, pending } = stalled()
    const refused = new AuditLog(database).record(rowsOf(['p1'])).catch((error) => error)
    pending[0]!.settle(true)
    const error = await refused
    expect(`${error.message} ${error.cause} ${JSON.stringify(error)}`).not.toContain('personal')
  })

  it('a real database that is gone', async () => {
    const gone = await testDatabase(2)
    const log = new AuditLog(gone.database)
    await gone.drop()
    expect(await fate(log.record(rowsOf(['p1'])))).toBe('fault audit-unavailable')
  })

  it('an event written already is refused with its batch, and none of that is kept', async () => {
    const log = new AuditLog(test_.database)
    const rows = rowsOf(['p1', 'p2'])
    await log.record(rows.slice(1))
    expect(await fate(log.record(rows))).toBe('fault audit-unavailable')
    expect(await inTable()).toEqual(ids(rows.slice(1)))
  })

  it('a database put back to what it was before: one request is refused, the next finds its frame stored again', async () => {
    const log = new AuditLog(test_.database)
    const rows = () => auditEvents({ ...CONTEXT, asker: { ...NURSE, token: 'restored' } }, [OCCURRENCES.read])
    await log.record(rows())
    await test_.owner.query({
      sql: `do $$ begin alter table audit_frame disable trigger user; truncate audit_frame; alter table audit_frame enable trigger user; end $$`,
      parameters: [],
    })
    expect(await fate(log.record(rows()))).toBe('fault audit-unavailable')
    expect(await fate(log.record(rows()))).toBe('kept')
  })

  it('more than may wait is refused at once', async () => {
    const { database, pending } = stalled()
    const log = new AuditLog(database)
    const row = rowsOf(['p1'])[0]!
    const fates = Array.from({ length: 1 + WAITING_MAX / 100 }, () => fate(log.record(Array(100).fill(row))))
    expect(await fate(log.record([row]))).toBe('busy audit-busy')
    for (let i = 0; i < pending.length; i++) {
      expect(pending[i]!.rows).toBeLessThanOrEqual(BATCH_MAX)
      pending[i]!.settle(false)
      await pause(0)
    }
    expect(new Set(await Promise.all(fates))).toEqual(new Set(['kept']))
  })

  it('closed, it takes no more and loses nothing that it took', async () => {
    const log = new AuditLog(test_.database)
    const taken = Array.from({ length: 20 }, (_, i) => rowsOf([`p${i}`]))
    const fates = taken.map((rows) => fate(log.record(rows)))
    await log.close()
    expect((await inTable()).sort()).toEqual(taken.flatMap(ids).sort())
    expect(new Set(await Promise.all(fates))).toEqual(new Set(['kept']))
    expect(await fate(log.record(rowsOf(['late'])))).toBe('fault audit-unavailable')
  })

  it('closing waits for the database', async () => {
    const { database, pending } = stalled()
    const log = new AuditLog(database)
    const fates = ['a', 'b'].map((patient) => fate(log.record(rowsOf([patient]))))
    let closed = false
    const closing = log.close().then(() => {
      closed = true
    })
    for (let i = 0; i < 2; i++) {
      await pause(1)
      expect(closed).toBe(false)
      pending[i]!.settle(false)
    }
    await closing
    expect(await Promise.all(fates)).toEqual(['kept', 'kept'])
  })

  test('whichever inserts fail, what resolved was written and what was rejected was not', async () => {
    const step = fc.record({ size: fc.integer({ min: 1, max: 3 }), settle: fc.boolean(), fails: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
        const { database, pending } = stalled()
        const log = new AuditLog(database)
        const fates: Promise<string>[] = []
        let [done, written, told] = [0, 0, 0]
        const sizes: number[] = []
        const settle = async (fails: boolean) => {
          if (!fails) written += pending[done]!.rows
          pending[done++]!.settle(fails)
          await pause(0)
        }
        for (const { size, settle: now, fails } of steps) {
          sizes.push(size)
          fates.push(fate(log.record(rowsOf(Array.from({ length: size }, (_, i) => `p${i}`)))))
          if (now && done < pending.length) await settle(fails)
        }
        while (done < pending.length) await settle(done % 3 === 0)
        for (const [i, end] of (await Promise.all(fates)).entries()) if (end === 'kept') told += sizes[i]!
        expect(told).toBe(written)
        expect(pending.reduce((sum, { rows }) => sum + rows, 0)).toBe(sizes.reduce((a, b) => a + b, 0))
      }),
      { numRuns: 50 },
    )
  })
})
