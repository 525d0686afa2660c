// Every few minutes: reviews of broken glass that nobody finished in time become urgent.
import { escalateReviews } from '../interactions/emergency/escalate.ts'
import { now } from '../kernel/clock.ts'
import type { Database } from '../store/database.ts'
import type { Logger } from './logger.ts'
import { operatorInteraction } from './operator.ts'

const EVERY = 5 * 60_000

/** @returns how to stop watching; a run under way is waited for. */
export function watchReviews(database: Database, log: Logger): () => Promise<void> {
  let running = Promise.resolve()
  const run = async () => {
    await escalateReviews(await operatorInteraction(database, 'reviews'), now())
  }
  const timer = setInterval(() => {
    running = run().catch((error) => log.fault(error))
  }, EVERY)
  timer.unref()
  return () => {
    clearInterval(timer)
    return running
  }
}
