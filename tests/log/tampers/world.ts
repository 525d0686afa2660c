// What a tamper chooses from: the rows as they stood before it.

import type { Session } from '../../../src/store/database.ts'
import { RESOURCE_TABLES } from '../../../src/store/generated/entities.ts'
import { TYPES } from '../history.ts'

export interface Entry {
  readonly entry: string
  readonly salt: string
  /** Null while it waits. */
  readonly index: number | null
  /** What a finding about it says: its index, or its entry while it waits. */
  readonly name: string
}

/** Of a version that is there. */
export interface Leaf extends Entry {
  readonly type: string
  readonly id: string
  readonly version: number
  /** Of the versions of its resource. */
  readonly newest: boolean
  readonly content: string | null
}

export interface StoredEvent {
  readonly id: string
  readonly frame: string
  /** Index of its batch. */
  readonly name: string
}

export interface StoredTile {
  readonly level: number
  readonly index: number
  /** Hashes. */
  readonly width: number
}

export interface TamperWorld {
  /** How many entries are signed. */
  readonly size: number
  readonly leaves: readonly Leaf[]
  /** Those that are signed. */
  readonly placed: readonly Leaf[]
  readonly waiting: readonly Leaf[]
  /** Of the tree, whatever they are about: batches, erasures, what was erased. */
  readonly entries: readonly Entry[]
  readonly events: readonly StoredEvent[]
  /** Frames of Provenances, with the names of the leaves that have them. */
  readonly frames: readonly { readonly hash: string; readonly names: readonly string[] }[]
  /** Ids of broken glass and of legal holds; first entries of erasures. */
  readonly glasses: readonly string[]
  readonly holds: readonly string[]
  readonly erasures: readonly string[]
  readonly tiles: readonly StoredTile[]
  readonly checkpoints: readonly number[]
  readonly table: (type: string) => string
  /** Search columns that are not null, by table and id. */
  readonly columns: (leaf: Leaf) => readonly string[]
}

const tables = new Map(RESOURCE_TABLES.map(({ type, table, columns }) => [type, { table, columns }]))

const LEAVES = `select l.entry, l.salt, l.leaf_index::int as index, v.type, v.id, v.version, coalesce(l.leaf_index::text, l.entry::text) as name,
  not exists (select from resource_version as n where (n.type, n.id) = (v.type, v.id) and n.version > v.version) as newest, v.content
from log_leaf as l join resource_version as v using (type, id, version) order by l.leaf_index, l.entry`

const ENTRIES = `select entry, salt, leaf_index::int as index, leaf_index::text as name from log_leaf
where leaf_index is not null order by leaf_index`
const EVENTS = `select e.id, e.frame, l.leaf_index::text as name from audit_entry as e join log_leaf as l on l.entry = e.batch
where l.leaf_index is not null order by l.leaf_index, e.place`
const FRAMES = `select f.hash, array_agg(l.leaf_index::text) as names from provenance_frame as f join log_leaf as l on l.agent = f.hash
where l.leaf_index is not null group by 1 order by 1`

export async function tamperWorld(session: Session): Promise<TamperWorld> {
  const rows = <T>(sql: string) => session.query<T>({ sql, parameters: [] })
  const names = async (sql: string) => (await rows<{ name: string }>(sql)).map(({ name }) => name)
  const [leaves, entries] = [await rows<Leaf>(LEAVES), await rows<Entry>(ENTRIES)]
  const filled = new Map<string, string[]>()
  for (const type of TYPES) {
    const { table, columns } = tables.get(type)!
    const search = columns.slice(columns.indexOf('content') + 1)
    for (const row of await rows<Record<string, unknown>>(`select * from "${table}"`))
      filled.set(
        `${type}/${row.id}`,
        search.filter((column) => row[column] !== null),
      )
  }
  return {
    size: entries.length,
    leaves,
    entries,
    events: await rows(EVENTS),
    frames: await rows(FRAMES),
    placed: leaves.filter(({ index }) => index !== null),
    waiting: leaves.filter(({ index }) => index === null),
    glasses: await names('select id as name from emergency_access order by 1'),
    holds: await names('select id as name from legal_hold order by 1'),
    erasures: await names('select entries[1] as name from erasure order by 1'),
    tiles: await rows('select level, index::int as index, octet_length(hashes) / 32 as width from log_tile'),
    checkpoints: (await rows<{ size: number }>('select size::int as size from log_checkpoint order by size')).map(
      ({ size }) => size,
    ),
    table: (type) => tables.get(type)!.table,
    columns: ({ type, id }) => filled.get(`${type}/${id}`)!,
  }
}
