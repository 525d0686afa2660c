// The tree as it is kept, held against itself before anything is built on it or signed: the state against the right border
// of the tiles and against what was signed last, and the last tile against its leaves. The rest is the verifier's to read.
import { HealthChainError } from '../../kernel/errors.ts'
import { equalBytes } from '../../provenance/bytes.ts'
import { type Checkpoint, parseCheckpoint } from '../../provenance/checkpoint.ts'
import { type Frontier, frontierFrom } from '../../provenance/frontier.ts'
import { frontierRoot, hasher, leafHash } from '../../provenance/merkle.ts'
import { parseNote } from '../../provenance/note.ts'
import { borderFromTiles, rootFromTiles } from '../../provenance/tile-reader.ts'
import { TILE_WIDTH } from '../../provenance/tiles.ts'
import { HASH_SIZE, type Hash } from '../../provenance/tree-hasher.ts'
import type { Session } from '../database.ts'
import { checkpoint, tileSource } from './reader.ts'

export interface Tree {
  readonly frontier: Frontier
  readonly root: Hash
  /** Whether this very tree was signed. */
  readonly signed: boolean
}

/** Whether an error means that the log is damaged, so that nobody may go on before it is verified. */
export const isBroken = (error: unknown): boolean => error instanceof HealthChainError && BROKEN.includes(error.code)
const BROKEN = ['broken-log', 'broken-frontier', 'broken-tile']

/** @param what a sentence that says which part differs */
export const brokenLog = (what: string) =>
  new HealthChainError('fault', 'broken-log', `${what} Nothing more is signed: verify the log, then restore it.`)

/** State, tiles and checkpoint; others may let the tiles grow meanwhile. @throws HealthChainError fault (isBroken), if they differ */
export async function storedTree(session: Session): Promise<Tree> {
  const [state] = await session.query<{ size: string; frontier: Buffer; root: Buffer }>({
    sql: 'select size, frontier, root from log_state',
    parameters: [],
  })
  if (!state) throw brokenLog('The state of the log is missing.')
  const frontier = frontierFrom(Number(state.size), state.frontier)
  const border = await borderFromTiles(hasher, frontier.size, tileSource(session, frontier.size))
  if (!border.every((hash, i) => equalBytes(hash, frontier.hashes[i]!)))
    throw brokenLog('The tiles of the log are not those of its state.')
  if (!equalBytes(frontierRoot(frontier), state.root)) throw brokenLog('The root of the log is not that of its tiles.')
  return { frontier, root: state.root, signed: await hasGrown(session, frontier.size, state.root) }
}

/** Whether the tree is what was signed last. @throws HealthChainError fault (isBroken), unless it is that or has grown from it */
async function hasGrown(session: Session, size: number, root: Hash): Promise<boolean> {
  const last = await checkpoint(session)
  if (last === undefined) return false
  const signed = readCheckpoint(last.note)
  if (signed === undefined || signed.size !== last.size) throw brokenLog('The last checkpoint is none.')
  if (signed.size > size) throw brokenLog('The log is smaller than it was when it was signed.')
  const then = signed.size === size ? root : await rootFromTiles(hasher, signed.size, tileSource(session, signed.size))
  if (!equalBytes(then, signed.root)) throw brokenLog('The log is another one than was signed.')
  return signed.size === size
}

/** What a note says, whoever signed it. */
export function readCheckpoint(note: string): Checkpoint | undefined {
  const parsed = parseNote(note)
  return parsed && parseCheckpoint(parsed.text)
}

/** And the leaves that stand last; only under the lock that lets nobody else add some. @throws HealthChainError fault (isBroken) */
export async function soundTree(session: Session): Promise<Tree> {
  const tree = await storedTree(session)
  await checkLastLeaves(session, tree.frontier.size)
  return tree
}

/** The leaves below the last tile, and that none stands beyond it. */
async function checkLastLeaves(session: Session, size: number): Promise<void> {
  const first = size - (size % TILE_WIDTH)
  const leaves = await session.query<{ at: number; leaf: Buffer }>({
    sql: 'select least(leaf_index - $1, 2147483647)::int as at, leaf from log_leaf where leaf_index >= $1 order by leaf_index limit $2',
    parameters: [first, TILE_WIDTH + 1],
  })
  if (leaves.length !== size - first) throw brokenLog('The leaves of the log do not end where its tiles end.')
  if (leaves.length === 0) return
  const [last] = await session.query<{ hashes: Buffer }>({
    sql: 'select hashes from log_tile where level = 0 and index = $1',
    parameters: [first / TILE_WIDTH],
  })
  const hashes = last?.hashes ?? Buffer.alloc(0)
  const right = leaves.every(
    ({ at, leaf }, i) => at === i && equalBytes(leafHash(leaf), hashes.subarray(i * HASH_SIZE, (i + 1) * HASH_SIZE)),
  )
  if (!right || hashes.length !== leaves.length * HASH_SIZE)
    throw brokenLog('A leaf of the log is not that of its tile.')
}
