// A transaction that is under way, for what would open one of its own: it takes part in this one and ends with it. What
// fails is taken back alone, so that it can be tried again.
import type { Database, Session } from './database.ts'

export const joined = (session: Session): Database => ({
  query: (statement) => session.query(statement),
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
