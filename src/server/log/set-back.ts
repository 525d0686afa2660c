// Whether this log still begins as a witness has seen it: a database that was set back to an older state must not go on as
// if what came after had never been. Asked at the start, and whenever a witness refuses.
import { HealthChainError } from '../../kernel/errors.ts'
import { equalBytes } from '../../provenance/bytes.ts'
import type { Checkpoint } from '../../provenance/checkpoint.ts'
import { hasher } from '../../provenance/merkle.ts'
import type { NoteSigner } from '../../provenance/note-signer.ts'
import { rootFromTiles } from '../../provenance/tile-reader.ts'
import type { Database, Session } from '../../store/database.ts'
import { tileSource, treeSize } from '../../store/log/reader.ts'
import { brokenLog } from '../../store/log/tree.ts'
import type { Logger } from '../logger.ts'
import { type Peer, seenBy } from './peer.ts'

/** Milliseconds. Once, before anybody is served. */
const PATIENCE = 5000

/** How the log differs from what was seen of it; undefined where that is its beginning. @throws HealthChainError fault (isBroken) */
async function difference(session: Session, size: number, seen: Checkpoint): Promise<string | undefined> {
  if (seen.size > size) return `has seen ${seen.size} entries, signed by this log, which has ${size}: it was set back`
  if (seen.size === 0) return undefined
  const root = await rootFromTiles(hasher, seen.size, tileSource(session, seen.size))
  if (equalBytes(root, seen.root)) return undefined
  return `has seen other entries among the first ${seen.size}, signed by this log: it was set back and went on`
}

/** @throws HealthChainError fault (broken-log), unless the log of `size` entries begins with what the witness keeps */
export async function requireBeginning(session: Session, peer: Peer, size: number, seen: Checkpoint): Promise<void> {
  const how = await difference(session, size, seen)
  if (how !== undefined) throw brokenLog(`The witness ${peer.key.name} ${how}.`)
}

/**
 * Before the start: asks all witnesses. One that gives no answer is said in the log, and does not stop the start.
 * @throws HealthChainError fault (set-back), if one proves that this log was another
 */
export async function requireNotSetBack(
  database: Database,
  signer: NoteSigner,
  witnesses: readonly Peer[],
  log: Pick<Logger, 'info'>,
): Promise<void> {
  const ask = async (peer: Peer): Promise<void> => {
    const answer = await seenBy(peer, signer, PATIENCE).then(
      (seen) => ({ seen }),
      () => undefined,
    )
    if (answer === undefined) log.info(`The witness ${peer.key.name} does not say what it has seen: ${UNKNOWN}`)
    if (!answer?.seen) return
    // Read after it answered: what it has seen was on disk before it was asked to cosign.
    const how = await difference(database, await treeSize(database), answer.seen)
    if (how !== undefined) throw setBack(peer, how)
  }
  await Promise.all(witnesses.map(ask))
}

const UNKNOWN = 'whether this log was set back it cannot tell. It is asked again with the next checkpoint.'

const setBack = ({ key }: Peer, how: string) =>
  new HealthChainError(
    'fault',
    'set-back',
    `Not started: the witness ${key.name} ${how}. Restore the newest copy of the database. To serve without what is missing, take the witness out of WITNESSES: whoever has seen more will find this log broken, and rightly.`,
  )
