// A file of the log as HTTP has it: how long it may be kept, and 304 for who has it still (RFC 9110, section 13.1.2).
import type { IncomingMessage, ServerResponse } from 'node:http'
import { sha256 } from '../../provenance/native-hash.ts'

export interface LogFile {
  readonly body: Uint8Array
  readonly type: string
  readonly cache: string
  readonly etag: string
}

/** A full tile never changes. */
export const FOREVER = 'public, max-age=31536000, immutable'
/** A narrow one neither, but it is of no use once the tree has grown: it is not to fill the caches of others. */
export const A_MINUTE = 'public, max-age=60'
export const SECONDS = 'public, max-age=1'
export const TEXT = 'text/plain; charset=utf-8'
export const BYTES = 'application/octet-stream'

export const logFile = (body: Uint8Array, type: string, cache: string): LogFile => ({
  ...{ body, type, cache },
  etag: `"${Buffer.from(sha256(body)).toString('base64url', 0, 16)}"`,
})

export const textFile = (text: string, cache: string): LogFile => logFile(Buffer.from(text, 'utf8'), TEXT, cache)

export function sendFile(
  { headers }: IncomingMessage,
  res: ServerResponse,
  { body, type, cache, etag }: LogFile,
): void {
  const known = { etag, 'cache-control': cache }
  if (hasIt(headers['if-none-match'], etag)) {
    res.writeHead(304, known).end()
    return
  }
  const own = { 'content-type': type, 'content-length': body.length, 'x-content-type-options': 'nosniff' }
  res.writeHead(200, { ...own, ...known }).end(body)
}

const hasIt = (sent: string | undefined, etag: string): boolean =>
  sent?.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag) ?? false
