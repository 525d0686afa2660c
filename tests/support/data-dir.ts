// Where the clusters of tests lie: a database is some 500 small files, and in memory they are made and removed in a tenth of
// the time. Tests of what a crash leaves on a disk ask for one.
import { mkdtempSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const MEMORY = '/dev/shm'
const ROOM = 6 * 2 ** 30

/** In memory where there is plenty of room: a container may have next to none there. */
function place(): string {
  try {
    const { bavail, bsize } = statfsSync(MEMORY)
    return Math.min(bavail * bsize, process.availableMemory()) > ROOM ? MEMORY : tmpdir()
  } catch {
    return tmpdir()
  }
}

/** A new DATA_DIR. */
export const makeDataDir = (parent = place()): string => mkdtempSync(join(parent, 'healthchain-test-'))
