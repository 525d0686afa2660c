// Two implementations agree: what PostgreSQL finds through parse, compile and the search columns is what the oracle finds
// by reading the specification over the same resources in memory. https://hl7.org/fhir/R4/search.html
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { compileSearch, reverseParameter } from '../../src/search/compile.ts'
import { parseSearch } from '../../src/search/parse.ts'
import { count, reverse, search } from '../../src/store/reader.ts'
import { type Write, write } from '../../src/store/writer.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { operatorView } from '../support/operator-view.ts'
import { SEED } from '../support/seed.ts'
import { type Condition, inOrder, matches, type Node } from './oracle.ts'
import { PARAMETERS } from './parameters.ts'
import { codedQuestion, type Question, question } from './questions.ts'
import { IDS, RESOURCES } from './resources.ts'

const TYPES = Object.keys(PARAMETERS)
const SIZES: Record<string, number> = {
  Patient: 14,
  Observation: 30,
  MedicationRequest: 14,
  Encounter: 14,
  AllergyIntolerance: 14,
}
const NOW = Date.parse('2020-06-01T00:00:00Z')
// 1,600 searches and 400 reverse references.
const DATA_SETS = 5
const SEARCHES = 64
const REVERSALS = 20
const view = operatorView()

let db: TestDatabase
beforeEach(async () => {
  db = await testDatabase()
})
afterEach(() => db.drop())

const draw = <T>(arbitrary: fc.Arbitrary<T>, number: number, salt: number): T[] =>
  fc.sample(fc.noBias(arbitrary), { numRuns: number, seed: (SEED + salt * 7919) | 0 })
const upTo = (n: number, first = 1) => Array.from({ length: n }, (_, i) => [i + first] as const)

/** Fills the tables. Some resources were another before, some are gone again. Type -> what stands. */
async function store(salt: number): Promise<Map<string, Node[]>> {
  const first: Write[] = []
  const second = new Map<string, Write>()
  for (const type of TYPES) {
    const spare = 6
    const made = draw(RESOURCES[type]!, SIZES[type]! + spare, salt)
    made.slice(spare).forEach((resource, i) => {
      const id = IDS[i] ?? `${'aZb-.'[i % 5]}${i}`
      first.push({ type, id, resource: i % 3 === 0 ? made[i % spare]! : resource, fresh: true })
      if (i % 3 === 0) second.set(`${type}/${id}`, { type, id, resource })
      if (i % 7 === 6) second.set(`${type}/${id}`, { type, id })
    })
  }
  const written = [...(await write(db.database, first)), ...(await write(db.database, [...second.values()]))]
  const standing = new Map(written.map((w) => [`${w.type}/${w.id}`, w.resource]))
  const alive = [...standing.values()].filter((resource) => resource !== undefined)
  return Map.groupBy(alive, (resource) => String(resource.resourceType))
}

const idsOf = (resources: Node[]) => resources.map((r) => r.id)
const wantedOf = ({ type, sort }: Question, condition: Condition, resources: Node[]) => {
  const hits = resources.filter((r) => matches(r, condition, PARAMETERS[type]!, NOW))
  return idsOf(inOrder(hits, sort, PARAMETERS[type]!))
}

/** Fails with what a reader needs to see why two answers differ. */
function same(what: string, { type, given }: Question, resources: Node[], got: unknown[], wanted: unknown[]): void {
  if (JSON.stringify(got) === JSON.stringify(wanted)) return
  const differs = resources.filter((r) => got.includes(r.id) !== wanted.includes(r.id)).map((r) => JSON.stringify(r))
  const { sql } = compileSearch(parseSearch(type, given, NOW), view.scope, 1000)
  expect(got, [`SEED=${SEED} ${what}`, `${type} ${JSON.stringify(given)}`, sql, ...differs].join('\n')).toEqual(wanted)
}

