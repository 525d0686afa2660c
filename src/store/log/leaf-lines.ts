// Leaves on their way to the database: any number of them in one text, so that a write stays one statement. Separators stand
// between leaves and between columns; ids, base64 and hexadecimal hold none.
import { HealthChainError } from '../../kernel/errors.ts'
import type { MadeLeaf } from './make-leaf.ts'

const [ROW, COLUMN] = ['\u001e', '\u001d']

/** What an event is about, as columns of its leaf. */
export interface About {
  readonly type: string
  readonly id: string
  readonly version: number
}

/** A leaf with what it is about; a decision is an opaque id, the agent the hash of a frame of src/store/provenance. */
export interface Line extends MadeLeaf {
  readonly id: string
  readonly version: number
  readonly decision: string
  readonly agent?: string
}

/** @throws HealthChainError fault, for an id with separators */
function printed({ entry, leaf, salt, secret, id, version, decision, agent = '' }: Line): string {
  const text = Buffer.from(leaf.buffer, leaf.byteOffset, leaf.byteLength).toString('latin1')
  if (decision.includes(ROW) || decision.includes(COLUMN))
    throw new HealthChainError('fault', 'bad-decision', 'The id of a decision is no text: correct the caller.')
  return [id, version, entry, salt, secret.toString('hex'), text, decision, agent].join(COLUMN)
}

/** The parameter that `linesSql` takes apart. */
export const joinedLines = (lines: readonly Line[]): string => lines.map(printed).join(ROW)

/** Rows (id, version, entry, salt, secret, leaf, decision, agent) of the text in a parameter. */
export const linesSql = (
  parameter: number,
): string => `select col[1] as id, col[2]::int as version, col[3]::uuid as entry, col[4]::uuid as salt,
    decode(col[5], 'hex') as secret, convert_to(col[6], 'UTF8') as leaf, nullif(col[7], '') as decision, nullif(col[8], '')::uuid as agent
  from (select string_to_array(line, U&'\\001D') as col from string_to_table($${parameter}, U&'\\001E') as line offset 0) as row`

/** The same of one leaf, as parameters of their own: a third cheaper than taking a text apart. */
export const lineParameters = ({ entry, leaf, salt, secret, decision, agent = '', tree }: Line): unknown[] => [
  entry,
  Buffer.from(leaf.buffer, leaf.byteOffset, leaf.byteLength),
  salt,
  secret,
  decision === '' ? null : decision,
  agent === '' ? null : agent,
  tree ?? null,
]
