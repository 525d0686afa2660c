// What every resource table has, as a MikroORM entity: identity, version, compartment, the exact JSON text, and the
// generated search columns. migrations/README.md shows rows.
import { EntitySchema } from '@mikro-orm/core'

export interface ResourceTable {
  readonly type: string
  readonly table: string
  readonly columns: readonly string[]
  readonly entity: EntitySchema
}

// What has not been labelled yet is very restricted: rows from before there were labels wait for the relabelling.
const BASE = {
  id: { type: 'string', columnType: 'text', primary: true },
  version: { type: 'integer', columnType: 'int' },
  last_updated: { type: 'datetime', columnType: 'timestamptz(3)' },
  deleted: { type: 'boolean', columnType: 'boolean' },
  patient: { type: 'string', columnType: 'text', nullable: true },
  shared: { type: 'boolean', columnType: 'boolean', default: true },
  custodian: { type: 'string', columnType: 'text', nullable: true },
  confidentiality: { type: 'integer', columnType: 'smallint', default: 5 },
  sensitivity: { type: 'integer', columnType: 'int', default: 2 },
  facts: { type: 'unknown', columnType: 'bigint[]', nullable: true },
  lossless: { type: 'boolean', columnType: 'boolean' },
  content: { type: 'string', columnType: 'text', nullable: true },
} as const

/** `search`: column -> SQL type. `indexes`: name -> what follows `on table` (or `using …`). */
export function resourceTable(
  type: string,
  table: string,
  search: Record<string, string>,
  indexes: Record<string, string>,
): ResourceTable {
  const extra = Object.entries(search).map(([name, columnType]) => [
    name,
    { type: 'unknown', columnType, nullable: true },
  ])
  const entity = new EntitySchema({
    name: type,
    tableName: table,
    properties: { ...BASE, ...Object.fromEntries(extra) },
    indexes: Object.entries(indexes).map(([name, on]) => ({
      name,
      expression: `create index "${name}" on "${table}" ${on}`,
    })),
  })
  return { type, table, columns: [...Object.keys(BASE), ...Object.keys(search)], entity }
}
