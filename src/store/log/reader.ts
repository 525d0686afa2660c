// Reads the log: what was signed of it, tiles and bundles of entries (https://c2sp.org/tlog-tiles), and single leaves with
// where they stand. Salts are never among what a log serves: see saltOf.
import { HealthChainError } from '../../kernel/errors.ts'
import { entryBundle } from '../../provenance/entry-bundle.ts'
import type { TileSource } from '../../provenance/tile-reader.ts'
import { TILE_WIDTH, type Tile, tileAt, tilePath } from '../../provenance/tiles.ts'
import { HASH_SIZE } from '../../provenance/tree-hasher.ts'
import type { Session } from '../database.ts'
import type { About } from './leaf-lines.ts'

export interface StoredCheckpoint {
  readonly size: number
  /** The signed note, as it is served. */
  readonly note: string
}

/** The newest that was signed; undefined before the first. */
export async function checkpoint(session: Session): Promise<StoredCheckpoint | undefined> {
  const [row] = await session.query<{ size: string; note: string }>({
    sql: 'select size, note from log_checkpoint order by size desc limit 1',
    parameters: [],
  })
  return row && { size: Number(row.size), note: row.note }
}

/** Leaves in the tree, signed or not yet. */
export async function treeSize(session: Session): Promise<number> {
  const [row] = await session.query<{ size: string }>({ sql: 'select size from log_state', parameters: [] })
  return Number(row?.size ?? 0)
}

/** The first `width` hashes of a tile, or its bundle of entries; undefined if the log has not grown so far. */
export async function tile(session: Session, asked: Tile): Promise<Uint8Array | undefined> {
  const { level, index, width } = asked
  if (level === 'entries') return entriesTile(session, asked)
  const [row] = await session.query<{ hashes: Buffer }>({
    sql: 'select substring(hashes for $3) as hashes from log_tile where level = $1 and index = $2 and octet_length(hashes) >= $3',
    parameters: [level, index, width * HASH_SIZE],
  })
  return row?.hashes
}

/** A bundle of entries, whatever the tile's level; undefined if the log has not grown so far. */
export async function entriesTile(
  session: Session,
  { index, width }: Omit<Tile, 'level'>,
): Promise<Uint8Array | undefined> {
  const rows = await session.query<{ leaf: Buffer }>({
    sql: 'select leaf from log_leaf where leaf_index >= $1 and leaf_index < $2 order by leaf_index',
    parameters: [index * TILE_WIDTH, index * TILE_WIDTH + width],
  })
  return rows.length === width ? entryBundle(rows.map(({ leaf }) => leaf)) : undefined
}

/** The tiles of the log when it had `size` leaves, for proofs. Rejects with a fault where one is missing. */
export const tileSource =
  (session: Session, size: number): TileSource =>
  async (asked) => {
    const bytes = asked.width <= tileAt(asked.level, asked.index, size).width ? await tile(session, asked) : undefined
    if (bytes !== undefined) return bytes
    throw new HealthChainError('fault', 'broken-tile', `${tilePath(asked)} is missing: verify the log.`)
  }

export interface LogLeaf {
  /** UUID of the entry. */
  readonly entry: string
  /** Undefined while it waits for its place. */
  readonly index?: number
  /** The entry of the log, byte for byte. */
  readonly leaf: Uint8Array
  /** UUID of its salt. */
  readonly salt: string
  /** Id of the decision that it commits to, or empty. */
  readonly decision: string
  /** The version that it is of; undefined for others. */
  readonly about?: About
  /** See MadeLeaf. */
  readonly tree?: Uint8Array
}

interface LeafRow {
  readonly entry: string
  readonly leaf_index: string | null
  readonly leaf: Buffer
  readonly salt: string
  readonly decision: string | null
  readonly type: string | null
  readonly id: string
  readonly version: number
  readonly tree: Buffer | null
}

const LEAF = 'select entry, leaf_index, leaf, salt, decision, type, id, version, tree from log_leaf where'

const leafFrom = ({ entry, leaf_index, leaf, salt, decision, type, id, version, tree }: LeafRow): LogLeaf => ({
  ...{ entry, leaf, salt, decision: decision ?? '' },
  ...(leaf_index !== null && { index: Number(leaf_index) }),
  ...(type !== null && { about: { type, id, version } }),
  ...(tree !== null && { tree }),
})

/** The leaf of a version; undefined for one of before the log. */
export async function leafOf(session: Session, { type, id, version }: About): Promise<LogLeaf | undefined> {
  const sql = `${LEAF} type = $1 and id = $2 and version = $3`
  const [row] = await session.query<LeafRow>({ sql, parameters: [type, id, version] })
  return row && leafFrom(row)
}

/** @param entry a UUID */
export async function leafByEntry(session: Session, entry: string): Promise<LogLeaf | undefined> {
  const [row] = await session.query<LeafRow>({ sql: `${LEAF} entry = $1`, parameters: [entry] })
  return row && leafFrom(row)
}

/** What opens the commitment of a leaf, for those who may read what it is about; undefined once erased. */
export async function saltOf(session: Session, { salt }: Pick<LogLeaf, 'salt'>): Promise<Uint8Array | undefined> {
  const [row] = await session.query<{ salt: Buffer }>({
    sql: 'select salt from log_salt where id = $1',
    parameters: [salt],
  })
  return row?.salt
}
