// Whom an erasure makes wait: nobody but who writes in the record. And what others share with the record is not taken from
// them while they reach for it.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { erasePatient } from '../../src/interactions/erasure/erase.ts'
import { HealthChainError } from '../../src/kernel/errors.ts'
import type { Session } from '../../src/store/database.ts'
import { beginErasure, finishErasure, readyErasure } from '../../src/store/erasure/erase.ts'
import { askerFrame } from '../../src/store/provenance/frame.ts'
import { forgetFrames, keepFrame } from '../../src/store/provenance/frames.ts'
import { write } from '../../src/store/writer.ts'
import { patient, secret } from './hospital.ts'
import { joined, observation, REQUEST, saidSo, type World, world } from './world.ts'

let db: World
beforeEach(async () => {
  db = await world()
})
afterEach(() => db.drop())

const of = (id: string, fresh = true) => ({ type: 'Observation', id, resource: observation('p2'), fresh })
const erase = async () => erasePatient(await db.interaction(), REQUEST)
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const outcome = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error) => (error instanceof HealthChainError ? error.code : (error.code ?? String(error))),
  )

/** A transaction that does this, and stays open until the second function is called. */
async function open(work: (session: Session) => Promise<unknown>): Promise<() => Promise<unknown>> {
  let [finish, begun] = [() => {}, () => {}]
  const open = new Promise<void>((resolve) => {
    finish = resolve
  })
  const began = new Promise<void>((resolve) => {
    begun = resolve
  })
  const whole = db.database.transaction(async (session) => {
    await work(session)
    begun()
    await open
  })
  await Promise.race([began, whole])
  return () => {
    finish()
    return whole
  }
}

/** p1 erased as far as it can be before the transaction ends. */
async function eraseIn(session: Session): Promise<void> {
  const [leaves] = await beginErasure(session, 'p1', 0)
  const entry = await saidSo(session, leaves!)
  const about = { patient: 'p1', reason: 'objection', by: 'x', at: '2026-01-01T00:00:00.000Z', kept: [] }
  await finishErasure(session, about, [entry])
}

describe('others go on', () => {
  test('while a record of 2,000 resources is erased, be it the first: none waits for 1.5 seconds', async () => {
    for (let at = 0; at < 2000; at += 500) {
      const some = Array.from({ length: 500 }, (_, i) => ({ type: 'Observation', id: `big-${at + i}`, fresh: true }))
      await write(
        db.database,
        some.map((one) => ({ ...one, resource: observation() })),
      )
    }
    await db.settle()
    let [longest, written, erased] = [0, 0, false]
    const writing = async (name: string) => {
      while (!erased) {
        const began = performance.now()
        await write(db.database, [of(`${name}-${written++}`)])
        longest = Math.max(longest, performance.now() - began)
        await pause(5)
      }
    }
    const writers = ['a', 'b'].map(writing)
    const report = await erase()
    erased = true
    await Promise.all(writers)
    expect(report.leaves).toBe(2003)
    expect(written).toBeGreaterThan(10)
    expect(longest).toBeLessThan(1500)
  })

  test('and who does not finish, in another record, keeps no record from being erased', async () => {
    await readyErasure(db.database)
    const finish = await open((session) => write(joined(session), [of('open')]))
    expect((await erase()).leaves).toBe(3)
    await finish()
  })

  test('a write of another patient is done while an erasure stays open', async () => {
    await readyErasure(db.database)
    const finish = await open(eraseIn)
    expect(await outcome(write(db.database, [of('beside')]))).toBe('done')
    expect(await outcome(write(db.database, [{ ...of('o-p2', false) }]))).toBe('done')
    await finish()
  })

  test('a writer of the record who does not finish keeps it, for it may hold anything: the erasure gives way', async () => {
    await readyErasure(db.database)
    const finish = await open((session) =>
      write(joined(session), [{ type: 'Observation', id: 'open', resource: observation() }]),
    )
    expect(await outcome(db.database.transaction((session) => beginErasure(session, 'p1', 0)))).toBe('written-now')
    await finish()
  })
})

describe('rules that two records share', () => {
  const consent = (id: string, patient: string) => ({
    type: 'Consent',
    id,
    resource: { resourceType: 'Consent', ...secret('Observation/o-p1'), patient: { reference: `Patient/${patient}` } },
  })
  const rules = () =>
    db.owner.query<{ patient: string; rules: number }>({
      sql: 'select patient, count(r.*)::int as rules from patient_policy as p join lateral unnest(p.policies) as n (policy) on true left join policy_rule as r on r.policy = n.policy group by 1 order by 1',
      parameters: [],
    })

  test.each([true, false])('stay where another consents to the same at that moment; before: %s', async (before) => {
    await readyErasure(db.database)
    await write(db.database, [consent('c1', 'p1')])
    const [{ rules: wanted } = { rules: 0 }] = await rules()
    expect(wanted).toBeGreaterThan(0)
    await db.settle()
    if (before) {
      const finish = await open((session) => write(joined(session), [consent('c2', 'p2')]))
      const erasing = erase()
      await pause(300)
      await finish()
      await erasing
    } else {
      const finish = await open(eraseIn)
      const late = outcome(write(db.database, [consent('c2', 'p2')]))
      await pause(300)
      await finish()
      expect(await late).toBe('done')
    }
    expect(await rules()).toEqual([{ patient: 'p2', rules: wanted }])
  })
})

describe('a frame of who wrote in person', () => {
  const frame = askerFrame(patient('p1'), false)
  const frames = async () =>
    (await db.owner.query({ sql: 'select from provenance_frame where hash = $1', parameters: [frame.hash] })).length
  const dangling = async () =>
    db.owner.query({
      sql: 'select entry from log_leaf as l where agent is not null and not exists (select from provenance_frame as f where f.hash = l.agent)',
      parameters: [],
    })
  beforeEach(async () => {
    await readyErasure(db.database)
    await keepFrame(db.database, frame)
    await write(db.database, [{ type: 'Observation', id: 'mine', resource: observation(), frame }])
    await db.settle()
  })

  test('stays where another record comes to name it at that moment', async () => {
    const finish = await open((session) => write(joined(session), [{ ...of('theirs'), frame }]))
    const erasing = erase()
    await pause(300)
    await finish()
    await erasing
    expect([await frames(), await dangling()]).toEqual([1, []])
  })

  test('is gone for who comes later, and no leaf names it', async () => {
    const finish = await open(eraseIn)
    const late = outcome(write(db.database, [{ ...of('theirs'), frame }]))
    await pause(200)
    await finish()
    expect([await late, await frames(), await dangling()]).toEqual(['23503', 0, []])
    forgetFrames(db.database)
    await keepFrame(db.database, frame)
    expect(await outcome(write(db.database, [{ ...of('theirs'), frame }]))).toBe('done')
  })
})
