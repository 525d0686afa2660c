// NDJSON: one JSON value a line, LF or CRLF; blank lines and a byte order mark are skipped. http://ndjson.org, pure.
import { Gatherer, LARGEST_PIECE, type Piece } from './piece.ts'

const LF = 10
const NOTHING = Buffer.alloc(0)
const BLANK = /^[ \t]*$/

export class LineSplitter {
  /** The line that the next byte belongs to. */
  line = 1
  private readonly gatherer: Gatherer
  constructor(limit = LARGEST_PIECE) {
    this.gatherer = new Gatherer(limit)
  }

  /** The lines that end in this chunk. */
  push(chunk: Buffer): Piece[] {
    const pieces: Piece[] = []
    let from = 0
    for (let to = chunk.indexOf(LF); to >= 0; to = chunk.indexOf(LF, from)) {
      this.finish(pieces, chunk, from, to)
      this.line++
      from = to + 1
    }
    this.gatherer.add(chunk, from, chunk.length)
    return pieces
  }

  /** The last line, when nothing ends it. */
  end(): Piece[] {
    const pieces: Piece[] = []
    this.finish(pieces, NOTHING, 0, 0)
    return pieces
  }

  private finish(pieces: Piece[], chunk: Buffer, from: number, to: number): void {
    const piece = this.gatherer.take(this.line, chunk, from, to)
    let { text } = piece
    if (text?.endsWith('\r')) text = text.slice(0, -1)
    if (this.line === 1 && text?.startsWith('\uFEFF')) text = text.slice(1)
    if (text === undefined) pieces.push(piece)
    else if (!BLANK.test(text)) pieces.push({ line: this.line, text })
  }
}
