// Splits JSON documents, one or several in a row, without holding them: the elements of a Bundle's `entry`, the elements
// of a top-level array, or a whole object. Pure. What is left around the elements, the skeleton, is JSON itself.
// http://hl7.org/fhir/R4/bundle.html
import { Gatherer, LARGEST_PIECE, type Piece } from './piece.ts'

/** A Bundle entry, an element of a top-level array, or a top-level object that is no Bundle. */
export interface Element extends Piece {
  readonly kind: 'element'
  /** Which top-level value it belongs to, from 0. */
  readonly root: number
}

/** The end of a Bundle or array; its text is the skeleton: everything, with `{}` for each element. */
export interface Root extends Piece {
  readonly kind: 'root'
  readonly root: number
  readonly elements: number
  /** False when the input ended inside: then a `broken` stands before it. */
  readonly closed: boolean
}

/** From this line on nothing can be told apart any more. */
export interface Broken extends Piece {
  readonly kind: 'broken'
  readonly fault: string
}

export type DocumentPiece = Element | Root | Broken

const LF = 10
const QUOTE = 34
const COMMA = 44
const OPEN_ARRAY = 91
const BACKSLASH = 92
const CLOSE_ARRAY = 93
const OPEN_OBJECT = 123
const CLOSE_OBJECT = 125
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf]
const PLACEHOLDER = Buffer.from('{}')
const NOTHING = Buffer.alloc(0)

const isBlank = (byte: number) => byte === 32 || byte === LF || byte === 13 || byte === 9
const opens = (byte: number) => byte === OPEN_OBJECT || byte === OPEN_ARRAY
const closes = (byte: number) => byte === CLOSE_OBJECT || byte === CLOSE_ARRAY

/** Whether a property name, as written between its quotes, is `entry`. */
function isEntry(name: string): boolean {
  if (!name.includes('\\')) return name === 'entry'
  try {
    return JSON.parse(`"${name}"`) === 'entry'
  } catch {
    return false
  }
}

export class DocumentSplitter {
  /** The line that the next byte belongs to. */
  line: number
  private readonly isBundle: (root: number) => boolean
  private readonly skeleton: Gatherer
  private readonly element: Gatherer
  private pieces: DocumentPiece[] = []
  private broken = false
  private markBytes = 0
  /** The current top-level value, where it starts, how many brackets are open, how many elements it had. */
  private root = -1
  private rootLine = 0
  private depth = 0
  private elements = 0
  /** The depth at which elements stand, while inside their array; the depth around the current element; else -1. */
  private elementsAt = -1
  private around = -1
  private elementLine = 0
  /** Bytes of the current chunk from here on are not yet gathered. */
  private from = 0
  private inString = false
  private escaped = false
  /** The next string is a property name: at depth 1, where alone it matters, always so behind `{` and a comma. */
  private awaitsName = false
  private inName = false
  private name = ''

  /**
   * @param isBundle whether the object at that position is a Bundle, whose `entry` is to be split
   * @param line of the first byte
   */
  constructor(isBundle: (root: number) => boolean, limit = LARGEST_PIECE, line = 1) {
    this.isBundle = isBundle
    this.line = line
    this.skeleton = new Gatherer(limit)
    this.element = new Gatherer(limit)
  }

  /** What ends in this chunk. */
  push(chunk: Buffer): DocumentPiece[] {
    this.from = 0
    for (let at = 0; at < chunk.length && !this.broken; ) {
      if (this.inString) at = this.string(chunk, at)
      else if (this.around >= 0) at = this.within(chunk, at)
      else at = this.depth === 0 ? this.between(chunk, at) : this.outline(chunk, at)
    }
    if (this.depth > 0) this.gatherer.add(chunk, this.from, chunk.length)
    return this.handOver()
  }

  end(): DocumentPiece[] {
    if (this.broken) return []
    this.from = 0
    if (this.depth > 0) {
      const line = this.around >= 0 ? this.elementLine : this.rootLine
      this.giveUp(line, 'the file ends inside what starts here; this and what should follow was not read')
      if (this.around !== 0) this.finishRoot(NOTHING, 0, false)
    } else if (this.root < 0) this.giveUp(this.line, 'there is no JSON in this file')
    return this.handOver()
  }

