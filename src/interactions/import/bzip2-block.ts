// One block of bzip2: Huffman codes -> move-to-front and run lengths -> Burrows-Wheeler inverse. Pure but for its buffer.
// https://en.wikipedia.org/wiki/Bzip2#File_format ; names follow Seward's reference decompressor.
import type { BitReader } from './bits.ts'

/** Thrown for bits that no compressor writes. */
export class DamagedBlock extends Error {}

const LONGEST_CODE = 20
const GROUP_SIZE = 50
const RUN_A = 0
const RUN_B = 1
/** Codes up to this length are decoded with one look into a table. */
const QUICK = 11

interface Codes {
  /** By the next QUICK bits: symbol in the low nine bits, code length above; 0 for a longer code. */
  quick: Uint16Array
  /** By code length: the highest code of it, and what to subtract from a code to index `symbols`. */
  limit: Int32Array
  base: Int32Array
  symbols: Uint16Array
}

const damaged = (): never => {
  throw new DamagedBlock()
}

/** The byte values that occur in the block, in order: a 16-bit map of 16-bit maps. */
function usedBytes(bits: BitReader): number[] {
  const used: number[] = []
  const ranges = bits.take(16)
  for (let range = 0; range < 16; range++) {
    if ((ranges & (0x8000 >> range)) === 0) continue
    const map = bits.take(16)
    for (let low = 0; low < 16; low++) if (map & (0x8000 >> low)) used.push(range * 16 + low)
  }
  return used.length > 0 ? used : damaged()
}

/** Which of the `tables` Huffman tables each group of 50 symbols uses: unary, move-to-front. */
function readSelectors(bits: BitReader, tables: number): Uint8Array {
  const selectors = new Uint8Array(bits.take(15))
  const recent = Array.from({ length: tables }, (_, index) => index)
  for (let i = 0; i < selectors.length; i++) {
    let position = 0
    while (bits.take(1) === 1) if (++position >= tables) damaged()
    const table = recent.splice(position, 1)[0] as number
    recent.unshift(table)
    selectors[i] = table
  }
  return selectors.length > 0 ? selectors : damaged()
}

/** Code lengths are written as steps up or down from the one before. */
function readLengths(bits: BitReader, alphabet: number): Uint8Array {
  const lengths = new Uint8Array(alphabet)
  let length = bits.take(5)
  for (let symbol = 0; symbol < alphabet; symbol++) {
    for (;;) {
      if (length < 1 || length > LONGEST_CODE) damaged()
      if (bits.take(1) === 0) break
      length += bits.take(1) === 0 ? 1 : -1
    }
    lengths[symbol] = length
  }
  return lengths
}

/** The canonical code of these lengths. */
function makeCodes(lengths: Uint8Array): Codes {
  const quick = new Uint16Array(1 << QUICK)
  const limit = new Int32Array(LONGEST_CODE + 2).fill(-1)
  const base = new Int32Array(LONGEST_CODE + 2)
  const symbols = new Uint16Array(lengths.length)
  let code = 0
  let at = 0
  for (let length = 1; length <= LONGEST_CODE; length++, code <<= 1) {
    base[length] = code - at
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] !== length) continue
      if (length <= QUICK) {
        const from = code << (QUICK - length)
        quick.fill((length << 9) | symbol, from, from + (1 << (QUICK - length)))
      }
      symbols[at++] = symbol
      code++
    }
    limit[length] = code - 1
    if (code > 1 << length) damaged()
  }
  return { quick, limit, base, symbols }
}

function takeLongSymbol(bits: BitReader, { limit, base, symbols }: Codes): number {
  const ahead = bits.peek(LONGEST_CODE)
  for (let length = QUICK + 1; length <= LONGEST_CODE; length++) {
    const code = ahead >>> (LONGEST_CODE - length)
    const symbol = code <= (limit[length] as number) ? symbols[code - (base[length] as number)] : undefined
    if (symbol === undefined) continue
    bits.skip(length)
    return symbol
  }
  return damaged()
}

/** Fills `block` with the transformed bytes. @returns how many */
function takeSymbols(bits: BitReader, used: number[], selectors: Uint8Array, tables: Codes[], block: Uint32Array) {
  const recent = Uint8Array.from(used)
  const endOfBlock = used.length + 1
  let size = 0
  let run = 0
  let weight = 1
  for (const selector of selectors) {
    const codes = tables[selector] as Codes
    for (let left = GROUP_SIZE; left > 0; left--) {
      const hit = codes.quick[bits.peek(QUICK)] as number
      const symbol = hit === 0 ? takeLongSymbol(bits, codes) : hit & 0x1ff
      if (hit !== 0) bits.skip(hit >> 9)
      if (symbol === RUN_A || symbol === RUN_B) {
        run += weight << symbol
        weight <<= 1
        if (run > block.length) damaged()
        continue
      }
      if (run > 0) {
        if (size + run > block.length) damaged()
        block.fill(recent[0] as number, size, size + run)
        size += run
        run = 0
        weight = 1
      }
      if (symbol === endOfBlock) return size
      if (size >= block.length) damaged()
      const byte = recent[symbol - 1] as number
      recent.copyWithin(1, 0, symbol - 1)
      recent[0] = byte
      block[size++] = byte
    }
  }
  return damaged()
}

/** Puts into the upper 24 bits of each place where its successor stands: the inverse of Burrows and Wheeler. */
function linkSuccessors(block: Uint32Array, size: number): void {
  const next = new Uint32Array(257)
  for (let i = 0; i < size; i++) (next[((block[i] as number) & 0xff) + 1] as number)++
  for (let byte = 0; byte < 256; byte++) (next[byte + 1] as number) += next[byte] as number
  for (let i = 0; i < size; i++) {
    const byte = (block[i] as number) & 0xff
    const to = (next[byte] as number)++
    block[to] = (block[to] as number) | (i << 8)
  }
}

/**
 * Reads a block behind its checksum into `block`: low byte of each place the byte, the rest the next place.
 * @returns the number of bytes and the place to start from
 */
export function readBlock(bits: BitReader, block: Uint32Array): { size: number; start: number } {
  if (bits.take(1) === 1) damaged() // "randomised", which no compressor has written since 1997
  const origin = bits.take(24)
  const used = usedBytes(bits)
  const tables = bits.take(3)
  if (tables < 2 || tables > 6) damaged()
  const selectors = readSelectors(bits, tables)
  const codes = Array.from({ length: tables }, () => makeCodes(readLengths(bits, used.length + 2)))
  const size = takeSymbols(bits, used, selectors, codes, block)
  if (origin >= size) damaged()
  linkSuccessors(block, size)
  return { size, start: (block[origin] as number) >>> 8 }
}
