// Before anybody is served: whatever is stored bears the labels of today's rules, and the policies of today's reading.
// Begun and not finished (kill -9), it goes on at the next start; what has no labels yet is told to nobody until then.
import { isLabelled, relabel } from '../interactions/relabel.ts'
import { elapsed } from '../kernel/clock.ts'
import { countRelabelled } from '../store/relabel.ts'
import { alone } from '../store/state.ts'
import type { Opened } from './open.ts'
import { operatorInteraction } from './operator.ts'
import { ensurePolicies } from './policies.ts'
import { makeProgress } from './progress.ts'

/** One look each where labels and policies are right, as they are in an empty database. */
export async function ensureLabels(opened: Opened, say: (line: string) => void): Promise<void> {
  if (!(await isLabelled(opened.database))) await label(opened, say)
  await ensurePolicies(opened, say)
}

const label = ({ asOwner }: Opened, say: (line: string) => void): Promise<void> =>
  asOwner((owner) =>
    alone(owner, 'labels', async () => {
      if (await isLabelled(owner)) return
      say('The labelling rules are new to this database: what it holds is labelled before anybody is served.')
      const progress = makeProgress('Labels', await countRelabelled(owner), elapsed)
      try {
        const interaction = await operatorInteraction(owner, 'relabelling')
        await relabel(interaction, { onProgress: (rows) => progress.update(rows, rows) })
      } finally {
        progress.stop()
      }
    }),
  )
