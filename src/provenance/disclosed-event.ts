// One audit event with what proves it: its place in the tree of its batch, or of the version that it stands beside, as the
// `extra` line of the tlog-proof of that entry.
// Pure; runs in browsers. It tells no more than a patient is told, and of the other events nothing but how many there are.
import { fromBase64, toBase64 } from './base64.ts'
import { type EventLeaf, eventBytes, toldEvent } from './batch.ts'
import { concat, fromUtf8, utf8 } from './bytes.ts'
import { canonicalJson, parseCanonicalJson } from './canonical-json.ts'
import { readLeaf } from './leaf.ts'
import { inclusionHolds } from './proof-check.ts'
import { HASH_SIZE, type Hash, type Sha256, type TreeHasher } from './tree-hasher.ts'

export interface EventProof extends Pick<EventLeaf, 'salt' | 'whole' | 'told'> {
  /** In its tree. */
  readonly index: number
  readonly size: number
  readonly path: readonly Hash[]
  /** `toldTemplate` */
  readonly template: string
}

/** The bytes of the `extra` line. `blind` is the salt with `whole` behind it. */
export const eventExtra = ({ index, size, path, salt, whole, template, told }: EventProof): Uint8Array =>
  utf8(canonicalJson({ index, size, path: path.map(toBase64), blind: toBase64(concat([salt, whole])), template, told }))

/**
 * The AuditEvent, as JSON, that `extra` proves to be in the tree of this entry; undefined if it proves none.
 * @param entry the bytes of the leaf, of a batch or of a version with events, once its inclusion in the log is verified
 */
export function eventIn(sha256: Sha256, hasher: TreeHasher, extra: Uint8Array, entry: Uint8Array): string | undefined {
  try {
    const { type, events, commitment: root } = readLeaf(entry)!
    const { index, size, path, blind, template, told } = parseCanonicalJson(fromUtf8(extra)!) as never as Printed
    const blinds = fromBase64(blind)!
    const [salt, whole] = [blinds.slice(0, HASH_SIZE), blinds.slice(HASH_SIZE)]
    const bytes = eventBytes({ salt, whole, template: sha256(utf8(template)), told })
    const proof = path.map((hash) => fromBase64(hash)!)
    const claim = { index, size, leafHash: hasher.leaf(bytes), proof, root }
    // Whatever else a leaf commits to is no event, and a version stands before its own.
    const fits = events ? index > 0 && size === events + 1 : type === 'audit.batch'
    return fits && whole.length === HASH_SIZE && inclusionHolds(hasher, claim) ? toldEvent(template, told) : undefined
  } catch {
    // Whatever is no member of its type has no method of it either.
    return undefined
  }
}

/** What is in `extra`, if it is what it ought to be. */
interface Printed extends Pick<EventProof, 'index' | 'size' | 'template' | 'told'> {
  readonly path: readonly string[]
  readonly blind: string
}
