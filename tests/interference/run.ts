// A run: worlds, for each some askers, for each many documents. Tells every difference as it comes.
import { now } from '../../src/kernel/clock.ts'
import { makeSchema } from '../../src/server/schema.ts'
import { type Cluster, copyDatabase, dropDatabase, opened } from './databases.ts'
import { Dice } from './dice.ts'
import type { Drawn } from './author.ts'
import { type LaidDown, layDown } from './lay-down.ts'
import { authorFor, compare, type Difference, noTally, openPair, type Pair, probe, type Tally } from './pair.ts'
import { WorldBuilder } from './world.ts'

export interface RunOptions {
  readonly cluster: Cluster
  readonly seed: number
  readonly worlds: number
  /** Askers of one world. */
  readonly askers: number
  /** Documents of one asker. */
  readonly documents: number
  readonly patients?: number
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
  const { cluster, askers, documents, onDifference, onDocument, probeEvery = 3 } = options
  const schema = await makeSchema()
  const full = await opened(cluster, name)
  try {
    for (let n = 0; n < askers; n++) {
      const pair = await openPair(cluster, world, full, dice)
      tally.rows += world.current.length + world.versions.length
      tally.gone += pair.gone.current.length + pair.gone.versions.length
      try {
        const author = authorFor(pair, world, schema, dice)
        for (let d = 0; d < documents; d += TOGETHER) {
          const drawn = Array.from({ length: TOGETHER }, () => author.document())
          const found = await Promise.all(drawn.map((one, i) => ask(pair, one, tally, (d + i) % probeEvery === 0)))
          onDocument?.(tally)
          for (const difference of found) if (difference && !onDifference(difference)) return false
        }
      } finally {
        await pair.close()
      }
    }
    return true
  } finally {
    await full.close()
  }
}
