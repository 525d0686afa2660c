// The one statement that writes audit events: any number of rows in one, all or none. A column travels as one text whose
// values a record separator joins; JSON and ids cannot hold one, so nothing is escaped and nothing can shift: a value that
// held one anyway would leave a row without an id, which the table refuses.
import { NONE, NORMAL } from '../../consent/labels.ts'
import type { Statement } from '../../search/compile.ts'
import { type AuditRow, COLUMNS, type Column } from './columns.ts'

const names = Object.keys(COLUMNS) as Column[]
const SEPARATOR = '\u001e'

const arrays = names.map((_, i) => `string_to_array($${i + 1}, U&'\\001E', '')`)
// Recorded to the millisecond, so that is how long the moment lasts.
const FIXED = {
  version: '1',
  last_updated: 'date_low::timestamptz',
  deleted: 'false',
  confidentiality: String(NORMAL),
  sensitivity: String(NONE),
  lossless: 'false',
  date_high: "date_low::timestamptz + interval '1 millisecond'",
}

const SQL = `insert into audit_event (${names.join(', ')}, ${Object.keys(FIXED).join(', ')})
select ${names.map((name) => `${name}::${COLUMNS[name]}`).join(', ')}, ${Object.values(FIXED).join(', ')}
from unnest(${arrays.join(', ')}) as row (${names.join(', ')})`

export const insertStatement = (rows: readonly AuditRow[]): Statement<never> => ({
  sql: SQL,
  parameters: names.map((name) => rows.map((row) => row[name]).join(SEPARATOR)),
})