/** @returns how many were found. */
async function agree(asked: Question, resources: Node[]): Promise<number> {
  const wanted = wantedOf(asked, asked.condition, resources)
  const parsed = parseSearch(asked.type, asked.given, NOW)
  const [found, number] = await Promise.all([search(db.database, parsed, view, 1000), count(db.database, parsed, view)])
  same('search', asked, resources, idsOf(found.map((f) => f.resource)), wanted)
  same('count', asked, resources, [number], [wanted.length])
  if (wanted.length < 3) return wanted.length
  // Pages from the middle on, forwards and backwards.
  const middle = Math.trunc(wanted.length / 2)
  const page = async (backwards: boolean) => {
    const position = { keys: found[middle]!.keys, backwards }
    return idsOf((await search(db.database, { ...parsed, position }, view, 3)).map((f) => f.resource))
  }
  same('page after', asked, resources, await page(false), wanted.slice(middle + 1, middle + 4))
  same('page before', asked, resources, await page(true), wanted.slice(0, middle).reverse().slice(0, 3))
  return wanted.length
}

describe('PostgreSQL and the specification find the same, in the same order', () => {
  it.each(upTo(DATA_SETS))('data set %i', async (salt) => {
    const stored = await store(salt)
    let telling = 0
    for (const [i, type] of TYPES.entries()) {
      const resources = stored.get(type)!
      const questions = draw(question(type, resources), SEARCHES, 1000 * (i + 1) + salt)
      const found = await Promise.all(questions.map((asked) => agree(asked, resources)))
      telling += found.filter((n) => n > 0 && n < resources.length).length
    }
    // Most searches tell some resources from others.
    expect(telling).toBeGreaterThan((SEARCHES * TYPES.length) / 2)
  })
})

describe('across patients by code and time, and back again', () => {
  const byConcept = ({ type, given }: Question) =>
    compileSearch(parseSearch(type, given, NOW), view.scope, 1000).sql.includes('concept as k')

  // Of all data sets together: what little of one is coded alike tells little.
  const telling = { all: 0, dated: 0 }

  it.each(upTo(4, 201))('data set %i', async (salt) => {
    const resources = (await store(salt)).get('Observation')!
    const questions = draw(codedQuestion('Observation', resources), 200, 9000 + salt)
    const found = await Promise.all(questions.map((one) => agree(one, resources)))
    const some = questions.filter((one, i) => byConcept(one) && found[i]! > 0 && found[i]! < resources.length)
    telling.all += some.length
    telling.dated += some.filter(({ given }) => 'date' in given).length
  })

  it('many of them tell some Observations from others', () => {
    expect(telling.all).toBeGreaterThan(100)
    expect(telling.dated).toBeGreaterThan(40)
  })
})

describe('reverse references', () => {
  const PARENTS = ['Patient', 'Practitioner', 'Encounter', 'Observation', 'Organization', 'Location', 'Group']

  async function agreeOn(name: string, parentType: string, asked: Question, limit: number, resources: Node[]) {
    const parents = [...IDS, 'none'].map((id) => `${parentType}/${id}`)
    const parameter = reverseParameter(asked.type, name, parentType)
    const parsed = parseSearch(asked.type, asked.given, NOW)
    const found = await reverse(db.database, parsed, parameter, parents, view, limit)
    expect([...found.keys()]).toEqual(parents)
    for (const parent of parents) {
      const condition: Condition = { op: 'and', parts: [asked.condition, { op: 'test', name, values: [parent] }] }
      const wanted = wantedOf(asked, condition, resources).slice(0, limit)
      same(`${limit} by ${name} of ${parent}`, asked, resources, idsOf(found.get(parent)!), wanted)
    }
  }

  it.each(upTo(2, 101))('find what refers to each parent, data set %i', async (salt) => {
    const stored = await store(salt)
    for (const [i, type] of TYPES.entries()) {
      const resources = stored.get(type)!
      const ways = Object.entries(PARAMETERS[type]!).flatMap(([name, p]) =>
        p.type === 'reference' ? PARENTS.filter((t) => p.targets.includes(t)).map((t) => [name, t] as const) : [],
      )
      const cases = fc.tuple(fc.constantFrom(...ways), question(type, resources), fc.integer({ min: 1, max: 9 }))
      await Promise.all(
        draw(cases, REVERSALS, 1000 * (i + 1) + salt).flatMap(([[name, parent], asked, limit]) => [
          agreeOn(name, parent, asked, limit, resources),
          // Without further conditions there is more to find.
          agreeOn(
            name,
            parent,
            { ...asked, given: {}, condition: { op: 'and', parts: [] }, sort: [] },
            limit,
            resources,
          ),
        ]),
      )
    }
  })
})
