// One mutant's process: asks until the first difference, with the second wall up and then without it. Prints an Outcome.
import 'reflect-metadata'
import { readFileSync } from 'node:fs'
import type { ImplicitPolicies } from '../../src/consent/implicit.ts'
import { PACKS } from '../../src/consent/packs/index.ts'
import type { Database } from '../../src/store/database.ts'
import type { Drawn } from './author.ts'
import { type Cluster, opened } from './databases.ts'
import { MUTANTS, type Mutant } from './mutants.ts'
import type { Outcome, Part, Prepared } from './mutation.ts'
import { compare, type Difference, noTally, type Pair, probe, serve } from './pair.ts'
import { print } from './print.ts'
import { run } from './run.ts'

const prepared = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Prepared
const mutant: Mutant | undefined = MUTANTS.find(({ name }) => name === process.env.MUTANT)
const cluster: Cluster = { url: prepared.url }
const TOGETHER = 4

interface Found {
  readonly after: number
  readonly difference: Difference
}

type Open = Pair & { readonly documents: readonly Drawn[] }

async function openPart(part: Part, full: Database): Promise<Open> {
  const { asker, implicit, byCustodian, packs, documents } = part
  const policies = {
    implicit: { byDefault: implicit, byCustodian: new Map(byCustodian) } as ImplicitPolicies,
    packs: packs.map((id) => PACKS[id]!),
  }
  const bare = await opened(cluster, part.bare)
  const pair = await serve(full, bare, { asker, policies })
  const close = async () => {
    await pair.close()
    await bare.close()
  }
  return { ...pair, documents, close }
}

/** Some documents of each asker in turn. Where nothing is sown, every fifth round is enough. */
async function askAll(): Promise<Found | undefined> {
  const full = await opened(cluster, prepared.full)
  // Opened when it is their turn: most mutants are found by the first.
  const pairs: Open[] = []
  const tally = noTally()
  try {
    for (let n = 0; n < prepared.parts[0]!.documents.length; n += mutant ? TOGETHER : 5 * TOGETHER)
      for (const [i, part] of prepared.parts.entries()) {
        pairs[i] ??= await openPart(part, full)
        const pair = pairs[i]
        const some = pair.documents.slice(n, n + TOGETHER)
        await probe(pair, some[0]!, tally)
        const found = (await Promise.all(some.map((one) => compare(pair, one, tally)))).find((one) => one !== undefined)
        if (found) return { after: tally.documents, difference: found }
      }
    return undefined
  } finally {
    for (const pair of pairs) await pair.close()
    await full.close()
  }
}

async function inOwnWorld(): Promise<Found | undefined> {
  let difference: Difference | undefined
  const tally = await run({
    ...{
      cluster,
      seed: prepared.seed,
      worlds: 2,
      askers: 4,
      documents: 60,
      writes: 150,
      patients: 12,
      probeEvery: 1000,
    },
    onDifference(found) {
      difference = found
      return false
    },
  })
  return difference && { after: tally.documents, difference }
}

async function outcome(): Promise<Outcome> {
  const search = mutant?.ownWorld ? inOwnWorld : askAll
  const walled = await search()
  if (mutant && !mutant.statement) return walled ? { walled: walled.after, difference: print(walled.difference) } : {}
  Object.assign(globalThis, { wallDown: true })
  const bare = await search()
  const difference = bare ?? walled
  return {
    ...(walled && { walled: walled.after }),
    ...(bare && { bare: bare.after }),
    ...(difference && { difference: print(difference.difference) }),
  }
}

console.log(JSON.stringify(await outcome()))
process.exit(0)
