// What the configuration says of the provenance log, as keys: the log's own, its witnesses', and those of the logs that this
// server is a witness of.
import { HealthChainError } from '../../kernel/errors.ts'
import { noteVerifier } from '../../provenance/note-key.ts'
import type { NoteSigner } from '../../provenance/note-signer.ts'
import type { Session } from '../../store/database.ts'
import { logSigner } from './key.ts'
import type { logOrigin } from './origin.ts'
import type { LogOptions } from './serving.ts'
import { witnessKey } from './witness.ts'

type Names = Parameters<typeof logOrigin>[1]

export interface LogConfig extends Names {
  /** Who cosigns the log: prefix of its address, and its verifier key. */
  readonly witnesses?: readonly { readonly url: string; readonly vkey: string }[]
  /** Verifier keys of logs. */
  readonly witnessedLogs?: readonly string[]
}

const OWN_NAME =
  'One of WITNESSED_LOGS has the name of this log. No log is a witness of its own, and two logs need two names: see LOG_ORIGIN, which counts at the first start.'

/** As the owner of the tables. @throws HealthChainError incorrect, for keys that are none or one that is our own */
export async function logOptions(
  owner: Session,
  { witnesses = [], witnessedLogs = [], ...names }: LogConfig,
): Promise<LogOptions & { readonly signer: NoteSigner }> {
  const signer = await logSigner(owner, names)
  const logs = await Promise.all(witnessedLogs.map(noteVerifier))
  if (logs.some(({ name }) => name === signer.name)) throw new HealthChainError('incorrect', 'bad-config', OWN_NAME)
  const peers = witnesses.map(async ({ url, vkey }) => ({ url, key: await noteVerifier(vkey) }))
  return {
    signer,
    witnesses: await Promise.all(peers),
    ...(logs.length > 0 && { witness: { cosigner: await witnessKey(owner, signer.name), logs } }),
  }
}
