// Kysely's builders -> the text of a statement. Pure: it prints, the store runs.
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type RawBuilder,
} from 'kysely'

const printer = new Kysely({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
})

/** SQL as PostgreSQL reads it; `row` is only a type, that of the rows to come. */
export interface Statement<T> {
  readonly sql: string
  readonly parameters: readonly unknown[]
  /** Its best plan depends on the values: PostgreSQL must plan it each time, so it goes unnamed. */
  readonly varied?: true
  readonly row?: T
}

export function print<T>(statement: RawBuilder<T>): Statement<T> {
  const { sql, parameters } = statement.compile(printer)
  return { sql, parameters }
}
