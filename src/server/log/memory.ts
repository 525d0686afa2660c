// What `npm run verify` keeps between two visits: whose keys it believed, and the signed checkpoint that it saw last. The
// note is kept as it came: should the log ever deny it, this is the proof.
import { readFile, rename, writeFile } from 'node:fs/promises'
import { HealthChainError } from '../../kernel/errors.ts'

export interface Memory {
  readonly vkey: string
  /** Keys of witnesses, and how many of them must have cosigned. */
  readonly witnesses?: readonly string[]
  readonly quorum?: number
  readonly checkpoint: string
}

/** Undefined where there is no such file yet. @throws HealthChainError incorrect, for a file that is none */
export async function recall(file: string): Promise<Memory | undefined> {
  const text = await readFile(file, 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return undefined
  const memory = parsed(text)
  if (memory) return memory
  throw new HealthChainError('incorrect', 'bad-memory', 'The file of --remember is damaged: find a copy of it first.')
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

/** Replaced whole or not at all: a file cut in half would forget what was seen. */
export async function remember(file: string, { vkey, witnesses, quorum, checkpoint }: Memory): Promise<void> {
  const beside = `${file}.new`
  await writeFile(beside, `${JSON.stringify({ vkey, witnesses, quorum, checkpoint }, null, 2)}\n`, { flush: true })
  await rename(beside, file)
}
