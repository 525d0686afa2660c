// The raw request in an audit event, malicious or not: one JSON object that begins with the document. The document stands
// in the frame, once for all requests that bring it; the rest stands in the entry. Pure.
import { hash } from 'node:crypto'

/** Characters of a document; what is longer keeps its beginning and the SHA-256 of the whole. */
export const DOCUMENT_MAX = 16_384
/** Of the rest: a search over many patients writes it once for each of them. */
export const REST_MAX = 1_000

const sha256 = (text: string) => hash('sha256', text, 'hex')

/** As a JSON string; `note` says what was cut away. */
export function documentJson(text: string): { json: string; note?: string } {
  if (text.length <= DOCUMENT_MAX) return { json: JSON.stringify(text) }
  const note = `first ${DOCUMENT_MAX} of ${text.length} characters of the document, SHA-256 of all ${sha256(text)}`
  return { json: JSON.stringify(text.slice(0, DOCUMENT_MAX)), note }
}

export const isCut = (rest: string | undefined): boolean => rest !== undefined && rest.length > REST_MAX
export const CUT = 'of all but the document the beginning, the length and the SHA-256'

/** As members of a JSON object, without its braces; empty where there are none. */
export function restMembers(rest: string | undefined): string {
  if (rest === undefined) return ''
  if (!isCut(rest)) return rest.slice(1, -1)
  const said = { beginning: rest.slice(0, REST_MAX), characters: rest.length, sha256: sha256(rest) }
  return JSON.stringify(said).slice(1, -1)
}
