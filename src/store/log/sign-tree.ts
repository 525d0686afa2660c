// Signs the tree once it is on disk: never a smaller one than before, never one that what was signed before is not the
// beginning of. One process at a time.
import { HealthChainError } from '../../kernel/errors.ts'
import { equalBytes } from '../../provenance/bytes.ts'
import { checkpointText } from '../../provenance/checkpoint.ts'
import { formatNote } from '../../provenance/note.ts'
import type { NoteSigner } from '../../provenance/note-signer.ts'
import type { Hash } from '../../provenance/tree-hasher.ts'
import type { Database } from '../database.ts'
import { LOCKS, lock } from './lock.ts'
import { readCheckpoint, storedTree } from './tree.ts'

/** Makes the note of a checkpoint: signed, and cosigned where there are witnesses. May reject; nothing is lost then. */
export type Sign = (tree: { readonly size: number; readonly root: Hash }) => Promise<string>

/** Signs as the log whose origin is the key's name. */
export const signWith =
  (signer: NoteSigner): Sign =>
  async ({ size, root }) => {
    const text = checkpointText({ origin: signer.name, size, root })
    return formatNote({ text, signatures: [await signer.sign(text)] })
  }

/** @throws HealthChainError fault (broken-log …), if what stands was not built on what was signed; whatever `sign` rejects with */
export const signTree = (database: Database, sign: Sign): Promise<void> =>
  database.transaction(async (session) => {
    await lock(session, LOCKS.sign)
    const { frontier, root, signed } = await storedTree(session)
    if (signed) return
    const { size } = frontier
    const note = await sign({ size, root })
    const told = readCheckpoint(note)
    if (told?.size !== size || !equalBytes(told.root, root)) throw badSigner()
    await session.query({ sql: 'insert into log_checkpoint (size, note) values ($1, $2)', parameters: [size, note] })
  })

const badSigner = () =>
  new HealthChainError('fault', 'bad-signer', 'What was signed is not this checkpoint: correct the signer.')