  private get gatherer(): Gatherer {
    return this.around >= 0 ? this.element : this.skeleton
  }

  private handOver(): DocumentPiece[] {
    const pieces = this.pieces
    this.pieces = []
    return pieces
  }

  private giveUp(line: number, fault: string): void {
    this.broken = true
    this.pieces.push({ kind: 'broken', line, fault })
  }

  /** To behind the closing quote, or the end of the chunk. */
  private string(chunk: Buffer, start: number): number {
    let at = this.escaped ? start + 1 : start
    while (at < chunk.length && chunk[at] !== QUOTE) at += chunk[at] === BACKSLASH ? 2 : 1
    this.inString = at >= chunk.length
    this.escaped = at > chunk.length
    if (this.inName && this.name.length < 64) this.name += chunk.toString('latin1', start, at)
    this.inName &&= this.inString
    return at + 1
  }

  /** Inside an element only brackets and line ends matter. */
  private within(chunk: Buffer, start: number): number {
    for (let at = start; at < chunk.length; at++) {
      const byte = chunk[at] as number
      if (byte === QUOTE) {
        at = this.string(chunk, at + 1) - 1
      } else if (opens(byte)) {
        this.depth++
      } else if (closes(byte)) {
        if (--this.depth === this.around) return this.finishElement(chunk, at + 1)
      } else if (byte === LF) {
        this.line++
      }
    }
    return chunk.length
  }

  /** Between top-level values. */
  private between(chunk: Buffer, at: number): number {
    const byte = chunk[at] as number
    if (byte === LF) this.line++
    const inMark = this.markBytes > 0 && this.markBytes < BYTE_ORDER_MARK.length
    if (isBlank(byte) && !inMark) return at + 1
    if (opens(byte) && !inMark) return this.startRoot(chunk, at, byte)
    const isMark = this.root < 0 && byte === BYTE_ORDER_MARK[this.markBytes++]
    if (!isMark) this.giveUp(this.line, 'expected a JSON object here; the rest of the file was not read')
    return at + 1
  }

  private startRoot(chunk: Buffer, at: number, byte: number): number {
    this.root++
    this.rootLine = this.line
    this.elements = 0
    this.from = at
    this.elementsAt = byte === OPEN_ARRAY ? 1 : -1
    if (byte === OPEN_OBJECT && !this.isBundle(this.root)) return this.startElement(chunk, at)
    this.awaitsName = byte === OPEN_OBJECT
    this.depth = 1
    return at + 1
  }

  private startElement(chunk: Buffer, at: number): number {
    if (this.depth > 0) {
      this.skeleton.add(chunk, this.from, at)
      this.skeleton.add(PLACEHOLDER, 0, PLACEHOLDER.length)
    }
    this.elements++
    this.elementLine = this.line
    this.from = at
    this.around = this.depth++
    return at + 1
  }

  private finishElement(chunk: Buffer, to: number): number {
    const piece = this.element.take(this.elementLine, chunk, this.from, to)
    this.pieces.push({ kind: 'element', root: this.root, ...piece })
    this.from = to
    this.around = -1
    return to
  }

  /** In a Bundle or array, around the elements. */
  private outline(chunk: Buffer, at: number): number {
    const byte = chunk[at] as number
    if (byte === LF) this.line++
    else if (byte === COMMA) this.awaitsName = true
    else if (byte === QUOTE) this.startString()
    else if (opens(byte)) {
      if (this.depth === this.elementsAt) return this.startElement(chunk, at)
      const startsEntry = byte === OPEN_ARRAY && isEntry(this.name)
      if (++this.depth === 2 && startsEntry) this.elementsAt = 2
    } else if (closes(byte)) {
      if (this.depth-- === this.elementsAt) this.elementsAt = -1
      if (this.depth === 0) this.finishRoot(chunk, at + 1, true)
    }
    return at + 1
  }

  private startString(): void {
    this.inString = true
    this.inName = this.awaitsName
    if (this.inName) this.name = ''
    this.awaitsName = false
  }

  private finishRoot(chunk: Buffer, to: number, closed: boolean): void {
    const piece = this.skeleton.take(this.rootLine, chunk, this.from, to)
    this.pieces.push({ kind: 'root', root: this.root, elements: this.elements, closed, ...piece })
    this.from = to
  }
}
