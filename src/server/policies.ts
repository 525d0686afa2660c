// Before anybody is served: the stored policies are what today's reading makes of the consents. Nobody is served by a mix
// of two readings, or by one that a release was made to correct; begun and not finished, it goes on at the next start.
import { elapsed } from '../kernel/clock.ts'
import { countSettled, isSettled, settleAll } from '../store/consent/settle-all.ts'
import { alone } from '../store/state.ts'
import type { Opened } from './open.ts'
import { makeProgress } from './progress.ts'

/** One look where the policies are right. */
export async function ensurePolicies({ database, asOwner }: Opened, say: (line: string) => void): Promise<void> {
  if (await isSettled(database)) return
  await asOwner((owner) =>
    alone(owner, 'settling', async () => {
      if (await isSettled(owner)) return
      say('Consents are read anew by this release: their policies are settled before anybody is served.')
      const progress = makeProgress('Policies', await countSettled(owner), elapsed, 'patients')
      try {
        await settleAll(owner, (patients) => progress.update(patients, patients))
      } finally {
        progress.stop()
      }
    }),
  )
}
