// All mutants, or those whose name matches: node --import tsx tests/interference/mutate.ts [pattern] [seed]
import 'reflect-metadata'
import { MUTANTS } from './mutants/index.ts'
import { prepare } from './mutants/prepare.ts'
import { isKilled, runMutants } from './mutants/run.ts'
import { withCluster } from './own-cluster.ts'

const [pattern = '', seed = '22'] = process.argv.slice(2)

await withCluster(async (cluster) => {
  let survivors = 0
  const began = performance.now()
  const prepared = await prepare(cluster, Number(seed))
  console.log(`prepared (${Math.round(performance.now() - began)} ms)`)
  await runMutants(
    prepared,
    (mutant, outcome, milliseconds) => {
      const killed = mutant ? isKilled(mutant, outcome) : outcome.walled === undefined
      if (!killed) survivors++
      const { walled = '-', bare = '-', difference = '' } = outcome
      const [sign, name] = [killed ? 'ok      ' : 'SURVIVES', mutant?.name ?? 'no mutant']
      console.log(`${sign} ${name}: ${walled} ${bare} (${Math.round(milliseconds)} ms)`)
      if (pattern !== '' || (!mutant && !killed)) console.log(difference)
    },
    MUTANTS.filter(({ name }) => new RegExp(pattern).test(name)),
  )
  return survivors
})
