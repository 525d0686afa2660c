// The provenance log over HTTP, https://c2sp.org/tlog-tiles, for everybody: it says nothing of people. Also its key, so that
// who has no other way to it can believe it from the first visit on, and at its root how all of this is to be read.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { HealthChainError } from '../../kernel/errors.ts'
import { parseTilePath, TILE_WIDTH, type Tile, tileAt } from '../../provenance/tiles.ts'
import type { Database } from '../../store/database.ts'
import { checkpoint, entriesTile, type StoredCheckpoint, tile } from '../../store/log/reader.ts'
import { aboutLog } from './about.ts'
import { A_MINUTE, BYTES, FOREVER, type LogFile, logFile, SECONDS, sendFile, textFile } from './file.ts'
import type { Gate } from './gate.ts'
import { TileCache } from './tile-cache.ts'

/** Answers for a path below `/log/`. @throws HealthChainError not-found, unsupported, busy (log-busy) */
export type LogRoutes = (req: IncomingMessage, res: ServerResponse, path: string) => Promise<void>

export interface Served {
  /** Absent where this process holds no key of the log. */
  readonly vkey?: string
  /** Names of the logs that this server is a witness of. */
  readonly witnessed: readonly string[]
}

export function logRoutes(database: Database, gate: Gate, served: Served): LogRoutes {
  const tiles = new TileCache()
  /** So much was signed when somebody looked; it only becomes more. */
  let signed = 0
  const newest = async (): Promise<StoredCheckpoint | undefined> => {
    const found = await checkpoint(database)
    signed = Math.max(signed, found?.size ?? 0)
    return found
  }
  const tileFile = async (path: string, asked: Tile): Promise<LogFile> => {
    if (!isSigned(asked, signed) && !isSigned(asked, (await newest())?.size ?? 0)) throw missing()
    const bytes = await (asked.level === 'entries' ? entriesTile : tile)(database, asked)
    if (bytes === undefined)
      throw new HealthChainError('fault', 'broken-tile', 'A file of the log is missing: verify the log.')
    const file = logFile(bytes, BYTES, asked.width === TILE_WIDTH ? FOREVER : A_MINUTE)
    if (asked.width === TILE_WIDTH) tiles.set(path, file)
    return file
  }
  const find = async (path: string): Promise<LogFile> => {
    if (path === 'vkey' && served.vkey !== undefined) return textFile(`${served.vkey}\n`, SECONDS)
    if (path === '') return textFile(aboutLog(served, await gate.run(newest)), SECONDS)
    if (path === 'checkpoint') return textFile(requireSigned(await gate.run(newest)).note, SECONDS)
    const asked = parseTilePath(path)
    if (asked === undefined) throw missing()
    return tiles.get(path) ?? gate.run(() => tileFile(path, asked))
  }
  return async (req, res, path) => {
    if (req.method !== 'GET' && req.method !== 'HEAD')
      throw new HealthChainError('unsupported', 'read-only', 'The log is read with GET.')
    sendFile(req, res, await find(path))
  }
}

const missing = () =>
  new HealthChainError('not-found', 'not-in-log', 'The log has no such file: see /log and https://c2sp.org/tlog-tiles.')

function requireSigned(signed: StoredCheckpoint | undefined): StoredCheckpoint {
  if (signed) return signed
  throw new HealthChainError('not-found', 'nothing-signed', 'Nothing has been logged yet.')
}

/** What has no signature over it yet is not the log's word: nobody may see it and then another. */
const isSigned = ({ level, index, width }: Tile, size: number): boolean => width <= tileAt(level, index, size).width
