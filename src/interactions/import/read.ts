// Reads the sources of an import as a stream of events: resources, problems, the ends of Bundles. Memory stays bounded.
import { type ReadOptions, readBytes, tolerant } from './decompress.ts'
import { readResource } from './entry.ts'
import type { ImportEvent } from './events.ts'
import { sniffFormat } from './format.ts'
import { LARGEST_PIECE } from './piece.ts'
import { mayHoldBundle, readDocument, readNested } from './read-document.ts'
import { eventOf, problem, type Reader } from './reader.ts'
import type { Source } from './sources.ts'
import { LineSplitter } from './split-lines.ts'

export interface ReadSourcesOptions extends ReadOptions {
  /** Events handed over at a time; a batch may be shorter. */
  batch?: number
  /** The largest line or entry in bytes; a larger one is a problem. */
  limit?: number
  /** The most entries of a transaction Bundle; a larger one is a problem. */
  transaction?: number
}

async function* readLines(bytes: AsyncIterable<Buffer>, reader: Reader): AsyncGenerator<ImportEvent> {
  const splitter = new LineSplitter(reader.limit)
  const read = async function* (pieces: ReturnType<LineSplitter['push']>): AsyncGenerator<ImportEvent> {
    for (const piece of pieces) {
      if (mayHoldBundle(piece)) yield* readNested(piece, reader)
      else yield eventOf(reader, piece, readResource(piece))
    }
  }
  for await (const chunk of tolerant(bytes)) {
    if (Buffer.isBuffer(chunk)) yield* read(splitter.push(chunk))
    else {
      yield problem(reader, splitter.line, chunk.damage)
      return
    }
  }
  yield* read(splitter.end())
}

async function* readSource({ path, bytes }: Source, reader: Reader, options: ReadOptions): AsyncGenerator<ImportEvent> {
  if (bytes === 0) {
    yield problem(reader, 1, 'the file is empty')
    return
  }
  const open = (counted: boolean) => readBytes(path, counted ? options : { signal: options.signal })
  const format = await sniffFormat(open(false), path)
  yield* format === 'lines' ? readLines(open(true), reader) : readDocument(open, reader)
}

/** A batch is full with this many characters of resources, however few they are. */
const FULL = 2_000_000

/** Whoever resolves the creates of a Bundle must have the start of it before its entries are read. */
const awaitsAnswer = (event: ImportEvent): boolean => event.kind === 'bundle-start' && event.creates.length > 0

/**
 * Everything that the sources hold, in order, in batches. Bad lines and entries come as problems and stop nothing.
 * @throws an AbortError or the reason of `signal` when that is aborted: an atomic Bundle under way must then be undone
 */
export async function* readSources(
  sources: readonly Source[],
  { batch: size = 500, limit = LARGEST_PIECE, transaction = 5_000, ...options }: ReadSourcesOptions = {},
): AsyncGenerator<ImportEvent[]> {
  let bundles = 0
  let batch: ImportEvent[] = []
  let characters = 0
  for (const source of sources) {
    const reader: Reader = { file: source.path, limit, transaction, nextBundle: () => bundles++ }
    for await (const event of readSource(source, reader, options)) {
      if (event.kind === 'item') characters += event.size
      if (batch.push(event) < size && characters < FULL && !awaitsAnswer(event)) continue
      yield batch
      batch = []
      characters = 0
      options.signal?.throwIfAborted()
    }
  }
  options.signal?.throwIfAborted()
  if (batch.length > 0) yield batch
}
