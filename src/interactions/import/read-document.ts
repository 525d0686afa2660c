// Reads JSON documents: Bundles, lists of resources, single resources. Two passes, because a link may point forwards.
import { isObject, JsonError, parseJson } from '../../kernel/json.ts'
import { BundleReading } from './bundle.ts'
import { tolerant } from './decompress.ts'
import { readResource } from './entry.ts'
import type { ImportEvent } from './events.ts'
import type { Piece } from './piece.ts'
import { eventOf, problem, type Reader } from './reader.ts'
import { type DocumentPiece, DocumentSplitter, type Element, type Root } from './split-document.ts'
import { type BundleOutline, survey } from './survey.ts'

type Outlines = ReadonlyMap<number, BundleOutline>

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes
}

function listFault({ text, fault = 'the list is not valid JSON around its elements' }: Root): string | undefined {
  try {
    const { value } = parseJson(text ?? '')
    return Array.isArray(value) && value.every((element) => isObject(element))
      ? undefined
      : 'the list is not of objects'
  } catch (error) {
    if (!(error instanceof JsonError)) throw error
    return fault
  }
}

/** Whether it is worth looking for a Bundle in a line or list element. */
export const mayHoldBundle = ({ text }: Piece): boolean => text?.includes('"Bundle"') ?? false

/** A line or list element that is a Bundle itself; or, after all, a resource that mentions one. */
export async function* readNested(piece: Piece, reader: Reader): AsyncGenerator<ImportEvent> {
  const bytes = Buffer.from(piece.text ?? '')
  const outlines = await survey(once(bytes), reader.limit, piece.line)
  if (outlines.size === 0) yield eventOf(reader, piece, readResource(piece))
  else yield* secondPass(once(bytes), outlines, reader, piece.line)
}

/** What the pieces of a document mean, one after the other. */
class DocumentReading {
  private readonly outlines: Outlines
  private readonly reader: Reader
  private open: BundleReading | undefined
  constructor(outlines: Outlines, reader: Reader) {
    this.outlines = outlines
    this.reader = reader
  }

  async *read(piece: DocumentPiece): AsyncGenerator<ImportEvent> {
    const { reader, outlines } = this
    if (piece.kind === 'broken') {
      yield this.open?.fail(piece.line, piece.fault) ?? problem(reader, piece.line, piece.fault)
      return
    }
    const outline = outlines.get(piece.root)
    if (outline !== undefined) yield* this.inBundle(piece, outline)
    else if (piece.kind === 'element') {
      if (mayHoldBundle(piece)) yield* readNested(piece, reader)
      else yield eventOf(reader, piece, readResource(piece))
    } else {
      const fault = piece.closed ? listFault(piece) : undefined
      if (fault !== undefined) yield problem(reader, piece.line, fault)
    }
  }

  private *inBundle(piece: Element | Root, outline: BundleOutline): Generator<ImportEvent> {
    if (this.open === undefined) {
      this.open = new BundleReading(outline, this.reader)
      yield* this.open.start()
    }
    if (piece.kind === 'element') yield* this.open.entry(piece)
    else {
      yield* this.open.end()
      this.open = undefined
    }
  }
}

async function* secondPass(
  bytes: AsyncIterable<Buffer>,
  outlines: Outlines,
  reader: Reader,
  firstLine: number,
): AsyncGenerator<ImportEvent> {
  const splitter = new DocumentSplitter((root) => outlines.has(root), reader.limit, firstLine)
  const document = new DocumentReading(outlines, reader)
  let damaged = false
  for await (const chunk of tolerant(bytes)) {
    if (Buffer.isBuffer(chunk)) {
      for (const piece of splitter.push(chunk)) yield* document.read(piece)
      continue
    }
    damaged = true
    yield* document.read({ kind: 'broken', line: splitter.line, fault: chunk.damage })
  }
  // The damage has been told; that the JSON ends there too is no news.
  for (const piece of splitter.end()) if (!damaged || piece.kind !== 'broken') yield* document.read(piece)
}

/** @param open gives the bytes of the document anew; the pass that reads the entries is the one to count */
export async function* readDocument(
  open: (counted: boolean) => AsyncIterable<Buffer>,
  reader: Reader,
): AsyncGenerator<ImportEvent> {
  const outlines = await survey(open(false), reader.limit)
  yield* secondPass(open(true), outlines, reader, 1)
}
