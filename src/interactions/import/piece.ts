// What a splitter hands on: the text of one JSON value and the line where it starts, or why there is no text. Pure.
import { isUtf8 } from 'node:buffer'

export interface Piece {
  /** 1-based. */
  readonly line: number
  /** Exactly the characters of the source; undefined when `fault` says why. */
  readonly text?: string
  readonly fault?: string
}

/** A line or entry above this many bytes is refused, so that memory stays bounded. */
export const LARGEST_PIECE = 50_000_000

/** Decodes strictly: malformed UTF-8, encoded surrogates included, is a fault and never a replacement character. */
export function decode(bytes: Buffer, line: number): Piece {
  return isUtf8(bytes) ? { line, text: bytes.toString('utf8') } : { line, fault: 'not valid UTF-8' }
}

/** Gathers a value whose bytes come in several chunks; grows to `limit` at most. */
export class Gatherer {
  private bytes = Buffer.allocUnsafe(1 << 12)
  private length = 0
  private tooLarge = false
  private readonly limit: number
  constructor(limit: number) {
    this.limit = limit
  }

  get empty(): boolean {
    return this.length === 0 && !this.tooLarge
  }

  add(chunk: Buffer, from: number, to: number): void {
    const length = this.length + to - from
    if (length > this.limit || this.tooLarge) {
      this.clear()
      this.tooLarge = true
      return
    }
    if (length > this.bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(length, Math.min(this.limit, this.bytes.length * 2)))
      this.bytes.copy(grown, 0, 0, this.length)
      this.bytes = grown
    }
    chunk.copy(this.bytes, this.length, from, to)
    this.length = length
  }

  /** What was gathered together with `chunk[from, to)`; starts anew. */
  take(line: number, chunk: Buffer, from: number, to: number): Piece {
    if (this.empty && to - from <= this.limit) return decode(chunk.subarray(from, to), line)
    this.add(chunk, from, to)
    const fault = `larger than ${Math.round(this.limit / 1_000_000)} MB; split it or leave its attachment out`
    const piece = this.tooLarge ? { line, fault } : decode(this.bytes.subarray(0, this.length), line)
    this.clear()
    return piece
  }

  private clear(): void {
    this.length = 0
    this.tooLarge = false
    if (this.bytes.length > 1 << 20) this.bytes = Buffer.allocUnsafe(1 << 12)
  }
}
