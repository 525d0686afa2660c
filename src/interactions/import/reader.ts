// What the readers of one import share.
import type { Reading } from './entry.ts'
import type { ImportEvent, ImportProblem } from './events.ts'
import { type Fault, isFault } from './parse-piece.ts'
import type { Piece } from './piece.ts'

export interface Reader {
  readonly file: string
  /** The largest line or entry, in bytes. */
  readonly limit: number
  /** The most entries that a transaction Bundle may have. */
  readonly transaction: number
  /** Numbers the Bundles of the import. */
  nextBundle(): number
}

export const problem = (reader: Reader, line: number, message: string, bundle?: number): ImportProblem => ({
  kind: 'problem',
  file: reader.file,
  line,
  message,
  ...(bundle === undefined ? {} : { bundle }),
})

export function eventOf(reader: Reader, { line }: Piece, reading: Reading | Fault, bundle?: number): ImportEvent {
  if (isFault(reading)) return problem(reader, line, reading.fault, bundle)
  return { kind: 'item', file: reader.file, line, ...reading, ...(bundle === undefined ? {} : { bundle }) }
}
