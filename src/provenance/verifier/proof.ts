// Verifies a tlog-proof offline: the log and enough witnesses signed the checkpoint, and the entry is in its tree. Pure.
import { type Believed, type Disbelief, openCheckpoint, type Policy } from '../policy.ts'
import { inclusionHolds } from '../proof-check.ts'
import { parseTlogProof } from '../tlog-proof.ts'
import { treeHasher } from '../tree-hasher.ts'
import { sha256 } from './sha-256.ts'

export const hasher = treeHasher(sha256)

export interface Included extends Believed {
  readonly index: number
}

/** @param entry the bytes of the leaf @param before see `openCheckpoint` */
export async function verifyTlogProof(
  text: string,
  entry: Uint8Array,
  policy: Policy,
  before?: number,
): Promise<Included | { fault: Disbelief | 'malformed-proof' | 'not-included' }> {
  const proof = parseTlogProof(text)
  if (!proof) return { fault: 'malformed-proof' }
  const opened = await openCheckpoint(proof.checkpoint, policy, before)
  if ('fault' in opened) return opened
  const { index, hashes } = proof
  const { size, root } = opened.checkpoint
  const included = inclusionHolds(hasher, { index, size, leafHash: hasher.leaf(entry), proof: hashes, root })
  return included ? { ...opened, index } : { fault: 'not-included' }
}
