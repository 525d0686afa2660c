// What the tests below GraphQL share: a database with a patient, a sequencer by hand, and an admin who erases.
import { randomUUID } from 'node:crypto'
import type { Interaction } from '../../src/interactions/context.ts'
import { instant } from '../../src/kernel/clock.ts'
import { auditEvents } from '../../src/store/audit/event.ts'
import { framesOf, insertStatement } from '../../src/store/audit/insert.ts'
import type { Occurrence } from '../../src/store/audit/occurrence.ts'
import type { Database, Session } from '../../src/store/database.ts'
import { appendLeaf } from '../../src/store/log/append.ts'
import { sequence } from '../../src/store/log/sequencer.ts'
import { write } from '../../src/store/writer.ts'
import { CONTEXT } from '../audit/sample.ts'
import { sign } from '../log/world.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { asking } from './asking.ts'
import { admin } from './hospital.ts'

/** Who holds the records. */
const HOUSE = { reference: 'Organization/h1' }

export const REQUEST = { patient: 'p1', reason: 'objection', text: 'Asked for in a letter.' }

export const observation = (of = 'p1') => ({
  ...{ resourceType: 'Observation', status: 'final', code: { text: 'pulse' } },
  subject: { reference: `Patient/${of}` },
})

export interface World extends TestDatabase {
  /** All that waits finds its place. */
  settle(): Promise<void>
  /** As the admin. */
  interaction(): Promise<Interaction>
}

/** A patient p1 with two observations, another p2, all of them placed in the log. */
export async function world(): Promise<World> {
  const db = await testDatabase()
  const settle = async () => {
    await sequence(db.database, sign, 10_000)
  }
  for (const id of ['p1', 'p2']) {
    await write(db.database, [
      { type: 'Patient', id, resource: { resourceType: 'Patient', managingOrganization: HOUSE } },
    ])
    await write(db.database, [{ type: 'Observation', id: `o-${id}`, resource: observation(id) }])
    await write(db.database, [{ type: 'Observation', id: `o-${id}`, resource: { ...observation(id), note: [] } }])
  }
  await settle()
  return { ...db, settle, interaction: () => asking(db.database, admin) }
}

/** An erase leaf by hand, as an attacker who serves would make one. */
export const eraseLeaf = (session: Session, event: string, erased: readonly number[]): Promise<string> =>
  appendLeaf(session, 'erase', {
    ...{ resourceType: 'AuditEvent', id: event, versionId: '1', op: 'create', resource: '{}' },
    ...{ provenance: '', decision: '', erased },
  })

/** The AuditEvent of an erasure by hand, in a batch of the log. @returns its id */
export async function eraseEvent(session: Session, more: Partial<Occurrence> = {}, asker = admin): Promise<string> {
  const id = randomUUID()
  const about = { kind: 'erase', patient: 'p1', operation: 'patientErase', id } as const
  const rows = auditEvents({ ...CONTEXT, asker, at: instant() }, [{ ...about, ...more }])
  await session.query(insertStatement(rows, framesOf(rows)))
  return id
}

/** Both, as one who erases would store them. */
export const saidSo = async (session: Session, erased: readonly number[]): Promise<string> =>
  eraseLeaf(session, await eraseEvent(session), erased)

/** Rows of p1 and versions of them. */
export async function left({ owner }: TestDatabase, patient = 'p1'): Promise<number> {
  const [row] = await owner.query<{ n: number }>({
    sql: 'select ((select count(*) from patient where patient = $1) + (select count(*) from observation where patient = $1) + (select count(*) from resource_version where patient = $1))::int as n',
    parameters: [patient],
  })
  return row!.n
}

/** Writes inside a transaction that is under way. */
export const joined = (session: Session): Database => ({
  query: (statement) => session.query(statement),
  transaction: (work) => work(session),
  close: async () => {},
})
