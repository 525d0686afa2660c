// Looks for what the tables of the log contradict themselves in, where no leaf could tell: the sequencer's state and tiles
// beyond the tree, salts and waiting leaves that belong to nothing, and rows that are not what their versions or events say.
import { HealthChainError } from '../../kernel/errors.ts'
import { readLeaf, VERSIONED } from '../../provenance/leaf.ts'
import { tileAt, tilePath } from '../../provenance/tiles.ts'
import { HASH_SIZE } from '../../provenance/tree-hasher.ts'
import { literal } from '../audit/columns.ts'
import type { Session } from '../database.ts'
import { frameOf } from '../provenance/frame.ts'
import type { Contradiction } from './contradiction.ts'
import { deedContradictions } from './deed-contradictions.ts'
import { policyContradictions } from './policy-contradictions.ts'
import { rowContradictions } from './row-contradictions.ts'
import { storedTree } from './tree.ts'

/** @param types those of which rows are looked at */
export async function* contradictions(session: Session, types: readonly string[]): AsyncGenerator<Contradiction> {
  yield* inState(session)
  yield* inTiles(session)
  yield* inSalts(session)
  yield* inWaiting(session)
  yield* inFrames(session)
  yield* rowContradictions(session, types)
  yield* policyContradictions(session)
  yield* deedContradictions(session)
}

/** How far the clocks of two machines may be apart. */
const CLOCKS = '5 minutes'

async function* inState(session: Session): AsyncGenerator<Contradiction> {
  try {
    await storedTree(session)
  } catch (error) {
    if (!(error instanceof HealthChainError)) throw error
    yield { code: 'state-differs', at: 'size, frontier, root' }
  }
  const beyond = await session.query({
    sql: 'select from log_leaf where leaf_index >= (select size from log_state) limit 1',
    parameters: [],
  })
  if (beyond.length > 0) yield { code: 'state-differs', at: 'leaf_index' }
  const late = await session.query({
    sql: `select from log_state, log_leaf where leaf_index = 0 and since > recorded + interval '${CLOCKS}'`,
    parameters: [],
  })
  if (late.length > 0) yield { code: 'state-differs', at: 'since' }
}

const PAGE = 5000

/** Tiles that the verifier does not ask for, or of which it asks for a part only. */
async function* inTiles(session: Session): AsyncGenerator<Contradiction> {
  const [state] = await session.query<{ size: string }>({ sql: 'select size from log_state', parameters: [] })
  const size = Number(state?.size ?? 0)
  for (let after = { level: -1, index: '0' }, more = true; more; ) {
    const rows = await session.query<{ level: number; index: string; length: number }>({
      sql: `select level, index, octet_length(hashes) as length from log_tile where (level, index) > ($1::int, $2::bigint)
order by level, index limit $3`,
      parameters: [after.level, after.index, PAGE],
    })
    for (const { level, index, length } of rows) {
      const tile = tileAt(level, Number(index), size)
      if (length !== tile.width * HASH_SIZE) yield { code: 'tile-beyond', at: tilePath({ ...tile, width: 256 }) }
    }
    after = rows.at(-1) ?? after
    more = rows.length === PAGE
  }
}

async function* inSalts(session: Session): AsyncGenerator<Contradiction> {
  const rows = await session.query<{ id: string }>({
    sql: 'select s.id from log_salt as s where not exists (select from log_leaf as l where l.salt = s.id) limit $1',
    parameters: [PAGE],
  })
  for (const { id } of rows) yield { code: 'salt-without-leaf', at: id }
}

/** What is in no tree yet, nobody else holds against its version. */
async function* inWaiting(session: Session): AsyncGenerator<Contradiction> {
  const rows = await session.query<{ entry: string; leaf: Buffer }>({
    sql: `select l.entry, l.leaf from log_leaf as l left join resource_version as v using (type, id, version)
where (l.leaf_index is null or l.leaf_index >= (select max(size) from log_checkpoint)) and v.operation is null limit $1`,
    parameters: [PAGE],
  })
  for (const { entry, leaf } of rows) {
    const type = readLeaf(leaf)?.type
    if (type === undefined || VERSIONED.includes(type)) yield { code: 'waiting-differs', at: entry }
  }
}

/** A frame goes by the name of what is in it: searches go by columns that no leaf commits to. */
async function* inFrames(session: Session): AsyncGenerator<Contradiction> {
  for (let after: string | null = null, more = true; more; ) {
    const rows: FrameRow[] = await session.query<FrameRow>({
      sql: `select hash, template, case when array_lower(agent, 1) <> 1 then array[U&'\\001D'] else agent end as agent, coalesce(agent_role::text, '') as agent_role, coalesce(agent_type::text, '') as agent_type
from provenance_frame where $1::uuid is null or hash > $1 order by hash limit $2`,
      parameters: [after, PAGE],
    })
    for (const { hash, agent, ...row } of rows)
      if (frameOf({ ...row, agent: agent ? literal(agent) : '' }).hash !== hash)
        yield { code: 'frame-differs', at: hash }
    after = rows.at(-1)?.hash ?? after
    more = rows.length === PAGE
  }
}

interface FrameRow {
  readonly hash: string
  readonly template: string
  readonly agent: readonly string[] | null
  readonly agent_role: string
  readonly agent_type: string
}
