// A proof of inclusion that can be checked offline, as text: index, hashes and checkpoint, https://c2sp.org/tlog-proof.
// Pure; runs in browsers. Parsing believes nothing; see verifier/proof.ts.
import { HealthChainError } from '../kernel/errors.ts'
import { fromBase64, toBase64 } from './base64.ts'
import { fromDecimal } from './bytes.ts'
import { HASH_SIZE, type Hash } from './tree-hasher.ts'

export interface TlogProof {
  readonly index: number
  /** The leaf's sibling first. */
  readonly hashes: readonly Hash[]
  /** The signed note, as it came. */
  readonly checkpoint: string
  /** Opaque, not authenticated. */
  readonly extra?: Uint8Array
}

const HEADER = 'c2sp.org/tlog-proof@v1'
/** Hashes in the proof of a leaf among 2^63. */
const HASHES_MAX = 63
const PROOF_MAX = 1024 * 1024

export function formatTlogProof({ index, hashes, checkpoint, extra }: TlogProof): string {
  const context = extra === undefined ? [] : [`extra ${toBase64(extra)}`]
  const text = [HEADER, ...context, `index ${index}`, ...hashes.map(toBase64), '', checkpoint].join('\n')
  if (parseTlogProof(text) !== undefined) return text
  throw new HealthChainError('fault', 'bad-proof', 'This is no proof of inclusion: verify the log.')
}

/** Undefined unless the text has the one form of the specification. */
export function parseTlogProof(text: string): TlogProof | undefined {
  // The first empty line ends the hashes; the checkpoint has another of its own.
  const end = text.indexOf('\n\n')
  if (text.length > PROOF_MAX || end < 0 || !text.isWellFormed()) return undefined
  const [header, ...lines] = text.slice(0, end).split('\n')
  const extra = lines[0]?.startsWith('extra ') ? fromBase64(lines.shift()!.slice('extra '.length)) : null
  const index = /^index (.+)$/.exec(lines.shift() ?? '')?.[1]
  if (header !== HEADER || extra === undefined || !index || lines.length > HASHES_MAX) return undefined
  const at = fromDecimal(index)
  const hashes = lines.map(fromBase64)
  if (at === undefined || !hashes.every((hash) => hash?.length === HASH_SIZE)) return undefined
  const checkpoint = text.slice(end + 2)
  return { index: at, hashes: hashes as Hash[], checkpoint, ...(extra === null ? {} : { extra }) }
}
