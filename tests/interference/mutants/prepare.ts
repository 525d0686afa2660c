// What mutants are tried on, made beforehand by code without a leak: one world, some askers in it, for each of them a
// database without what is forbidden, and documents.
import { hiddenElements } from '../../../src/consent/hidden-elements.ts'
import { PACKS, statutory } from '../../../src/consent/packs/index.ts'
import { now } from '../../../src/kernel/clock.ts'
import { makeSchema } from '../../../src/server/schema.ts'
import { Author, type Drawn } from '../author.ts'
import { type Cluster, copyDatabase, dropDatabase } from '../databases.ts'
import { Dice } from '../dice.ts'
import type { Guise, Wish } from '../guise.ts'
import { type LaidDown, layDown } from '../lay-down.ts'
import { drawPart, makeBare, stockFor } from '../part.ts'
import { WorldBuilder } from '../world.ts'
import { WriteAuthor } from '../writes.ts'
import { MUTANTS } from './index.ts'
import { findPlaces, type Near, WALL } from './mutant.ts'

/** What a process is given, as JSON. */
export interface Prepared {
  readonly url: string
  readonly full: string
  readonly parts: readonly Part[]
  /** By number of the mutant: databases that it may write to, and the writes. */
  readonly written: Readonly<Record<number, { readonly full: string; readonly part: Part }>>
}

export interface Part {
  readonly bare: string
  readonly asker: Guise['asker']
  readonly kinds: readonly Near['asker'][]
  readonly implicit: string
  readonly byCustodian: readonly (readonly [string, string])[]
  readonly packs: readonly string[]
  readonly documents: readonly Drawn[]
}

/** Each sees another part of the world, with other elements hidden. */
const OPEN = { implicit: 'all-normal' } as const
const WHO: readonly Wish[] = [
  { role: 'practitioner', purpose: 'ETREAT', packs: Object.keys(PACKS), ...OPEN },
  { role: 'system', purpose: 'HPAYMT', packs: ['hipaa'], ...OPEN },
  { role: 'patient', ...OPEN },
  { role: 'practitioner', narrow: true, ...OPEN },
  { role: 'researcher', purpose: 'HRESCH' },
  { role: 'nurse', purpose: 'ETREAT' },
]
const PATIENTS = 32
const EACH = 150
const WRITES = 120
const DRAWN = 3

export async function prepare(cluster: Cluster, seed: number): Promise<Prepared> {
  for (const mutant of [{ edits: [WALL] }, ...MUTANTS]) findPlaces(mutant)
  const dice = new Dice(seed)
  const builder = new WorldBuilder(dice.seed(), PATIENTS, now())
  const world = await layDown(cluster, builder.patients, builder.build())
  const parts: Part[] = []
  for (const wish of WHO) parts.push(await preparePart(cluster, world, dice, wish))
  const written = await prepareWrites(cluster, world, dice)
  return { url: cluster.url, full: world.database, parts, written }
}

async function preparePart(cluster: Cluster, world: LaidDown, dice: Dice, wish: Wish): Promise<Part> {
  // Whoever is told more can be told too much in more ways.
  const some = Array.from({ length: DRAWN }, () => drawPart(world, dice, wish))
  const part = some.toSorted((a, b) => a.gone.current.length - b.gone.current.length)[0]!
  const bare = await makeBare(cluster, world, part)
  const author = new Author(await makeSchema(), dice, stockFor(part, world, dice))
  return { bare, ...described(part.guise), documents: Array.from({ length: EACH }, () => author.document()) }
}

async function prepareWrites(cluster: Cluster, world: LaidDown, dice: Dice): Promise<Prepared['written']> {
  const part = drawPart(world, dice, WHO[0])
  const schema = await makeSchema()
  const author = new WriteAuthor(schema, dice, world, part.gone, stockFor(part, world, dice))
  const documents = Array.from({ length: WRITES }, () => author.mutation())
  const written: Record<number, { full: string; part: Part }> = {}
  for (const [n, { writes }] of MUTANTS.entries()) {
    if (!writes) continue
    const full = await copyDatabase(cluster, world.database)
    written[n] = { full, part: { bare: await makeBare(cluster, world, part), ...described(part.guise), documents } }
  }
  return written
}

function described({ asker, policies: { implicit, packs } }: Guise) {
  const { scopes, role } = asker
  const hides = hiddenElements(asker, statutory(asker, packs).obligations).size > 0
  const confined = role === 'patient' || role === 'proxy' || scopes.some(({ context }) => context === 'patient')
  const kinds: Near['asker'][] = []
  if (hides) kinds.push('hidden')
  if (confined) kinds.push('confined')
  if (scopes.some(({ filter }) => filter.length > 0)) kinds.push('narrow')
  const byCustodian = [...implicit.byCustodian]
  return { asker, kinds, implicit: implicit.byDefault, byCustodian, packs: packs.map(({ id }) => id) }
}

export async function discard(cluster: Cluster, { full, parts, written }: Prepared): Promise<void> {
  const copies = Object.values(written).flatMap((one) => [one.full, one.part.bare])
  for (const name of [full, ...parts.map(({ bare }) => bare), ...copies]) await dropDatabase(cluster, name)
}
