// Whether broken glass, legal holds and erasures are what the audit log says of them: their tables are no content of any leaf,
// but their AuditEvents are. As the owner. No event tells, and so nothing here holds: the words in which a glass was broken
// (they stand in its notices) or a hold was placed, and what an erasure counted as kept.
import type { Session } from '../database.ts'
import type { Contradiction } from './contradiction.ts'
import { deedEvents } from './deed-events.ts'
import { emergencyContradictions } from './emergency-contradictions.ts'
import { erasureContradictions } from './erasure-contradictions.ts'
import { holdContradictions } from './hold-contradictions.ts'
import { ToldDeeds } from './told-deeds.ts'

export async function* deedContradictions(session: Session): AsyncGenerator<Contradiction> {
  const sql = "select encode(mark, 'hex') as mark from erasure"
  const erased = await session.query<{ mark: string }>({ sql, parameters: [] })
  const events = await deedEvents(session)
  const told = new ToldDeeds(
    events,
    erased.map(({ mark }) => mark),
  )
  yield* await emergencyContradictions(session, told)
  yield* await holdContradictions(session, told)
  yield* await erasureContradictions(session, told)
}
