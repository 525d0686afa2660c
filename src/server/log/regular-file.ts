// Files that somebody else has written: regular ones alone, and never more of them than is bounded. A pipe or a device would
// make the reader wait for ever, or do something by being opened.
import { constants, type Stats } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { HealthChainError } from '../../kernel/errors.ts'
import { printable } from './in-words.ts'

/** A version of the largest body that the server takes, escaped twice, has room in it. */
const LINE_MAX = 64 * 1024 * 1024
const NEWLINE = 10

/** @throws HealthChainError not-found (no-file), incorrect (no-regular-file, too-large), which say which file */
export async function readRegular(file: string, max: number): Promise<Buffer> {
  const { handle, size } = await openRegular(file)
  try {
    // One byte more: it shows that there is more than was said.
    const bytes = Buffer.alloc(Math.min(size, max) + 1)
    let read = 0
    for (let more = 1; more > 0 && read < bytes.length; read += more)
      more = (await handle.read(bytes, read, bytes.length - read)).bytesRead
    if (read === bytes.length) throw tooLarge(nameOf(file))
    return bytes.subarray(0, read)
  } finally {
    await handle.close()
  }
}

/** The lines that are not empty. Only a newline ends a line: a text of JSON may hold all other separators as they are. */
export async function* linesOf(file: string, max = LINE_MAX): AsyncGenerator<string> {
  const { handle } = await openRegular(file)
  let begun: Buffer[] = []
  let length = 0
  let line = 1
  /** The line that ends with this piece. */
  const ended = (piece: Buffer): string => {
    const text = Buffer.concat([...begun, piece]).toString('utf8')
    begun = []
    length = 0
    line++
    return text.endsWith('\r') ? text.slice(0, -1) : text
  }
  // Closes the file, also when whoever reads has had enough.
  for await (const chunk of handle.createReadStream() as AsyncIterable<Buffer>) {
    let from = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      if (length + end - from > max) throw tooLarge(`Line ${line} of ${nameOf(file)}`)
      const text = ended(chunk.subarray(from, end))
      from = end + 1
      if (text !== '') yield text
    }
    length += chunk.length - from
    if (length > max) throw tooLarge(`Line ${line} of ${nameOf(file)}`)
    begun.push(chunk.subarray(from))
  }
  const last = ended(Buffer.alloc(0))
  if (last !== '') yield last
}

async function openRegular(file: string): Promise<{ readonly handle: FileHandle; readonly size: number }> {
  requireRegular(file, await stat(file).catch(unread(file)))
  // What was put in its place since does not hold us either.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch(unread(file))
  try {
    const found = await handle.stat()
    requireRegular(file, found)
    return { handle, size: found.size }
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** @throws HealthChainError incorrect (no-regular-file) */
export function requireRegular(file: string, found: Stats): void {
  if (found.isFile()) return
  const message = `${nameOf(file)} is no regular file: name a file, or put one there.`
  throw new HealthChainError('incorrect', 'no-regular-file', message)
}

const unread =
  (file: string) =>
  (error: { readonly code?: unknown }): never => {
    if (error.code === 'ENOENT')
      throw new HealthChainError('not-found', 'no-file', `${nameOf(file)} is not there: name a file that is.`)
    const message = `${nameOf(file)} cannot be read (${error.code}): let this account read it.`
    throw new HealthChainError('not-found', 'unreadable-file', message)
  }

const tooLarge = (what: string) =>
  new HealthChainError('incorrect', 'too-large', `${what} is longer than any of its kind: get it anew from its source.`)

/** Who is refused hears why: these say which file, the others only that something is not served. */
export const isAboutFile = (error: unknown): boolean =>
  error instanceof HealthChainError && ['no-regular-file', 'too-large', 'unreadable-file'].includes(error.code)

export const isMissing = (error: unknown): boolean => error instanceof HealthChainError && error.code === 'no-file'

const nameOf = (file: string): string => printable(basename(file))
