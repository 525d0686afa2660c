// The leaf of the log for events that are inserted together: it commits to the root of a tree over them. What blinds an event
// is drawn from the one salt of the leaf, so that a row costs no salt of its own, and one that is told opens no other. Events
// behind a version have salts of their own: they outlive its.
import { createCipheriv } from 'node:crypto'
import { instant, now } from '../../kernel/clock.ts'
import { newSecret } from '../../kernel/random.ts'
import { batchRoot, EVENT_LABEL } from '../../provenance/batch.ts'
import { concat } from '../../provenance/bytes.ts'
import { SALT_SIZE } from '../../provenance/commitment.ts'
import { leafEntry } from '../../provenance/leaf.ts'
import { hasher } from '../../provenance/merkle.ts'
import { sha256 } from '../../provenance/native-hash.ts'
import { SALTS_SIZE, toldText } from '../../provenance/stored-event.ts'
import { HASH_SIZE, type Hash } from '../../provenance/tree-hasher.ts'
import { drawLeaf, type MadeLeaf } from '../log/make-leaf.ts'
import type { AuditRow } from './columns.ts'

/** @param texts each row with SEPARATOR between its columns, as it is stored */
export function batchLeaf(rows: readonly AuditRow[], texts: readonly string[]): MadeLeaf & { readonly leaf: Buffer } {
  const at = now()
  const drawn = drawLeaf(at)
  const salts = keystream(drawn.secret, 0, rows.length * SALTS_SIZE)
  const leaves = rows.map((row, i) => rowLeaf(row, texts[i]!, salts, i * SALTS_SIZE))
  const time = instant(at)
  const { entry, salt } = drawn
  const leaf = leafEntry({ type: 'audit.batch', entry, salt, time, commitment: batchRoot(hasher, leaves) })
  return { ...drawn, leaf: Buffer.from(leaf.buffer, leaf.byteOffset, leaf.byteLength), recorded: time }
}

/** Leaves of events that stand behind a version, and the salts of all, SALTS_SIZE bytes each. @param texts as of batchLeaf */
export function besideLeaves(
  rows: readonly AuditRow[],
  texts: readonly string[],
): { leaves: Uint8Array; salts: Buffer } {
  const salts = newSecret(rows.length * SALTS_SIZE)
  return { leaves: concat(rows.map((row, i) => rowLeaf(row, texts[i]!, salts, i * SALTS_SIZE))), salts }
}

// Refilled for every row: nothing can come between, hashing is synchronous. A search records dozens of rows, and this is
// wholeHash and eventBytes of src/provenance/batch.ts in half their time; tests/audit/batches.test.ts holds them equal.
let page = Buffer.alloc(8192)
const [WHOLE_AT, TEMPLATE_AT] = [SALT_SIZE + EVENT_LABEL.length, SALT_SIZE + EVENT_LABEL.length + HASH_SIZE]

function rowLeaf(row: AuditRow, text: string, salts: Buffer, at: number): Hash {
  const told = toldText(row)
  // So many bytes a UTF-16 unit takes at most.
  const length = TEMPLATE_AT + HASH_SIZE + 3 * Math.max(text.length, told.length)
  if (page.length < length) page = Buffer.alloc(length)
  const { digest, template } = row.shares.hashes
  salts.copy(page, 0, at + SALT_SIZE, at + SALTS_SIZE)
  page.set(digest, SALT_SIZE)
  const whole = sha256(page.subarray(0, SALTS_SIZE + page.write(text, SALTS_SIZE)))
  salts.copy(page, 0, at, at + SALT_SIZE)
  page.set(EVENT_LABEL, SALT_SIZE)
  page.set(whole, WHOLE_AT)
  page.set(template, TEMPLATE_AT)
  return hasher.leaf(page.subarray(0, TEMPLATE_AT + HASH_SIZE + page.write(told, TEMPLATE_AT + HASH_SIZE)))
}

/** What blinds one event. @param secret the leaf's salt, SALT_SIZE bytes @param place from 0 to 2^31 */
export const saltsAt = (secret: Uint8Array, place: number): Buffer =>
  keystream(secret, place * (SALTS_SIZE / BLOCK), SALTS_SIZE)

const BLOCK = 16

/** AES-256-CTR (NIST SP 800-38A, section 6.5) of zeros. */
function keystream(key: Uint8Array, block: number, length: number): Buffer {
  const counter = Buffer.alloc(BLOCK)
  counter.writeBigUInt64BE(BigInt(block), BLOCK - 8)
  return createCipheriv('aes-256-ctr', key, counter).update(Buffer.alloc(length))
}
