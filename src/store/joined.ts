// A transaction that is under way, for what would open one of its own: it takes part in this one and ends with it. What
// fails in a transaction of its own is taken back alone, so that it can be tried again; what fails outside ends all.
import { HealthChainError } from '../kernel/errors.ts'
import { isObject } from '../kernel/json.ts'
import type { Database, Session } from './database.ts'

export const joined = (session: Session): Database => ({
  query: (statement) =>
    session.query(statement).catch((error) => {
      // Whoever hears of a deadlock tries again at once, and nothing can be done in this transaction any more.
      throw isObject(error) && error.code === '40P01' ? over() : error
    }),
  transaction: async (work) => {
    const run = (sql: string) => session.query({ sql, parameters: [] })
    await run('savepoint joined')
    try {
      const result = await work(session)
      await run('release savepoint joined')
      return result
    } catch (error) {
      await run('rollback to savepoint joined')
      throw error
    }
  },
  close: () => Promise.resolve(),
})

const over = () => new HealthChainError('busy', 'contention', 'Others write the same resource. Try again.')
