// A run: worlds, for each some askers, for each many documents. Tells every difference as it comes.
import { now } from '../../src/kernel/clock.ts'
import { makeSchema } from '../../src/server/schema.ts'
import { Author, type Drawn } from './author.ts'
import { type Cluster, copyDatabase, dropDatabase, opened } from './databases.ts'
import { Dice } from './dice.ts'
import { type LaidDown, layDown } from './lay-down.ts'
import { compareLists } from './lists.ts'
import { compare, compareWrite, type Difference, noTally, type Pair, probe, serve, type Tally } from './pair.ts'
import { drawPart, makeBare, stockFor } from './part.ts'
import { WorldBuilder } from './world.ts'
import { WriteAuthor } from './writes.ts'

export interface RunOptions {
  readonly cluster: Cluster
  readonly seed: number
  readonly worlds: number
  /** Askers of one world. */
  readonly askers: number
  /** Documents of one asker. */
  readonly documents: number
  readonly patients?: number
  /** Writes in each world. */
  readonly writes?: number
  /** Every so many documents it is asked whether the forbidden matters to them. */
  readonly probeEvery?: number
  readonly onDocument?: (tally: Tally) => void
  /** Says whether to go on. */
  onDifference(difference: Difference): boolean
}

export async function run(options: RunOptions): Promise<Tally> {
  const { cluster, seed, worlds, patients = 20 } = options
  const tally = noTally()
  const dice = new Dice(seed)
  for (let n = 0; n < worlds; n++) {
    const builder = new WorldBuilder(dice.seed(), patients, now())
    const world = await layDown(cluster, builder.patients, builder.build())
    const name = await copyDatabase(cluster, world.database)
    const goesOn = await inWorld(options, world, name, new Dice(dice.seed()), tally)
    await dropDatabase(cluster, name)
    await dropDatabase(cluster, world.database)
    if (!goesOn) break
  }
  return tally
}

/** Documents under way at a time: PostgreSQL is waited for more than anything else. */
const TOGETHER = 4

async function ask(pair: Pair, drawn: Drawn, tally: Tally, probed: boolean): Promise<Difference | undefined> {
  // The operator first: what the server remembers of one asker must not serve the next.
  if (probed) await probe(pair, drawn, tally)
  return compare(pair, drawn, tally)
}

async function inWorld(options: RunOptions, world: LaidDown, name: string, dice: Dice, tally: Tally): Promise<boolean> {
  const { cluster, askers, documents, onDifference, onDocument, probeEvery = 8 } = options
  const schema = await makeSchema()
  const full = await opened(cluster, name)
  try {
    for (let n = 0; n < askers; n++) {
      const part = drawPart(world, dice)
      const name = await makeBare(cluster, world, part)
      const bare = await opened(cluster, name)
      const pair = await serve(full, bare, part.guise)
      tally.rows += world.current.length + world.versions.length
      tally.gone += part.gone.current.length + part.gone.versions.length
      try {
        for (const difference of await compareLists(pair, world, part.judgement, tally))
          if (!onDifference(difference)) return false
        const stock = stockFor(part, world, dice)
        const author = new Author(schema, dice, stock)
        for (let d = 0; d < documents; d += TOGETHER) {
          const drawn = Array.from({ length: TOGETHER }, () => author.document())
          const found = await Promise.all(drawn.map((one, i) => ask(pair, one, tally, (d + i) % probeEvery === 0)))
          onDocument?.(tally)
          for (const difference of found) if (difference && !onDifference(difference)) return false
        }
        // Writes change the world, so they come when nobody else will ask.
        if (n < askers - 1) continue
        const mutations = new WriteAuthor(schema, dice, world, part.gone, stock)
        if (!(await write(pair, mutations, options, tally))) return false
      } finally {
        await pair.close()
        await bare.close()
        await dropDatabase(cluster, name)
      }
    }
    return true
  } finally {
    await full.close()
  }
}

const isOfConsent = ({ text }: Drawn) => /Consent|consent/.test(text)

async function write(
  pair: Pair,
  author: WriteAuthor,
  { writes = 40, onDifference }: RunOptions,
  tally: Tally,
): Promise<boolean> {
  const drawn = Array.from({ length: writes }, () => author.mutation())
  for (const one of drawn.filter((d) => !isOfConsent(d)).concat(drawn.filter(isOfConsent))) {
    const refused = tally.unwritten
    const difference = await compareWrite(pair, one, tally)
    if (difference && !onDifference(difference)) return false
    // What consents say is settled anew from those that stand, and in one of the databases some do not.
    if (isOfConsent(one) && tally.unwritten === refused) break
  }
  return true
}
