// The JSON of a piece, strictly: an object, no lone surrogates, numbers digit for digit. Pure; faults never quote content.
import { isObject, JsonError, type ParsedJson, parseJson } from '../../kernel/json.ts'
import type { Piece } from './piece.ts'

/** Why something was not read. */
export interface Fault {
  readonly fault: string
}

export interface ParsedObject extends Omit<ParsedJson, 'value'> {
  value: Record<string, unknown>
  /** Characters of its text. */
  size: number
}

export const isFault = (reading: object): reading is Fault => 'fault' in reading

const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/
const LONE_SURROGATE =
  /\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F]/

/** Written as half of an escaped pair; unescaped ones are malformed UTF-8 already. */
const hasLoneSurrogate = (text: string): boolean =>
  SURROGATE_ESCAPE.test(text) && LONE_SURROGATE.test(text.replaceAll('\\\\', '--'))

export function parsePiece({ text, fault = 'unreadable' }: Piece): ParsedObject | Fault {
  if (text === undefined) return { fault }
  let parsed: ParsedJson
  try {
    parsed = parseJson(text)
  } catch (error) {
    if (!(error instanceof JsonError)) throw error
    return { fault: `not valid JSON: ${error.message}` }
  }
  const { value, lossless, duplicates } = parsed
  if (!isObject(value)) return { fault: 'not a JSON object' }
  if (hasLoneSurrogate(text)) return { fault: 'half a surrogate pair in a string' }
  return { value, size: text.length, lossless, duplicates }
}
