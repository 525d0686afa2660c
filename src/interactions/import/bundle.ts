// The events of one Bundle on the second pass: start, entries, end. Pure.
import { type OpenBundle, readEntry } from './entry.ts'
import type { ImportEvent } from './events.ts'
import { isFault } from './parse-piece.ts'
import type { Piece } from './piece.ts'
import { eventOf, problem, type Reader } from './reader.ts'
import { BUNDLE_TYPE, type BundleOutline } from './survey.ts'

/** Why nothing of the Bundle may be read: part of a transaction is worse than nothing of it. */
function refusal({ type, fault, closed, entries }: BundleOutline, most: number): string | undefined {
  if (type === undefined || !BUNDLE_TYPE.test(type)) return fault ?? 'Bundle.type could not be read'
  if (type !== 'transaction') return undefined
  const wrong = fault ?? (closed ? undefined : 'the file ends inside it')
  if (wrong !== undefined) return `nothing of this transaction was read: ${wrong}`
  if (entries <= most) return undefined
  return `a transaction of ${entries} entries is more than ${most} to write all or nothing; give NDJSON or a batch`
}

export class BundleReading implements OpenBundle {
  readonly outline: BundleOutline
  readonly seen = new Set<string>()
  private readonly reader: Reader
  private readonly refused: string | undefined
  private readonly bundle: number
  private failed = 0

  constructor(outline: BundleOutline, reader: Reader) {
    this.outline = outline
    this.reader = reader
    this.refused = refusal(outline, reader.transaction)
    this.bundle = reader.nextBundle()
  }

  *start(): Generator<ImportEvent> {
    const { line, type = '', entries, creates, fault } = this.outline
    if (this.refused !== undefined) {
      yield this.fail(line, this.refused)
      return
    }
    const { file } = this.reader
    const atomic = type === 'transaction'
    yield { kind: 'bundle-start', file, line, bundle: this.bundle, type, entries, atomic, creates }
    if (fault !== undefined) yield this.fail(line, fault)
  }

  *entry(piece: Piece): Generator<ImportEvent> {
    if (this.refused !== undefined) return
    const reading = readEntry(piece, this)
    if (isFault(reading)) this.failed++
    yield eventOf(this.reader, piece, reading, this.bundle)
  }

  /** A fault that belongs to the Bundle. */
  fail(line: number, message: string): ImportEvent {
    this.failed++
    return problem(this.reader, line, message, this.bundle)
  }

  *end(): Generator<ImportEvent> {
    if (this.refused === undefined) yield { kind: 'bundle-end', bundle: this.bundle, failed: this.failed }
  }
}
