// Checkpoints: origin, size and root of a log as the text of a signed note, https://c2sp.org/tlog-checkpoint. Pure; runs
// in browsers.
import { HealthChainError } from '../kernel/errors.ts'
import { fromBase64, toBase64 } from './base64.ts'
import { fromDecimal } from './bytes.ts'
import { isKeyName } from './note.ts'
import { HASH_SIZE, type Hash } from './tree-hasher.ts'

export interface Checkpoint {
  /** Which log: a URL without its scheme. */
  readonly origin: string
  readonly size: number
  readonly root: Hash
  /** Opaque lines that nobody audits; we write none. */
  readonly extensions: readonly string[]
}

/** SHA-256 of nothing, the one root of an empty log. */
const EMPTY_ROOT = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='

/** @throws HealthChainError fault, for an origin with spaces or what cannot be a size and a root */
export function checkpointText({ origin, size, root }: Omit<Checkpoint, 'extensions'>): string {
  const text = `${origin}\n${size}\n${toBase64(root)}\n`
  if (isKeyName(origin) && parseCheckpoint(text) !== undefined) return text
  throw new HealthChainError('fault', 'bad-checkpoint', 'Nothing was signed: the origin, size or root is not one.')
}

/** Reads the text of an opened note; undefined if it is no checkpoint, or of a log larger than 2^53 - 1. */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  if (!text.endsWith('\n')) return undefined
  const [origin, decimal, encoded, ...extensions] = text.slice(0, -1).split('\n')
  if (!origin || !decimal || !encoded || extensions.includes('')) return undefined
  const size = fromDecimal(decimal)
  const root = fromBase64(encoded)
  if (size === undefined || root?.length !== HASH_SIZE) return undefined
  return size > 0 || encoded === EMPTY_ROOT ? { origin, size, root, extensions } : undefined
}
