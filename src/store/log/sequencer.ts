// The sequencer: gives the leaves that wait their places in the tree, then has the tree signed. Any number of processes may
// call it. Never by a sequence and never by "behind the last": a writer that began early may commit late.
import { frontierBytes, type Grown } from '../../provenance/frontier.ts'
import { readLeaf } from '../../provenance/leaf.ts'
import { appendLeaves, frontierRoot, leafHash } from '../../provenance/merkle.ts'
import { HASH_SIZE } from '../../provenance/tree-hasher.ts'
import type { Database, Session } from '../database.ts'
import { LOCKS, lock } from './lock.ts'
import { type Sign, signTree } from './sign-tree.ts'
import { brokenLog, soundTree, type Tree } from './tree.ts'

export interface Sequenced {
  /** Leaves that came into the tree. */
  readonly added: number
  /** Leaves in the tree, all of them signed. */
  readonly size: number
}

/**
 * Takes at most `limit` of the leaves that wait, oldest first. What was committed before the call is in the tree after it,
 * unless more than `limit` waited.
 * @throws HealthChainError fault (isBroken), if the log is damaged: nothing is added and nothing signed then
 */
export async function sequence(database: Database, sign: Sign, limit: number): Promise<Sequenced> {
  const { waiting, numbered, size, signed } = await look(database)
  const ready = waiting || numbered !== size
  if (!ready && size === signed) return { added: 0, size }
  const grown = ready ? await database.transaction((session) => extend(session, limit)) : { added: 0, size }
  await signTree(database, sign)
  return grown
}

/** Looks whether the tree may be built on. @throws HealthChainError fault (isBroken) */
export const checkTree = (database: Database): Promise<Tree> =>
  database.transaction(async (session) => {
    await lock(session, LOCKS.sequence)
    return soundTree(session)
  })

// In the order of the index, so that it is the index that is read: `exists` would drop the order.
const LOOK = `select (select entry from log_leaf where leaf_index is null order by recorded limit 1) is not null as waiting,
  (select max(leaf_index) + 1 from log_leaf) as numbered, (select size from log_state) as size, (select max(size) from log_checkpoint) as signed`

interface Look {
  readonly waiting: boolean
  /** As many leaves have a place: the size, unless somebody gave one away. */
  readonly numbered: number
  readonly size: number
  readonly signed: number | undefined
}

/** One statement that changes nothing: most calls find nothing to do. */
async function look(session: Session): Promise<Look> {
  const [row] = await session.query<{ waiting: boolean } & Record<'numbered' | 'size' | 'signed', string | null>>({
    sql: LOOK,
    parameters: [],
  })
  if (!row || row.size === null) throw brokenLog('The state of the log is missing.')
  const { waiting, numbered, size, signed } = row
  return {
    waiting,
    numbered: Number(numbered),
    size: Number(size),
    signed: signed === null ? undefined : Number(signed),
  }
}

async function extend(session: Session, limit: number): Promise<Sequenced> {
  await lock(session, LOCKS.sequence)
  const tree = await soundTree(session)
  const { size } = tree.frontier
  const leaves = await placed(session, size, limit)
  if (leaves.length === 0) return { added: 0, size }
  await store(session, tree, appendLeaves(tree.frontier, leaves.map(leafHash)))
  return { added: leaves.length, size: size + leaves.length }
}

const PLACE = `with waiting as materialized (
  select entry, row_number() over (order by recorded, entry) - 1 as place from log_leaf where leaf_index is null order by recorded, entry limit $2
)
update log_leaf as l set leaf_index = $1 + place from waiting as w where l.entry = w.entry and l.leaf_index is null
returning place::int as place, l.entry, l.leaf`

/** Gives leaves their places from `size` on; the leaves in that order. */
async function placed(session: Session, size: number, limit: number): Promise<Buffer[]> {
  const rows = await session.query<{ place: number; entry: string; leaf: Buffer }>({
    sql: PLACE,
    parameters: [size, limit],
  })
  const leaves: Buffer[] = []
  for (const { entry, leaf } of rows.sort((a, b) => a.place - b.place)) {
    // Somebody's own bytes would stand in the tree for good, and perhaps a name in them.
    if (readLeaf(leaf)?.entry !== entry) throw brokenLog('What waits for the log is no leaf.')
    leaves.push(leaf)
  }
  if (rows.some(({ place }, i) => place !== i)) throw brokenLog('The leaves of the log were not numbered one by one.')
  return leaves
}

// Each tile is longer by what follows on it, or begun; the state moves on from where it was read. Otherwise less is counted.
const STORE = `with given as (
  select * from unnest($1::int[], $2::bigint[], $3::int[], $4::bytea[]) as given (level, index, length, added)
), begun as (
  insert into log_tile (level, index, hashes) select level, index, added from given where length = 0 returning 1
), longer as (
  update log_tile as t set hashes = t.hashes || given.added from given
  where given.length > 0 and t.level = given.level and t.index = given.index and octet_length(t.hashes) = given.length returning 1
), moved as (
  update log_state set size = $5, frontier = $6, root = $7 where size = $8 and root = $9 returning 1
)
select ((select count(*) from begun) + (select count(*) from longer))::int as tiles, (select count(*) from moved)::int as states`

async function store(session: Session, { frontier: before, root }: Tree, { frontier, tiles }: Grown): Promise<void> {
  const [done] = await session.query<{ tiles: number; states: number }>({
    sql: STORE,
    parameters: [
      tiles.map(({ level }) => level),
      tiles.map(({ index }) => index),
      tiles.map(({ width }) => width * HASH_SIZE),
      tiles.map(({ added }) => Buffer.from(added)),
      ...[frontier.size, Buffer.from(frontierBytes(frontier)), Buffer.from(frontierRoot(frontier))],
      ...[before.size, root],
    ],
  })
  if (done?.tiles !== tiles.length || done.states !== 1) throw brokenLog('The tree changed while it grew.')
}
