// What a witness is asked and how it decides, https://c2sp.org/tlog-witness: one history for each log, never a smaller or
// another one. Pure: who answers must keep the new checkpoint, compare-and-swap with `oldSize`, before it cosigns.
import { fromBase64, toBase64 } from './base64.ts'
import { equalBytes, fromDecimal } from './bytes.ts'
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts'
import { verifyConsistency } from './merkle.ts'
import { type NoteSignature, type NoteVerifier, openNote, parseNote, parseSignatureLines } from './note.ts'
import { HASH_SIZE, type Hash } from './tree-hasher.ts'

export interface AddCheckpoint {
  /** What the asker believes this witness saw last; 0 if nothing. */
  readonly oldSize: number
  readonly proof: readonly Hash[]
  /** The signed note, as it came. */
  readonly note: string
}

const PROOF_MAX = 63

/** The body of `POST add-checkpoint`. */
export const formatAddCheckpoint = ({ oldSize, proof, note }: AddCheckpoint): string =>
  [`old ${oldSize}`, ...proof.map(toBase64), '', note].join('\n')

/** Undefined for another body: answer 400. */
export function parseAddCheckpoint(body: string): AddCheckpoint | undefined {
  const end = body.indexOf('\n\n')
  if (end < 0) return undefined
  const [old = '', ...lines] = body.slice(0, end).split('\n')
  const oldSize = old.startsWith('old ') ? fromDecimal(old.slice('old '.length)) : undefined
  const proof = lines.map(fromBase64)
  if (oldSize === undefined || proof.length > PROOF_MAX) return undefined
  if (!proof.every((hash): hash is Hash => hash?.length === HASH_SIZE)) return undefined
  return { oldSize, proof, note: body.slice(end + 2) }
}

/** The origin that a note claims, to look up its keys and what was seen of it. Nothing is verified yet. */
export const claimedOrigin = (note: string): string | undefined => {
  const parsed = parseNote(note)
  return parsed && parseCheckpoint(parsed.text)?.origin
}

export type Verdict =
  /** Keep `checkpoint` unless the kept size is no longer `oldSize`, then cosign `text`. */
  | { readonly status: 200; readonly checkpoint: Checkpoint; readonly text: string }
  /** Answer with the size in decimal and a newline as `text/x.tlog.size`. */
  | { readonly status: 409; readonly size: number }
  | { readonly status: 400 | 403 | 404 | 422 }

/**
 * @param keys of the log with the claimed origin; undefined if it is not watched here
 * @param latest the checkpoint of this log that was cosigned last
 */
export async function considered(
  { oldSize, proof, note }: AddCheckpoint,
  keys: readonly NoteVerifier[] | undefined,
  latest: Pick<Checkpoint, 'size' | 'root'> | undefined,
): Promise<Verdict> {
  if (claimedOrigin(note) === undefined) return { status: 400 }
  if (keys === undefined) return { status: 404 }
  const opened = await openNote(note, keys)
  if ('fault' in opened) return { status: 403 }
  const checkpoint = parseCheckpoint(opened.text)!
  const { size, root } = checkpoint
  if (oldSize > size) return { status: 400 }
  if (oldSize !== (latest?.size ?? 0)) return { status: 409, size: latest?.size ?? 0 }
  return isGrowth(proof, latest, size, root) ? { status: 200, checkpoint, text: opened.text } : { status: 422 }
}

function isGrowth(
  proof: readonly Hash[],
  latest: Pick<Checkpoint, 'size' | 'root'> | undefined,
  size2: number,
  root2: Hash,
): boolean {
  if (latest === undefined) return proof.length === 0
  const { size: size1, root: root1 } = latest
  if (size1 === size2) return proof.length === 0 && equalBytes(root1, root2)
  return verifyConsistency({ size1, size2, root1, root2, proof })
}

/** The cosignatures in a witness's answer that are of its key and hold; empty if it answered anything else. */
export async function cosignaturesIn(lines: string, text: string, witness: NoteVerifier): Promise<NoteSignature[]> {
  const signatures = (parseSignatureLines(lines) ?? []).filter(
    ({ name, keyId }) => name === witness.name && keyId === witness.keyId,
  )
  const right = await Promise.all(signatures.map(({ bytes }) => witness.verify(text, bytes)))
  return signatures.filter((_, i) => right[i])
}
