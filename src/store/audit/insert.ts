// The statements that write audit events: any number of rows in one, all or none. All rows travel as one text, a function's
// scan for each column costs a single row more than its insert. Separators stand between rows and between columns; JSON and
// cleaned text cannot hold one, so nothing is escaped: a row that held one anyway has no id, which the table refuses. An
// empty text is null.
import type { Statement } from '../../search/compile.ts'
import { type AuditRow, ENTRY, type EntryRow, FRAME, type FrameRow } from './columns.ts'

const [ROW, COLUMN] = ['\u001e', '\u001d']
const entryColumns = Object.keys(ENTRY) as (keyof EntryRow)[]
const frameColumns = Object.keys(FRAME) as (keyof FrameRow)[]

function valuesOf(types: Readonly<Record<string, string>>, first: string): string {
  const columns = Object.keys(types)
  const read = columns.map((column, i) => {
    const value = `col[${i + 1}]${types[column] === 'text' ? '' : `::${types[column]}`}`
    return column === first ? `case when cardinality(col) = ${columns.length} then ${value} end` : value
  })
  return read.join(', ')
}
// offset 0: taken apart once for each row, not once for each column.
const rowsOf = (parameter: number) =>
  `(select string_to_array(line, U&'\\001D', '') as col from string_to_table($${parameter}, U&'\\001E') as line offset 0) as row`

// A frame that is not there is null here, which the table refuses: an entry without one would tell nothing.
const STORED =
  'case when (select count(*) from audit_frame where hash = any($2::uuid[])) = cardinality($2::uuid[]) then'
const FRAME_AT = `col[${entryColumns.indexOf('frame') + 1}]::uuid`
const insertEntries = (stored: boolean) => `insert into audit_entry (${entryColumns.join(', ')})
select ${valuesOf(ENTRY, 'id').replace(FRAME_AT, (frame) => (stored ? `${STORED} ${frame} end` : frame))}
from ${rowsOf(1)}`

const insertFrames = (parameter: number) => `insert into audit_frame (${frameColumns.join(', ')})
select ${valuesOf(FRAME, 'hash')}
from ${rowsOf(parameter)} on conflict (hash) do nothing`

const ENTRIES = insertEntries(true)
const FRAMES = insertFrames(1)
// What a statement inserts it cannot see itself.
const BOTH = `with framed as (
${insertFrames(2)}
)
${insertEntries(false)}`

const joined = <Row extends Readonly<Record<Column, string>>, Column extends string>(
  rows: readonly Row[],
  columns: readonly Column[],
): string => {
  let text = ''
  for (const row of rows) {
    if (text !== '') text += ROW
    let first = true
    for (const column of columns) {
      text += first ? row[column] : COLUMN + row[column]
      first = false
    }
  }
  return text
}

/** Each frame that the rows share, once, in one order everywhere: who stores the same waits instead of deadlocking. */
export function framesOf(rows: readonly AuditRow[]): FrameRow[] {
  const found = new Map<string, FrameRow>()
  for (const { frame, shares } of rows) found.set(frame, shares)
  return [...found.values()].sort((a, b) => (a.hash < b.hash ? -1 : 1))
}

/** For rows whose frames are stored. */
export const entryStatement = (rows: readonly AuditRow[]): Statement<never> => ({
  sql: ENTRIES,
  parameters: [joined(rows, entryColumns), [...new Set(rows.map(({ frame }) => frame))]],
})

export const frameStatement = (frames: readonly FrameRow[]): Statement<never> => ({
  sql: FRAMES,
  parameters: [joined(frames, frameColumns)],
})

/** Rows, and the frames among theirs that may not be stored yet. */
export const insertStatement = (rows: readonly AuditRow[], frames = framesOf(rows)): Statement<never> =>
  frames.length === 0
    ? entryStatement(rows)
    : { sql: BOTH, parameters: [joined(rows, entryColumns), joined(frames, frameColumns)] }
