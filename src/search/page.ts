// Order and keyset paging: a page begins behind the last row of the one before, so no row is skipped or told twice while
// others write. Pure. A row without a value sorts as the smallest.
import { type RawBuilder, sql } from 'kysely'
import type { Position, SortKey } from './ast.ts'

const direction = (key: SortKey, backwards: boolean) => key.descending !== backwards

export const orderBy = (sort: readonly SortKey[], backwards: boolean): RawBuilder<unknown> =>
  sql.join(
    sort.map((key) => {
      const descending = direction(key, backwards)
      const order = descending ? sql`desc` : sql`asc`
      // Ids are never null; saying nothing lets the primary key serve.
      if (key.column === 'id') return sql`t.id ${order}`
      return sql`${sql.ref(`t.${key.column}`)} ${order} nulls ${descending ? sql`last` : sql`first`}`
    }),
  )

/** Rows strictly behind the position, key by key; undefined for the end of the list, behind which everything lies. */
export function behind(sort: readonly SortKey[], { keys, backwards }: Position): RawBuilder<boolean> | undefined {
  if (keys.length === 0) return undefined
  const alternatives = sort.map((key, i) => {
    const same = sort.slice(0, i).map((k, j) => equal(k, keys[j]!))
    return sql`(${sql.join([...same, beyond(key, keys[i]!, direction(key, backwards))], sql` and `)})`
  })
  return sql<boolean>`(${sql.join(alternatives, sql` or `)})`
}

const typed = (key: SortKey, value: string) => (key.cast === 'text' ? sql`${value}::text` : sql`${value}::timestamptz`)

function equal(key: SortKey, value: string | null) {
  const column = sql.ref(`t.${key.column}`)
  return value === null ? sql`${column} is null` : sql`${column} = ${typed(key, value)}`
}

function beyond(key: SortKey, value: string | null, descending: boolean) {
  const column = sql.ref(`t.${key.column}`)
  if (value === null) return descending ? sql`false` : sql`${column} is not null`
  if (!descending) return sql`${column} > ${typed(key, value)}`
  return key.column === 'id'
    ? sql`t.id < ${typed(key, value)}`
    : sql`(${column} < ${typed(key, value)} or ${column} is null)`
}
