// Tells line-delimited JSON from JSON documents by how the content begins. Pure but for the taking of chunks.
import { tolerant } from './decompress.ts'

export type Format = 'lines' | 'document'

/** A first line longer than this leaves the matter to the name. */
const LARGEST_HEAD = 1 << 20

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/**
 * @param head how the file begins: its whole text if `ended`
 * @param named whether the name says lines (.ndjson, .jsonl)
 */
export function formatOf(head: string, ended: boolean, named: boolean): Format {
  const text = head.trimStart() // a byte order mark counts as white space
  const end = text.indexOf('\n')
  const begun = (end < 0 ? text : text.slice(0, end)).trimEnd()
  const rest = end < 0 ? undefined : text.slice(end + 1)
  const byName = named ? 'lines' : 'document'
  if (rest === undefined && !ended) return byName
  if (begun.startsWith('[') && !(named && rest?.trim())) return 'document'
  if (isJson(begun)) return 'lines'
  if (named) return /^[[{]$/.test(begun) ? 'document' : 'lines'
  // A document goes on with an object only behind one of these; else the first line is a bad one of many.
  return rest?.trimStart().startsWith('{') && !/[[,:]$/.test(begun) ? 'lines' : 'document'
}

/** Takes as few chunks as the question needs. */
export async function sniffFormat(chunks: AsyncIterable<Buffer>, path: string): Promise<Format> {
  const named = /\.(ndjson|jsonl)(\.|$)/i.test(path)
  const parts: Buffer[] = []
  let size = 0
  for await (const chunk of tolerant(chunks)) {
    if (!Buffer.isBuffer(chunk)) break // the reading of it tells
    parts.push(chunk)
    size += chunk.length
    const head = Buffer.concat(parts).toString('utf8').trimStart()
    const end = head.indexOf('\n')
    if ((end >= 0 && end < head.length - 1) || size > LARGEST_HEAD) return formatOf(head, false, named)
  }
  return formatOf(Buffer.concat(parts).toString('utf8'), true, named)
}
