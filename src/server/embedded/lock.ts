// Locks between processes on one folder, held in the kernel: whoever dies, however it dies, lets go at once.
// Node has no flock(), but the SQLite it ships locks its file with fcntl(); the file stays empty, nothing is stored.
// Nothing else may open these files: POSIX drops a process's locks when it closes any descriptor of the file.
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { HealthChainError } from '../../kernel/errors.ts'

export interface Lock {
  release(): void
}

const SQLITE_BUSY = 5
const PATIENCE = 600_000
const STEP = 20

// A lock lives as long as its connection, so it must not be left to the garbage collector.
const held = new Set<DatabaseSync>()

/** Takes the lock now or says that somebody holds it in a mode that excludes ours. The file must exist. */
export function tryLock(file: string, mode: 'shared' | 'exclusive'): Lock | undefined {
  const connection = new DatabaseSync(file, { timeout: 0 })
  try {
    connection.exec('PRAGMA journal_mode = MEMORY')
    if (mode === 'exclusive') connection.exec('BEGIN EXCLUSIVE')
    else connection.exec('BEGIN; SELECT count(*) FROM sqlite_schema')
  } catch (error) {
    connection.close()
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return undefined
    throw error
  }
  held.add(connection)
  return {
    release() {
      if (held.delete(connection)) connection.close()
    },
  }
}

/** Runs `body` while no other process, and no other call in this one, is inside with the same file. */
export async function exclusively<T>(file: string, onWait: () => void, body: () => Promise<T>): Promise<T> {
  for (let waited = 0; ; waited += STEP) {
    const lock = tryLock(file, 'exclusive')
    if (lock) {
      try {
        return await body()
      } finally {
        lock.release()
      }
    }
    if (waited === 50 * STEP) onWait()
    if (waited >= PATIENCE) {
      throw new HealthChainError(
        'busy',
        'database-locked',
        `Another HealthChain process has been opening or closing the database for ten minutes (lock file ${file}). ` +
          'Find that process and stop it, then start again.',
      )
    }
    await pause(STEP)
  }
}
