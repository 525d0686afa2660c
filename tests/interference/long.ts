// A long run on a cluster of its own: node --import tsx tests/interference/long.ts [documents] [seed]
import 'reflect-metadata'
import { elapsed } from '../../src/kernel/clock.ts'
import { makeProgress } from '../../src/server/progress.ts'
import { withCluster } from './own-cluster.ts'
import { print } from './print.ts'
import { run } from './run.ts'

const [documents = 100_000, seed = Math.floor(Math.random() * 2 ** 31)] = process.argv.slice(2).map(Number)
const [ASKERS, EACH] = [6, 160]

await withCluster(async (cluster) => {
  console.log(`seed ${seed}`)
  const progress = makeProgress('documents', documents, elapsed)
  let differences = 0
  const tally = await run({
    ...{
      cluster,
      seed,
      worlds: Math.ceil(documents / (ASKERS * EACH)),
      askers: ASKERS,
      documents: EACH,
      probeEvery: 10,
    },
    onDocument: (so) => progress.update(so.documents, so.documents + so.followed),
    onDifference(difference) {
      progress.say(print(difference))
      return ++differences < 20
    },
  })
  progress.stop()
  console.log(JSON.stringify({ seed, differences, ...tally }))
  return differences === 0 ? 0 : 1
})
