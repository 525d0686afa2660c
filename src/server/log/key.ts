// The key that signs the log's checkpoints: an Ed25519 seed in the database, which only the owner of the tables reads, once
// at the start. What serves requests cannot select it.
import { type NoteSigner, noteSigner } from '../../provenance/note-signer.ts'
import type { Session } from '../../store/database.ts'
import { sharedSecret } from '../../store/secrets.ts'
import { logOrigin } from './origin.ts'

const SEED = 'log-key'

/** As the owner of the tables. The first to ask makes the key. @throws HealthChainError as logOrigin does */
export async function logSigner(owner: Session, names: Parameters<typeof logOrigin>[1]): Promise<NoteSigner> {
  return noteSigner(await logOrigin(owner, names), await sharedSecret(owner, SEED))
}
