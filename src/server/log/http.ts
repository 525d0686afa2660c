// The provenance log over HTTP, https://c2sp.org/tlog-tiles, for everybody: it says nothing of people. Also its key, so that
// who has no other way to it can believe it from the first visit on.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { HealthChainError } from '../../kernel/errors.ts'
import { parseTilePath, type Tile, tileAt } from '../../provenance/tiles.ts'
import type { Database } from '../../store/database.ts'
import { checkpoint, entriesTile, tile } from '../../store/log/reader.ts'

/** Answers for a path below `/log/`. @throws HealthChainError not-found, unsupported */
export type LogRoutes = (req: IncomingMessage, res: ServerResponse, path: string) => Promise<void>

// A tile of a width never changes, not even a narrow one.
const FOREVER = 'public, max-age=31536000, immutable'
const SECONDS = 'public, max-age=1'
const TEXT = 'text/plain; charset=utf-8'
const BYTES = 'application/octet-stream'

/** `vkey` is absent where this process holds no key of the log. */
export function logRoutes(database: Database, vkey: string | undefined): LogRoutes {
  return async (req, res, path) => {
    if (req.method !== 'GET' && req.method !== 'HEAD')
      throw new HealthChainError('unsupported', 'read-only', 'The log is read with GET.')
    if (path === 'checkpoint') return send(res, utf8((await newest(database)).note), TEXT, SECONDS)
    if (path === 'vkey' && vkey !== undefined) return send(res, utf8(`${vkey}\n`), TEXT, SECONDS)
    return send(res, await tileAsked(database, path), BYTES, FOREVER)
  }
}

const utf8 = (text: string) => Buffer.from(text, 'utf8')

const missing = () =>
  new HealthChainError('not-found', 'not-in-log', 'The log has no such file: see https://c2sp.org/tlog-tiles.')

async function newest(database: Database) {
  const signed = await checkpoint(database)
  if (signed) return signed
  throw new HealthChainError('not-found', 'nothing-signed', 'Nothing has been logged yet.')
}

async function tileAsked(database: Database, path: string): Promise<Uint8Array> {
  const asked = parseTilePath(path)
  if (asked === undefined) throw missing()
  if (!isSigned(asked, (await newest(database)).size)) throw missing()
  const bytes = await (asked.level === 'entries' ? entriesTile : tile)(database, asked)
  if (bytes !== undefined) return bytes
  throw new HealthChainError('fault', 'broken-tile', 'A file of the log is missing: verify the log.')
}

/** What has no signature over it yet is not the log's word: nobody may see it and then another. */
const isSigned = ({ level, index, width }: Tile, size: number): boolean => width <= tileAt(level, index, size).width

function send(res: ServerResponse, body: Uint8Array, type: string, cache: string): void {
  res.writeHead(200, {
    'content-type': type,
    'content-length': body.length,
    'cache-control': cache,
    'access-control-allow-origin': '*',
    'x-content-type-options': 'nosniff',
  })
  res.end(body)
}
