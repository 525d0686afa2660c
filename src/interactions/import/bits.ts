// Reads a byte window bit by bit, most significant first, as bzip2 packs them. The window can be exchanged on the way.

/** Thrown when the window has no more bits: the caller decides whether that means "cut off" or "damaged". */
export class OutOfBits extends Error {}

export class BitReader {
  private bytes: Buffer = Buffer.alloc(0)
  private at = 0
  /** The last `count` bits of `hold` are read from the window and not yet taken. */
  private hold = 0
  private count = 0

  /** Whole bytes that nobody has taken yet. */
  get remaining(): number {
    return this.bytes.length - this.at + (this.count >> 3)
  }

  /** Puts more bytes behind the untaken ones. */
  append(chunks: readonly Buffer[]): void {
    this.bytes = Buffer.concat([this.bytes.subarray(this.at), ...chunks])
    this.at = 0
  }

  /** The next `width` bits (at most 24) without taking them; zeros stand for what lies behind the end. */
  peek(width: number): number {
    while (this.count < width) {
      this.hold = (this.hold << 8) | (this.at < this.bytes.length ? (this.bytes[this.at] as number) : 0)
      this.at++
      this.count += 8
    }
    return (this.hold >>> (this.count - width)) & ((1 << width) - 1)
  }

  skip(width: number): void {
    this.count -= width
    if (this.at - (this.count >> 3) > this.bytes.length) throw new OutOfBits()
  }

  /** Takes `width` bits, at most 24. */
  take(width: number): number {
    const bits = this.peek(width)
    this.skip(width)
    return bits
  }

  /** Takes 32 bits as a signed integer. */
  takeWord(): number {
    return (this.take(16) << 16) | this.take(16)
  }

  /** Drops what is left of the current byte. */
  align(): void {
    this.skip(this.count & 7)
  }
}
