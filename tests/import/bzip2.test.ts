// Archives made by the reference implementation (bzip2 1.0.8), and what becomes of them when they are cut or damaged.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bunzip2 } from '../../src/interactions/import/bzip2.ts'
import { chunked } from './chunked.ts'

interface Archive {
  title: string
  length: number
  sha256: string
  bzip2: string
}

const archives = JSON.parse(readFileSync(new URL('fixtures/bzip2.json', import.meta.url), 'utf8')) as Archive[]
const packed = (title: string) => Buffer.from(archives.find((archive) => archive.title === title)!.bzip2, 'base64')

/** Everything given out, and the message of the error at the end, if any. */
async function unpack(archive: Buffer, cuts: number[] = []): Promise<{ bytes: Buffer; error?: string }> {
  const pieces: Buffer[] = []
  try {
    for await (const piece of bunzip2(chunked(archive, cuts))) pieces.push(piece)
  } catch (error) {
    return { bytes: Buffer.concat(pieces), error: (error as Error).message }
  }
  return { bytes: Buffer.concat(pieces) }
}

describe('bzip2', () => {
  it.each(archives)('reads $title', async ({ length, sha256, bzip2 }) => {
    const { bytes, error } = await unpack(Buffer.from(bzip2, 'base64'))
    expect(error).toBeUndefined()
    expect(bytes.length).toBe(length)
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256)
  })

  it('reads the same wherever its input is cut into chunks', async () => {
    const archive = packed('two streams, one behind the other')
    const { bytes } = await unpack(archive)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(archive.length)), async (cuts) => {
        expect((await unpack(archive, cuts)).bytes.equals(bytes)).toBe(true)
      }),
      { numRuns: 50 },
    )
  })

  it('tells of an archive that ends early, wherever that is, and keeps the whole blocks before', async () => {
    const archive = packed('three blocks of 100 kB')
    const { bytes } = await unpack(archive)
    for (let length = 1; length < archive.length; length += 97) {
      const cut = await unpack(archive.subarray(0, length))
      expect(cut.error).toMatch(/ends early/)
      expect(bytes.subarray(0, cut.bytes.length).equals(cut.bytes)).toBe(true)
    }
    const most = await unpack(archive.subarray(0, archive.length - 1))
    expect(most.bytes.length).toBe(bytes.length)
  })

  it('never gives out a byte that was not packed: any flipped bit is told', async () => {
    const archive = packed('codes of very different lengths')
    const { bytes } = await unpack(archive)
    await fc.assert(
      fc.asyncProperty(fc.nat(archive.length * 8 - 1), async (bit) => {
        const flipped = Buffer.from(archive)
        flipped[bit >> 3]! ^= 0x80 >> (bit & 7)
        const read = await unpack(flipped)
        // Flips of the block size and of the padding behind the last bit harm nothing.
        if (read.error === undefined) expect(read.bytes.equals(bytes)).toBe(true)
        else expect(read.bytes.length).toBe(read.bytes.equals(bytes) ? bytes.length : 0)
      }),
      { numRuns: 300 },
    )
  })

  it('tells of foreign bytes behind the end and keeps everything before', async () => {
    const read = await unpack(Buffer.concat([packed('one byte'), Buffer.from('tail')]))
    expect(read.bytes.toString()).toBe('x')
    expect(read.error).toMatch(/something else behind the end/)
  })
})
