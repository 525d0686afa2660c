// The promise: an answer is that of a database from which the forbidden had been removed. Two servers, one of them on such a
// database, answer thousands of documents drawn from the schema, word for word alike.
import { expect, inject, test } from 'vitest'
import { SEED } from '../support/seed.ts'
import { print } from './print.ts'
import { run } from './run.ts'

const [WORLDS, ASKERS, EACH] = [4, 6, 84]

test(`answers as if the forbidden had never been there (SEED=${SEED})`, { timeout: 600_000 }, async () => {
  const differences: string[] = []
  const tally = await run({
    ...{ cluster: { url: inject('databaseUrl') }, seed: SEED, worlds: WORLDS, askers: ASKERS, documents: EACH },
    onDifference(difference) {
      differences.push(print(difference))
      return differences.length < 5
    },
  })
  console.log(JSON.stringify({ seed: SEED, ...tally }))
  expect(differences.join('\n\n')).toBe('')
  expect(tally.documents).toBeGreaterThanOrEqual(2000)
  // Documents that nothing forbidden could have changed, or that are told nothing, would pass any server.
  expect(tally.mattered / tally.probed).toBeGreaterThan(0.3)
  expect(tally.told / tally.documents).toBeGreaterThan(0.2)
  expect(tally.refused / tally.documents).toBeLessThan(0.3)
  expect(tally.blind / tally.documents).toBeLessThan(0.003)
  expect(tally.listed).toBeGreaterThan(300)
  expect(tally.listedTold / tally.listed).toBeGreaterThan(0.3)
  expect(tally.followed).toBeGreaterThan(200)
  expect(tally.unwritten).toBeGreaterThan(100)
})
