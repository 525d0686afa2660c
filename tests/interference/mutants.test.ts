// The interference test can fail: every leak that is sown is found, those of the statement with the second wall and without.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { changed, MUTANTS, WALL } from './mutants.ts'
import { discard, isKilled, type Outcome, type Prepared, prepare, runMutants } from './mutation.ts'

const cluster = { url: inject('databaseUrl') }
const SEED = 22
const outcomes = new Map<string, Outcome>()
let prepared: Prepared

beforeAll(async () => {
  prepared = await prepare(cluster, SEED)
  await runMutants(prepared, (mutant, outcome) => void outcomes.set(mutant?.name ?? '', outcome))
}, 900_000)
afterAll(() => discard(cluster, prepared))

test.for([{ name: 'the wall', edits: [WALL] }, ...MUTANTS])('finds its place in the code: $name', ({ edits }) => {
  for (const [file, mine] of Map.groupBy(edits, ({ file }) => file))
    changed(file, readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8'), mine)
})

test('without a mutant nothing is found', () => {
  expect(outcomes.get('')).toEqual({})
})

test.for(MUTANTS.map((mutant) => [mutant.name, mutant] as const))('found: %s', ([name, mutant]) => {
  expect({ killed: isKilled(mutant, outcomes.get(name)!), outcome: outcomes.get(name) }).toMatchObject({ killed: true })
})
