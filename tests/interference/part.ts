// Somebody in a world: who asks, what is forbidden to them, and the database without it.
import { hiddenElements } from '../../src/consent/hidden-elements.ts'
import { statutory } from '../../src/consent/packs/index.ts'
import { mayAsk } from '../../src/consent/role-matrix.ts'
import { now } from '../../src/kernel/clock.ts'
import { type Cluster, copyDatabase, opened, owner } from './databases.ts'
import type { Dice } from './dice.ts'
import type { Node } from './grow.ts'
import { drawGuise, type Guise, type Wish } from './guise.ts'
import { Judgement } from './judge.ts'
import type { LaidDown, StoredRow } from './lay-down.ts'
import { forbidden, keepMeaning, type Removal, remove } from './remove.ts'
import { Stock } from './stock.ts'

export interface Part {
  readonly guise: Guise
  readonly judgement: Judgement
  readonly gone: Removal
}

const hiddenFrom = ({ asker, policies }: Guise) => hiddenElements(asker, statutory(asker, policies.packs).obligations)

/** Whoever may be told next to nothing tells next to nothing of the law: most of these are drawn again. */
export function drawPart(world: LaidDown, dice: Dice, wish: Wish = {}): Part {
  for (;;) {
    const guise = drawGuise(dice, world, wish)
    const judgement = new Judgement(world, guise.asker, guise.policies, now())
    const gone = forbidden(world, judgement)
    if (gone.current.length < world.current.length * (wish.role ? 0.97 : 0.8) || dice.chance(8))
      return { guise, judgement, gone }
  }
}

/** Name of a copy of the world's database from which all is removed that is forbidden. */
export async function makeBare(cluster: Cluster, world: LaidDown, { guise, judgement, gone }: Part): Promise<string> {
  const name = await copyDatabase(cluster, world.database)
  const settling = await opened(cluster, name)
  await keepMeaning(settling, world)
  await settling.close()
  const tells = (inner: Node, container: StoredRow) => judgement.allowsInside(inner, container)
  await owner(cluster, name, (client) => remove(client, world, gone, { hidden: hiddenFrom(guise), tells }))
  return name
}

const NONE: Removal = { current: [], versions: [] }

/** What the asker's role may ask for, mostly. */
export function stockFor({ guise, gone }: Part, world: LaidDown, dice: Dice): Stock {
  const { asker } = guise
  const hidden = hiddenFrom(guise)
  const askable = (type: string) => mayAsk(asker, type, 's').allowed
  const types = new Set(world.current.map(({ type }) => type).filter((type) => askable(type) || dice.chance(4)))
  const rows = [...world.current, ...world.versions].filter(({ type }) => types.has(type))
  const of = (some: readonly StoredRow[]) => some.filter(({ type }) => types.has(type))
  const shut = { current: of(gone.current), versions: of(gone.versions) }
  return rows.length > 0 ? new Stock(dice, rows, shut, hidden) : new Stock(dice, world.current, NONE, hidden)
}
