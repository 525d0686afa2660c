// Plain, gzip and bzip2 files, told apart by content; cut and damaged ones give what they had.
import { readFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readBytes } from '../../src/interactions/import/decompress.ts'
import { folder } from './folder.ts'

const lines = Buffer.from(
  Array.from({ length: 40_000 }, (_, index) => `{"line":${index},"x":"${(index * 7919) % 1e4}"}\n`).join(''),
)
const gzip = gzipSync(lines)

async function read(content: Buffer, name = 'x') {
  const path = join(await folder({ [name]: content }), name)
  const pieces: Buffer[] = []
  let counted = 0
  let error: unknown
  try {
    for await (const piece of readBytes(path, { onBytes: (bytes) => (counted += bytes) })) pieces.push(piece)
  } catch (thrown) {
    error = thrown
  }
  return { bytes: Buffer.concat(pieces), counted, error, size: (await stat(path)).size }
}

describe('a file is read whole and counted as it lies on disk', () => {
  const fixtures = JSON.parse(readFileSync(new URL('fixtures/bzip2.json', import.meta.url), 'utf8'))
  const three = fixtures.find(({ title }: { title: string }) => title === 'three blocks of 100 kB')
  it.each([
    ['plain', lines, lines.length],
    ['gzip', gzip, lines.length],
    ['gzip of two members', Buffer.concat([gzip, gzipSync('tail')]), lines.length + 4],
    ['gzip of many members', Buffer.concat(Array.from({ length: 3000 }, () => gzipSync('member'))), 18_000],
    ['bzip2', Buffer.from(three.bzip2, 'base64'), three.length],
  ])('%s', async (_title, content, length) => {
    const { bytes, counted, error, size } = await read(content, 'misnamed.json')
    expect(error).toBeUndefined()
    expect(bytes.length).toBe(length)
    expect(counted).toBe(size)
  })
})

describe('a gzip file', () => {
  it('that ends early is told, and everything that its bytes held is read', async () => {
    for (const length of [12, 100, 20_000, gzip.length - 9, gzip.length - 1]) {
      const { bytes, error } = await read(gzip.subarray(0, length))
      expect(error).toMatchObject({ code: 'damaged-archive', message: expect.stringMatching(/ends early/) })
      expect(lines.subarray(0, bytes.length).equals(bytes)).toBe(true)
      expect(bytes.length).toBeGreaterThanOrEqual(lines.length * (length / gzip.length) * 0.8 - 2000)
    }
  })

  it('that is damaged is told, and nothing is lost that came well before', async () => {
    // Behind the last bit of the data its byte is filled up, and no checksum covers that: RFC 1951, section 3.1.1.
    const filled = gzip.length - 9
    const places = fc.integer({ min: 20, max: gzip.length - 1 }).filter((at) => at !== filled)
    await fc.assert(
      fc.asyncProperty(places, async (at) => {
        const damaged = Buffer.from(gzip)
        damaged[at]! ^= 0x10
        const { bytes, error } = await read(damaged)
        expect(error).toMatchObject({ code: 'damaged-archive' })
        expect(bytes.length).toBeGreaterThanOrEqual((at - 70_000) * 4)
      }),
      { numRuns: 20 },
    )
  })
})

it.each([
  ['a zip archive', '504b030414000000'],
  ['an xz archive', 'fd377a585a000004'],
  ['a zstd archive', '28b52ffd04581900'],
  ['UTF-16 text', 'fffe7b000a00'],
])('%s is refused by name', async (name, hex) => {
  const { bytes, error } = await read(Buffer.from(hex, 'hex'))
  expect(bytes.length).toBe(0)
  expect(error).toMatchObject({ code: 'foreign-format', message: expect.stringContaining(name) })
})

it('stops at once when the signal says so', async () => {
  const path = join(await folder({ x: gzip }), 'x')
  const stop = new AbortController()
  const reading = readBytes(path, { signal: stop.signal })
  await reading.next()
  stop.abort()
  await expect(Array.fromAsync(reading)).rejects.toMatchObject({ name: 'AbortError' })
})

it('reads no further than its bytes are taken', async () => {
  const path = join(await folder({ x: Buffer.alloc(20_000_000, 32) }), 'x')
  let counted = 0
  const reading = readBytes(path, { onBytes: (bytes) => (counted += bytes) })
  await reading.next()
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(counted).toBeLessThan(2_000_000)
  await reading.return(undefined)
})
