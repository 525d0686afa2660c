// All mutants, or those whose name holds a word: node --import tsx tests/interference/mutate.ts [word] [seed]
import 'reflect-metadata'
import { MUTANTS } from './mutants.ts'
import { isKilled, prepare, runMutants } from './mutation.ts'
import { withCluster } from './own-cluster.ts'

const [word = '', seed = '22'] = process.argv.slice(2)

await withCluster(async (cluster) => {
  let survivors = 0
  const only = MUTANTS.filter(({ name }) => name.includes(word))
  await runMutants(
    await prepare(cluster, Number(seed)),
    (mutant, outcome, milliseconds) => {
      const killed = mutant ? isKilled(mutant, outcome) : outcome.walled === undefined && outcome.bare === undefined
      if (!killed) survivors++
      const { walled = '-', bare = '-' } = outcome
      console.log(
        `${killed ? 'ok      ' : 'SURVIVES'} ${mutant?.name ?? 'no mutant'}: ${walled} ${bare} (${Math.round(milliseconds)} ms)`,
      )
      if (!mutant && !killed) console.log(outcome.difference)
    },
    only,
  )
  return survivors
})
