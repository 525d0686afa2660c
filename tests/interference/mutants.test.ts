// The interference test can fail: every leak that is sown is found, those of the statement with the second wall and without.
import { beforeAll, expect, inject, test } from 'vitest'
import { MUTANTS } from './mutants/index.ts'
import type { Mutant } from './mutants/mutant.ts'
import { discard, prepare } from './mutants/prepare.ts'
import { isKilled, type Outcome, runMutants } from './mutants/run.ts'

const cluster = { url: inject('databaseUrl') }
/** What no document of one world finds, for there happens to be nothing in it that could leak so, another world may. */
const SEEDS = [22, 23, 24]
const outcomes = new Map<Mutant | undefined, Outcome>()

beforeAll(async () => {
  let left = MUTANTS
  for (const seed of SEEDS) {
    const prepared = await prepare(cluster, seed)
    await runMutants(prepared, (mutant, outcome) => void outcomes.set(mutant, outcome), left)
    await discard(cluster, prepared)
    left = left.filter((mutant) => !isKilled(mutant, outcomes.get(mutant)!))
    // The run without a mutant must find nothing, in the first world as in the last.
    if (left.length === 0 || outcomes.get(undefined)!.walled !== undefined) break
  }
}, 600_000)

test('without a mutant nothing is found', () => {
  expect(outcomes.get(undefined)).toEqual({})
})

test.for(MUTANTS.map((mutant) => [mutant.name, mutant] as const))('found: %s', ([, mutant]) => {
  const outcome = outcomes.get(mutant)!
  expect({ killed: isKilled(mutant, outcome), outcome }).toMatchObject({ killed: true })
})
