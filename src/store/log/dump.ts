// Everything that the log proves, for whoever may read everything: what /log serves, every version with the salt that opens
// its leaf, and what the tables contradict themselves in. One snapshot, page by page, as parts of files that verify reads.
import { tileLevels, tilePath, tilesOfLevel } from '../../provenance/tiles.ts'
import type { Database, Session } from '../database.ts'
import { RESOURCE_TABLES } from '../generated/entities.ts'
import type { Contradiction } from './contradiction.ts'
import { contradictions } from './contradictions.ts'
import { CHECKPOINTS, EVENTS, VERSIONS } from './dump-files.ts'
import { dumpedCheckpoints } from './dumped-checkpoints.ts'
import { dumpedEntries } from './dumped-entries.ts'
import { dumpedEvents } from './dumped-events.ts'
import { dumpedVersions } from './dumped-versions.ts'
import { type StoredCheckpoint, tile } from './reader.ts'

/** What goes behind all that its file has already; what was found wrong; or how far it is. */
export type DumpPart =
  | { readonly path: string; readonly bytes: Uint8Array }
  | { readonly found: Contradiction }
  | DumpProgress

export interface DumpProgress {
  /** Entries, versions and events that are written. */
  readonly done: number
  /** Versions among them whose leaf is not signed yet: they are left out. */
  readonly waiting: number
}

/** What `work` reads is of one moment, however long it takes. */
export const inSnapshot = <T>(database: Database, work: (session: Session) => Promise<T>): Promise<T> =>
  database.transaction(async (session) => {
    await session.query({ sql: 'set transaction isolation level repeatable read, read only', parameters: [] })
    await session.query({ sql: 'set local idle_in_transaction_session_timeout = 0', parameters: [] })
    return work(session)
  })

export async function countRecords(session: Session): Promise<{ versions: number; events: number }> {
  const sql =
    'select (select count(*)::int from resource_version) as versions, (select count(*)::int from audit_entry) as events'
  const [row] = await session.query<{ versions: number; events: number }>({ sql, parameters: [] })
  return row!
}

const TYPES: readonly string[] = RESOURCE_TABLES.map(({ type }) => type).filter((type) => type !== 'AuditEvent')
const utf8 = (text: string) => Buffer.from(text)

/** @param signed the newest checkpoint of this snapshot @param types whose rows are held against their versions */
export async function* dump(
  session: Session,
  { size, note }: StoredCheckpoint,
  types: readonly string[] = TYPES,
): AsyncGenerator<DumpPart> {
  yield { path: 'checkpoint', bytes: utf8(note) }
  // There, even if nothing comes to it.
  for (const path of [VERSIONS, EVENTS]) yield { path, bytes: utf8('') }
  yield* tiles(session, size)
  for await (const lines of dumpedCheckpoints(session)) yield { path: CHECKPOINTS, bytes: utf8(lines) }
  let [done, waiting] = [0, 0]
  for await (const { path, bytes, width, found } of dumpedEntries(session, size)) {
    yield { path, bytes }
    yield* found.map((one) => ({ found: one }))
    done += width
    yield { done, waiting }
  }
  for await (const page of dumpedVersions(session, size)) {
    yield { path: VERSIONS, bytes: utf8(page.lines) }
    yield* page.found.map((one) => ({ found: one }))
    done += page.count
    waiting += page.waiting
    yield { done, waiting }
  }
  for await (const { path, lines, count, found = [] } of dumpedEvents(session, size)) {
    yield { path, bytes: utf8(lines) }
    yield* found.map((one) => ({ found: one }))
    done += count
    yield { done, waiting }
  }
  for await (const one of contradictions(session, types)) yield { found: one }
}

/** Those that are missing are left out: verify names them. */
async function* tiles(session: Session, size: number): AsyncGenerator<DumpPart> {
  for (let level = 0; level < tileLevels(size); level++)
    for (const asked of tilesOfLevel(level, size)) {
      const bytes = await tile(session, asked)
      if (bytes) yield { path: tilePath(asked), bytes }
    }
}
