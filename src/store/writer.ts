// Every write of a resource: new version, current row with its search columns, both or neither. One statement per type.
// Versions are guarded twice: the row is replaced only if it stands at the version before, and (type, id, version) is a key.

import { instant, now } from '../kernel/clock.ts'
import { HealthChainError } from '../kernel/errors.ts'
import { isObject, isRawNumber } from '../kernel/json.ts'
import { indexRow } from '../search/index-row.ts'
import type { Database, Session } from './database.ts'
import { RESOURCE_TABLES } from './generated/entities.ts'

type Node = Record<string, unknown>

export interface Write {
  readonly type: string
  readonly id: string
  /** Absent: delete. Already validated; id and meta.versionId, meta.lastUpdated are set here. */
  readonly resource?: Node
  /** The id was drawn just now, so nothing can stand under it. */
  readonly fresh?: boolean
  /** Version that must stand before this write (If-Match); 0: none may. */
  readonly expected?: number
  /** Leave the row alone if the resource is the one that stands already. */
  readonly skipUnchanged?: boolean
}

export interface Written {
  readonly type: string
  readonly id: string
  readonly version: number
  readonly outcome: 'created' | 'updated' | 'deleted' | 'unchanged'
  /** As stored, with its meta; absent after a delete. */
  readonly resource?: Node
}

interface Standing {
  id: string
  version: number
  deleted: boolean
  content: string | null
}

interface Row {
  written: Written
  json: Node
}

const statements = new Map(
  RESOURCE_TABLES.map(({ type, table, columns }) => [
    type,
    { peek: peekSql(table), lock: lockSql(table), put: putSql(type, table, columns) },
  ]),
)

function peekSql(table: string): string {
  return `select id, version, deleted, null as content from "${table}" where id = $1`
}

function lockSql(table: string): string {
  return `select id, version, deleted, content from "${table}" where id = any($1::text[]) order by id for update`
}

function putSql(type: string, table: string, columns: readonly string[]): string {
  const list = columns.map((c) => `"${c}"`).join(', ')
  const sets = columns.filter((c) => c !== 'id').map((c) => `"${c}" = excluded."${c}"`)
  return `with incoming as materialized (select ${list} from json_populate_recordset(null::"${table}", $1::json)),
put as (
  insert into "${table}" as t (${list}) select ${list} from incoming order by id
  on conflict (id) do update set ${sets.join(', ')} where t.version = excluded.version - 1
  returning t.id
), kept as (
  insert into resource_version (type, id, version, last_updated, operation, lossless, content)
  select '${type}', id, version, last_updated, case when deleted then 'delete' when version = 1 then 'create' else 'update' end, lossless, content
  from incoming join put using (id)
)
select id from put`
}

const ofType = (type: string) => {
  const found = statements.get(type)
  if (!found) throw new TypeError('no table for this type')
  return found
}

/** Another writer came between: nothing of the statement is kept, and the write is done again under a lock. */
class Overtaken extends Error {}
const ATTEMPTS = 8

/** All writes or none; no Type/id may come twice among them. @throws HealthChainError conflict (version-conflict), not-found (delete of nothing). */
export async function write(database: Database, writes: readonly Write[]): Promise<Written[]> {
  const [only] = writes
  // One statement is a transaction already: no begin, no commit.
  if (writes.length === 1 && only && !only.skipUnchanged) {
    const written = await writeOne(database, only)
    if (written) return written
  }
  for (let attempt = 1; ; attempt++) {
    try {
      return await database.transaction((session) => writeLocked(session, writes))
    } catch (error) {
      if (!(error instanceof Overtaken) && !isSerialization(error)) throw error
      if (attempt >= ATTEMPTS)
        throw new HealthChainError('busy', 'contention', 'Others write the same resource. Try again.')
    }
  }
}

