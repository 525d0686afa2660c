// A process that becomes one mutant after the other: for the number of each it answers with an Outcome.
import 'reflect-metadata'
import { readFileSync } from 'node:fs'
import type { ImplicitPolicies } from '../../../src/consent/implicit.ts'
import { PACKS } from '../../../src/consent/packs/index.ts'
import type { Asker } from '../../../src/kernel/asker.ts'
import type { Database } from '../../../src/store/database.ts'
import { opened } from '../databases.ts'
import { compare, compareWrite, type Difference, noTally, type Pair, probe, serve } from '../pair.ts'
import { print } from '../print.ts'
import { MUTANTS } from './index.ts'
import { type Batch, inOrder } from './order.ts'
import type { Part, Prepared } from './prepare.ts'
import type { Outcome } from './run.ts'

const prepared = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Prepared
/** Of hook.ts: one for each changed file, takes the number of the mutant to be. */
const mutated = Reflect.get(globalThis, 'mutated') as readonly ((n: number) => void)[]

interface Found {
  /** Documents asked. */
  readonly after: number
  readonly difference: Difference
  /** Batch in which it was found. */
  readonly at: number
}

/** Everything anew for each mutant, askers too: what a server remembers of them is what another mutant has said. */
async function serveParts<T>(full: string, work: (of: (part: Part) => Promise<Pair>) => Promise<T>) {
  const whole = await opened(prepared, full)
  const bare: Database[] = []
  const pairs = new Map<Part, Pair>()
  const open = async (part: Part): Promise<Pair> => {
    const without = await opened(prepared, part.bare)
    bare.push(without)
    const implicit = { byDefault: part.implicit, byCustodian: new Map(part.byCustodian) } as ImplicitPolicies
    const policies = { implicit, packs: part.packs.map((id) => PACKS[id]!) }
    return serve(whole, without, { asker: structuredClone(part.asker) as Asker, policies })
  }
  try {
    return await work(async (part) => {
      const pair = pairs.get(part) ?? (await open(part))
      pairs.set(part, pair)
      return pair
    })
  } finally {
    for (const one of [...pairs.values(), ...bare, whole]) await one.close()
  }
}

/** So many batches, and then one of so many, are asked by others first: what is remembered of one must not serve the next. */
const REMINDED = 4

async function search(batches: readonly Batch[], from: number, of: (part: Part) => Promise<Pair>) {
  const tally = noTally()
  for (const [at, { part, documents }] of batches.entries()) {
    if (at < from) continue
    const pair = await of(part)
    if (at < REMINDED || at % REMINDED === 0) await probe(pair, documents[0]!, tally)
    const found = await Promise.all(documents.map((one) => compare(pair, one, tally)))
    const difference = found.find((one) => one !== undefined)
    if (difference) return { after: tally.documents, difference, at } satisfies Found
  }
  return undefined
}

async function searchByWrites(n: number): Promise<Found | undefined> {
  const { full, part } = prepared.written[n]!
  return serveParts(full, async (of) => {
    const pair = await of(part)
    const tally = noTally()
    for (const [at, drawn] of part.documents.entries()) {
      const difference = await compareWrite(pair, drawn, tally)
      if (difference) return { after: tally.writes, difference, at }
    }
    return undefined
  })
}

/** Batches. Where nothing is sown a few are enough: interference.test.ts asks thousands of documents. */
const [UNSOWN, SOWN] = [20, 150]
const ANY = { document: /./ }

async function outcome(n: number): Promise<Outcome> {
  const mutant = MUTANTS[n]
  for (const become of mutated) become(n)
  if (mutant?.writes) return told(await searchByWrites(n))
  const batches = inOrder(prepared.parts, mutant?.near ?? ANY).slice(0, mutant ? SOWN : UNSOWN)
  return serveParts(prepared.full, async (of) => {
    Object.assign(globalThis, { wallDown: false })
    const walled = await search(batches, 0, of)
    if (mutant?.statement !== true) return told(walled)
    Object.assign(globalThis, { wallDown: true })
    // What made the second wall speak is as good a beginning as any.
    return told(walled, await search(batches, walled?.at ?? 0, of))
  })
}

const told = (walled: Found | undefined, bare?: Found): Outcome => ({
  ...(walled && { walled: walled.after, difference: print(walled.difference) }),
  ...(bare && { bare: bare.after, difference: print(bare.difference) }),
})

process.on('message', async (n: number) => {
  const answer = await outcome(n).catch((error: unknown) => ({ failed: String(error) }))
  process.send!(answer)
})
