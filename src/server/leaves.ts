// Before anybody is served: every version has its leaf of the log, those of before there was a log too. Begun and not
// finished (kill -9), it goes on at the next start.
import { elapsed } from '../kernel/clock.ts'
import { fillLog, isSealed, sealLog } from '../store/log/backfill.ts'
import { countRecords } from '../store/log/dump.ts'
import { alone } from '../store/state.ts'
import type { Opened } from './open.ts'
import { makeProgress } from './progress.ts'

/** One look where they have. */
export async function ensureLeaves({ database, asOwner }: Opened, say: (line: string) => void): Promise<void> {
  if (await isSealed(database)) return
  await asOwner((owner) =>
    alone(owner, 'leaves', async () => {
      if ((await isSealed(owner)) || (await sealLog(owner))) return
      say('Versions of before there was a log enter it now, before anybody is served.')
      const { versions } = await countRecords(owner)
      const progress = makeProgress('Log', versions, elapsed, 'versions')
      try {
        await fillLog(owner, (looked) => progress.update(looked, looked))
      } finally {
        progress.stop()
      }
    }),
  )
}