/** One write without a lock: the put itself finds out whether another came between; undefined then. */
async function writeOne(database: Database, only: Write): Promise<Written[] | undefined> {
  const peek = { sql: ofType(only.type).peek, parameters: [only.id] }
  const [standing] = only.fresh ? [] : await database.query<Standing>(peek)
  try {
    return await putAll(database, [makeRow(only, standing)])
  } catch (error) {
    if (error instanceof Overtaken || isSerialization(error)) return undefined
    throw error
  }
}

/** Deadlock and serialization failures: PostgreSQL asks for another try. */
const isSerialization = (error: unknown) => isObject(error) && (error.code === '40P01' || error.code === '40001')

async function writeLocked(session: Session, writes: readonly Write[]): Promise<Written[]> {
  const standing = new Map<string, Standing>()
  const byType = Map.groupBy(writes, (w) => w.type)
  // Types and ids in one order everywhere, so that writers wait for one another instead of deadlocking.
  for (const type of [...byType.keys()].sort()) {
    const ids = byType
      .get(type)!
      .filter((w) => !w.fresh)
      .map((w) => w.id)
    if (ids.length === 0) continue
    const rows = await session.query<Standing>({ sql: ofType(type).lock, parameters: [ids] })
    for (const row of rows) standing.set(`${type}/${row.id}`, row)
  }
  const rows = writes.map((w) => makeRow(w, standing.get(`${w.type}/${w.id}`)))
  await putAll(session, rows)
  return rows.map((row) => row.written)
}

async function putAll(session: Session, rows: Row[]): Promise<Written[]> {
  const changed = Map.groupBy(
    rows.filter((row) => row.written.outcome !== 'unchanged'),
    (row) => row.written.type,
  )
  for (const type of [...changed.keys()].sort()) {
    const mine = changed.get(type)!
    const put = await session.query({
      sql: ofType(type).put,
      parameters: [JSON.stringify(mine.map((row) => row.json))],
    })
    if (put.length !== mine.length) throw new Overtaken()
  }
  return rows.map((row) => row.written)
}

function makeRow(write: Write, standing: Standing | undefined): Row {
  const { type, id, resource } = write
  const before = standing?.version ?? 0
  const alive = standing !== undefined && !standing.deleted
  if (write.expected !== undefined && write.expected !== (alive ? before : 0)) throw versionConflict()
  if (!resource && !alive) throw new HealthChainError('not-found', 'not-found', 'There is no such resource.')
  const version = before + 1
  const lastUpdated = instant(now())
  const base = { id, version, last_updated: lastUpdated, deleted: !resource, lossless: false }
  if (!resource) return { written: { type, id, version, outcome: 'deleted' }, json: base }
  if (alive && write.skipUnchanged && isSame(resource, standing))
    return { written: { type, id, version: before, outcome: 'unchanged', resource }, json: base }
  const stored = withMeta(resource, id, version, lastUpdated)
  const row = { ...indexRow(stored), ...base, lossless: hasRawNumber(stored), content: JSON.stringify(stored) }
  return { written: { type, id, version, outcome: alive ? 'updated' : 'created', resource: stored }, json: row }
}

const versionConflict = () =>
  new HealthChainError(
    'conflict',
    'version-conflict',
    'ifMatch names another version than the current one. Read it again.',
  )

function withMeta(resource: Node, id: string, version: number, lastUpdated: string): Node {
  const { resourceType, id: _, meta, ...rest } = resource
  const known = isObject(meta) ? meta : {}
  return { resourceType, id, meta: { ...known, versionId: String(version), lastUpdated }, ...rest }
}

function isSame(resource: Node, { id, version, content }: Standing): boolean {
  const at = /"lastUpdated":"([^"]+)"/.exec(content ?? '')?.[1]
  return at !== undefined && JSON.stringify(withMeta(resource, id, version, at)) === content
}

function hasRawNumber(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return value.some(hasRawNumber)
  if (isRawNumber(value)) return true
  for (const key in value) if (hasRawNumber((value as Node)[key])) return true
  return false
}
