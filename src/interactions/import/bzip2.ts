// Streaming bzip2 decompression with every checksum verified; several streams may stand one behind the other.
// Why not a library: those on npm hold a block as an array of numbers (1 GB for 46 MB of zeros) and accept cut-off files.
import { HealthChainError } from '../../kernel/errors.ts'
import { BitReader, OutOfBits } from './bits.ts'
import { DamagedBlock, readBlock } from './bzip2-block.ts'

/** No block of 900,000 symbols takes more; with this much at hand a block is decoded without waiting for input. */
const LARGEST_BLOCK = 2_400_000
const PIECE = 1 << 18

const CRC = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24
  for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1
  return crc
})

const broken = (what: string) => new HealthChainError('incorrect', 'damaged-archive', what)

/** Undoes the first run-length coding (four equal bytes, then a count). @returns pieces and their checksum */
function expand(block: Uint32Array, size: number, start: number): { pieces: Buffer[]; crc: number } {
  const pieces: Buffer[] = []
  let piece = Buffer.allocUnsafe(PIECE)
  let filled = 0
  let crc = -1
  let place = start
  let equal = 0
  let last = -1
  for (let i = 0; i < size; i++) {
    const link = block[place] as number
    place = link >>> 8
    const count = equal === 4 ? link & 0xff : 1
    const byte = equal === 4 ? last : link & 0xff
    equal = equal === 4 ? 0 : byte === last ? equal + 1 : 1
    last = byte
    for (let copy = 0; copy < count; copy++) {
      if (filled === PIECE) {
        pieces.push(piece)
        piece = Buffer.allocUnsafe(PIECE)
        filled = 0
      }
      piece[filled++] = byte
      crc = (crc << 8) ^ (CRC[(crc >>> 24) ^ byte] as number)
    }
  }
  pieces.push(piece.subarray(0, filled))
  return { pieces, crc: ~crc }
}

/** The stream format around the blocks: header, blocks, checksum of checksums, and again. */
class Bunzip2 {
  private readonly bits: BitReader
  private block = new Uint32Array(0)
  private combined = 0
  private level = 0
  constructor(bits: BitReader) {
    this.bits = bits
  }

  /** Reads one header, block or trailer. @returns the bytes of a block whose checksum held */
  step(): Buffer[] {
    if (this.level === 0) {
      this.header()
      return []
    }
    const magic = `${this.bits.take(24).toString(16)}${this.bits.take(24).toString(16)}`
    const crc = this.bits.takeWord()
    if (magic === '177245385090') {
      if (crc !== this.combined) throw new DamagedBlock()
      this.bits.align()
      this.level = 0
      return []
    }
    if (magic !== '314159265359') throw new DamagedBlock()
    const { size, start } = readBlock(this.bits, this.block)
    const { pieces, crc: found } = expand(this.block, size, start)
    if (found !== crc) throw new DamagedBlock()
    this.combined = ((this.combined << 1) | (this.combined >>> 31)) ^ crc
    return pieces
  }

  private header(): void {
    const magic = this.bits.take(24)
    this.level = this.bits.take(8) - 0x30
    if (magic !== 0x425a68 || this.level < 1 || this.level > 9) {
      throw broken('there is something else behind the end of the bzip2 data; what came before it was read')
    }
    if (this.block.length !== this.level * 100_000) this.block = new Uint32Array(this.level * 100_000)
    this.combined = 0
  }

  get betweenStreams(): boolean {
    return this.level === 0
  }
}

/** @throws HealthChainError `damaged-archive` behind the last whole block; nothing unverified is ever given out */
export async function* bunzip2(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const bits = new BitReader()
  const archive = new Bunzip2(bits)
  const source = input[Symbol.asyncIterator]()
  let ended = false
  try {
    for (;;) {
      if (!ended && bits.remaining < LARGEST_BLOCK) ended = await fill(bits, source)
      if (ended && bits.remaining === 0 && archive.betweenStreams) return
      yield* step(archive, ended)
    }
  } finally {
    await source.return?.()
  }
}

/** Takes input until two of the largest blocks lie ready. @returns whether the input has ended */
async function fill(bits: BitReader, source: AsyncIterator<Buffer>): Promise<boolean> {
  const chunks: Buffer[] = []
  let size = bits.remaining
  let ended = false
  while (size < 2 * LARGEST_BLOCK) {
    const next = await source.next()
    ended = next.done === true
    if (next.done) break
    chunks.push(next.value)
    size += next.value.length
  }
  bits.append(chunks)
  return ended
}

function step(archive: Bunzip2, ended: boolean): Buffer[] {
  try {
    return archive.step()
  } catch (error) {
    if (error instanceof OutOfBits && ended) throw broken('the bzip2 file ends early; what came before was read')
    if (error instanceof OutOfBits || error instanceof DamagedBlock) {
      throw broken('the bzip2 data is damaged; what came before the damage was read')
    }
    throw error
  }
}
