// The bytes of a file, decompressed by what it contains, not by what it is called. What was read before damage is kept.
import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { HealthChainError } from '../../kernel/errors.ts'
import { bunzip2 } from './bzip2.ts'

export interface ReadOptions {
  /** Told how many bytes were read from disk since the last call. */
  onBytes?: (bytes: number) => void
  signal?: AbortSignal
}

/** Small, so that even a file that deflates a thousandfold gives out some 16 MB at a time. */
const GZIP_INPUT = 1 << 14
const PLAIN_INPUT = 1 << 18

const FOREIGN: [magic: string, name: string][] = [
  ['504b0304', 'a zip archive'],
  ['fd377a585a', 'an xz archive'],
  ['28b52ffd', 'a zstd archive'],
  ['fffe', 'UTF-16 text'],
  ['feff', 'UTF-16 text'],
]

const damaged = (what: string) => new HealthChainError('incorrect', 'damaged-archive', what)

/** @throws HealthChainError with what to do about a format that is not read */
function refuseForeign(head: Buffer): void {
  const hex = head.subarray(0, 8).toString('hex')
  const known = FOREIGN.find(([magic]) => hex.startsWith(magic))
  if (known === undefined) return
  const wanted = 'give plain UTF-8 JSON, or that in gzip or bzip2'
  throw new HealthChainError('unsupported', 'foreign-format', `this is ${known[1]}; ${wanted}`)
}

// Not a pipeline: when that meets an error it throws away what was decompressed but not yet read.
async function* gunzip(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const stream = createGunzip({ chunkSize: PLAIN_INPUT })
  const ready: Buffer[] = []
  let failure: NodeJS.ErrnoException | undefined
  let settle = () => {}
  stream.on('data', (piece: Buffer) => ready.push(piece))
  stream.on('end', () => settle())
  stream.on('error', (error) => {
    failure = error
    settle()
  })
  /** Resolves when everything that the chunk makes is ready, or the data turned out damaged. */
  const feed = (chunk: Buffer | undefined): Promise<void> =>
    new Promise((resolve) => {
      settle = resolve
      if (chunk === undefined) stream.end()
      else stream.write(chunk, () => resolve())
    })
  try {
    for await (const chunk of input) {
      await feed(chunk)
      yield* ready.splice(0)
      if (failure) break
    }
    if (!failure) await feed(undefined)
    yield* ready.splice(0)
  } finally {
    stream.destroy()
  }
  if (failure?.code === 'Z_BUF_ERROR') throw damaged('the gzip file ends early; what came before was read')
  if (failure) throw damaged('the gzip data is damaged; what came before the damage was read')
}

async function* diskBytes(path: string, { onBytes, signal }: ReadOptions, size: number): AsyncGenerator<Buffer> {
  for await (const chunk of createReadStream(path, { highWaterMark: size, signal })) {
    onBytes?.(chunk.length)
    yield chunk
  }
}

const isGzip = (head: Buffer) => head[0] === 0x1f && head[1] === 0x8b
const isBzip2 = (head: Buffer) => head.length > 3 && head.toString('latin1', 0, 3) === 'BZh'

async function firstBytes(path: string): Promise<Buffer> {
  for await (const chunk of createReadStream(path, { start: 0, end: 15 })) return chunk
  return Buffer.alloc(0)
}

/**
 * The decompressed bytes of a file, in order, read only as fast as they are taken.
 * @throws HealthChainError `damaged-archive` after everything that could be read, `foreign-format` before anything
 */
export async function* readBytes(path: string, options: ReadOptions = {}): AsyncGenerator<Buffer> {
  const head = await firstBytes(path)
  refuseForeign(head)
  if (isGzip(head)) yield* gunzip(diskBytes(path, options, GZIP_INPUT))
  else if (isBzip2(head)) yield* bunzip2(diskBytes(path, options, GZIP_INPUT))
  else yield* diskBytes(path, options, PLAIN_INPUT)
}

export interface Damage {
  readonly damage: string
}

/** Turns what reading throws into a last element, so that what came before it is kept. */
export async function* tolerant(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer | Damage> {
  try {
    yield* chunks
  } catch (error) {
    const { syscall, code } = error as NodeJS.ErrnoException
    if (error instanceof HealthChainError) yield { damage: error.message }
    else if (syscall !== undefined) yield { damage: `the file could not be read on: ${code}` }
    else throw error
  }
}
