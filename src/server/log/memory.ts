// What `npm run verify` keeps between two visits: whose keys it believed, and the signed checkpoint that it saw last. The
// note is kept as it came: should the log ever deny it, this is the proof.
import { lstat, open, rename, unlink } from 'node:fs/promises'
import { HealthChainError } from '../../kernel/errors.ts'
import { printable } from './in-words.ts'
import { readRegular, requireRegular } from './regular-file.ts'

export interface Memory {
  readonly vkey: string
  /** Keys of witnesses, and how many of them must have cosigned. */
  readonly witnesses?: readonly string[]
  readonly quorum?: number
  readonly checkpoint: string
}

/** Two long notes, escaped, have room in it. */
const MEMORY_MAX = 2 * 1024 * 1024

/** Undefined where there is no such file yet. @throws HealthChainError incorrect, for a file that is none */
export async function recall(file: string): Promise<Memory | undefined> {
  // Of the link, not of what it points to: it would be replaced by a file.
  const found = await lstat(file).catch(ifThere)
  if (found === undefined) return undefined
  requireRegular(file, found)
  const memory = parsed((await readRegular(file, MEMORY_MAX)).toString('utf8'))
  if (memory) return memory
  throw new HealthChainError('incorrect', 'bad-memory', 'The file of --remember is damaged: find a copy of it first.')
}

function ifThere({ code }: { readonly code?: unknown }): undefined {
  if (code === 'ENOENT') return
  throw new HealthChainError('incorrect', 'bad-memory', `The file of --remember cannot be read (${code}).`)
}

function parsed(text: string): Memory | undefined {
  try {
    const { vkey, checkpoint, witnesses, quorum } = JSON.parse(text) as Partial<Memory>
    if (typeof vkey !== 'string' || typeof checkpoint !== 'string') return undefined
    if (witnesses === undefined && quorum === undefined) return { vkey, checkpoint }
    const right = Array.isArray(witnesses) && witnesses.every((key) => typeof key === 'string')
    return right && typeof quorum === 'number' ? { vkey, witnesses, quorum, checkpoint } : undefined
  } catch {
    return undefined
  }
}

/**
 * Replaced whole or not at all: a file cut in half would forget what was seen.
 * @param before what was recalled @throws HealthChainError conflict, where somebody else has remembered since
 */
export async function remember(file: string, memory: Memory, before: Memory | undefined): Promise<void> {
  const beside = `${file}.new`
  // Made by us or not at all: it is no link to something else, and nobody else remembers at the same time.
  const handle = await open(beside, 'wx').catch(({ code }) => {
    throw notRemembered(
      code === 'EEXIST'
        ? `${printable(beside)} is there: another run is writing it, or was broken off. Remove it, then verify again`
        : `the file of --remember cannot be written (${code})`,
    )
  })
  try {
    await handle.writeFile(textOf(memory))
    await handle.sync()
    await handle.close()
    // An older checkpoint in the place of a newer one would let the log go back on it.
    if (textOf(await recall(file)) !== textOf(before))
      throw notRemembered('another run has remembered something else since. Verify again')
    await rename(beside, file)
  } catch (error) {
    await handle.close()
    await unlink(beside)
    throw error
  }
}

const textOf = (memory: Memory | undefined): string => {
  const { vkey, witnesses, quorum, checkpoint } = memory ?? {}
  return `${JSON.stringify({ vkey, witnesses, quorum, checkpoint }, null, 2)}\n`
}

const notRemembered = (why: string) =>
  new HealthChainError('conflict', 'not-remembered', `The log was verified, but it was not remembered: ${why}.`)
