// The statements that write audit events: any number of rows in one, all or none. All rows travel as one text, a function's
// scan for each column costs a single row more than its insert. Separators stand between rows and between columns; JSON and
// cleaned text cannot hold one, so nothing is escaped: a row that held one anyway has no id, which the table refuses. An
// empty text is null. With each insert goes one leaf of the log, which commits to all of its rows; the events of a write
// of one resource stand in the leaf of its version.

import { SEPARATOR as COLUMN } from '../../provenance/batch.ts'
import { SALTS_SIZE } from '../../provenance/stored-event.ts'
import type { Statement } from '../../search/compile.ts'
import { batchLeaf, besideLeaves } from './batch-leaf.ts'
import { type AuditRow, ENTRY, type EntryRow, FRAME, type FrameRow } from './columns.ts'

const ROW = '\u001e'
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
const rowsFrom = (lines: string) =>
  `(select string_to_array(line, U&'\\001D', '') as col, (nth - 1)::int as place
  from ${lines} with ordinality as line (line, nth) offset 0) as row`
const rowsOf = (parameter: number) => rowsFrom(`string_to_table($${parameter}, U&'\\001E')`)
/** Of a few: PostgreSQL takes them for ten, and those above for a thousand, with which it would plan each write anew. */
const fewRowsOf = (parameter: number) => rowsFrom(`unnest(string_to_array($${parameter}, U&'\\001E'))`)

// The leaf of the rows and its salt. All that is inserted comes out of this one row, if there is any.
const BATCH = `batch as (
select $3::uuid as entry, $4::bytea as leaf, $5::uuid as salt, $6::bytea as secret, $7::timestamptz as recorded where $1 <> ''
), batch_leaf as (
  insert into log_leaf (entry, leaf, salt, recorded) select entry, leaf, salt, recorded from batch
), batch_salt as (
  insert into log_salt (id, salt) select salt, secret from batch
)`

// A frame that is not there is null here, which the table refuses: an entry without one would tell nothing.
const storedFrames = (parameter: number) =>
  `case when (select count(*) from audit_frame where hash = any($${parameter}::uuid[])) = cardinality($${parameter}::uuid[]) then`
const FRAME_AT = `col[${entryColumns.indexOf('frame') + 1}]::uuid`
const entryValues = (frames?: number) =>
  valuesOf(ENTRY, 'id').replace(FRAME_AT, (frame) => (frames ? `${storedFrames(frames)} ${frame} end` : frame))
const insertEntries = (frames?: number) => `insert into audit_entry (${entryColumns.join(', ')}, batch, place)
select ${entryValues(frames)}, batch.entry, row.place
from batch, ${rowsOf(1)}`

/** Of one version, whose entry is $2, for src/store/write-sql.ts. @param behind the number of the last parameter before its own */
export const insertBeside = (
  behind: number,
) => `  insert into audit_entry (${entryColumns.join(', ')}, batch, place, salts)
  select ${entryValues(behind + 2)}, $2::uuid, row.place + 1, substring($${behind + 3}::bytea from row.place * ${SALTS_SIZE} + 1 for ${SALTS_SIZE})
  from put, ${fewRowsOf(behind + 1)}`

const insertFrames = (parameter: number) => `insert into audit_frame (${frameColumns.join(', ')})
select ${valuesOf(FRAME, 'hash')}
from ${rowsOf(parameter)} on conflict (hash) do nothing`

const ENTRIES = `with ${BATCH}
${insertEntries(2)}`
const FRAMES = insertFrames(1)
// What a statement inserts it cannot see itself.
const BOTH = `with framed as (
${insertFrames(2)}
), ${BATCH}
${insertEntries()}`

function printed<Column extends string>(
  row: { readonly [column in Column]: string },
  columns: readonly Column[],
): string {
  let text = row[columns[0]!]
  for (let i = 1; i < columns.length; i++) text += COLUMN + row[columns[i]!]
  return text
}

/** Each frame that the rows share, once, in one order everywhere: who stores the same waits instead of deadlocking. */
export function framesOf(rows: readonly AuditRow[]): FrameRow[] {
  const found = new Map<string, FrameRow>()
  for (const { frame, shares } of rows) found.set(frame, shares)
  return [...found.values()].sort((a, b) => (a.hash < b.hash ? -1 : 1))
}

/** The batch that the rows make, behind the two parameters of the rows. */
function statement(sql: string, rows: readonly AuditRow[], frames: unknown): Statement<never> {
  const texts = rows.map((row) => printed(row, entryColumns))
  const { entry, leaf, salt, secret, recorded } = batchLeaf(rows, texts)
  return { sql, parameters: [texts.join(ROW), frames, entry, leaf, salt, secret, recorded] }
}

const namesOf = (rows: readonly AuditRow[]) => [...new Set(rows.map(({ frame }) => frame))]

/** For rows whose frames are stored. */
export const entryStatement = (rows: readonly AuditRow[]): Statement<never> => statement(ENTRIES, rows, namesOf(rows))

/** Events that are to stand behind a version: their leaves in one piece, and the parameters of insertBeside. Their frames must be stored. */
export function eventsBeside(rows: readonly AuditRow[]): { leaves: Uint8Array; parameters: readonly unknown[] } {
  const texts = rows.map((row) => printed(row, entryColumns))
  const { leaves, salts } = besideLeaves(rows, texts)
  return { leaves, parameters: [texts.join(ROW), namesOf(rows), salts] }
}

const joinedFrames = (frames: readonly FrameRow[]) => frames.map((frame) => printed(frame, frameColumns)).join(ROW)

export const frameStatement = (frames: readonly FrameRow[]): Statement<never> => ({
  sql: FRAMES,
  parameters: [joinedFrames(frames)],
})

/** Rows, and the frames among theirs that may not be stored yet. */
export const insertStatement = (rows: readonly AuditRow[], frames = framesOf(rows)): Statement<never> =>
  frames.length === 0 ? entryStatement(rows) : statement(BOTH, rows, joinedFrames(frames))
