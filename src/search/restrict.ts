// A ReadScope as a condition of the statement: what consent forbids is never a row. Pure.
import { type RawBuilder, sql } from 'kysely'
import type { Condition, ReadScope } from '../consent/read-scope.ts'

function conditionSql(condition: Condition): RawBuilder<boolean> {
  switch (condition.kind) {
    case 'everything':
      return sql<boolean>`true`
  }
}

/** Undefined where nothing is held back. No permit at all means no row. */
export function restrict({ permits, denies }: ReadScope): RawBuilder<boolean> | undefined {
  if (permits.length === 0) return sql<boolean>`false`
  if (permits.some((p) => p.kind === 'everything') && denies.length === 0) return undefined
  const any = (conditions: readonly Condition[]) => sql.join(conditions.map(conditionSql), sql` or `)
  const permitted = sql<boolean>`(${any(permits)})`
  return denies.length === 0 ? permitted : sql<boolean>`(${permitted} and not (${any(denies)}))`
}
