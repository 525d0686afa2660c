// The statement tells exactly the rows that the oracle permits: every record of many worlds, asked for by many askers, with
// the second wall judging each row once more on its way out.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SILENCE } from '../../src/consent/repertoire.ts'
import { mayAsk } from '../../src/consent/role-matrix.ts'
import { commit, prepare } from '../../src/interactions/pipeline.ts'
import type { Asker } from '../../src/kernel/asker.ts'
import { now } from '../../src/kernel/clock.ts'
import { parseSearch } from '../../src/search/parse.ts'
import { operatorInteraction } from '../../src/server/operator.ts'
import { policiesOnFile } from '../../src/store/consent/policies-on-file.ts'
import { count, list } from '../../src/store/reader.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { askerArbitrary, POOLS, questionOf, TYPES, type World, worldArbitrary } from './arbitraries.ts'
import { scopeOf } from './kernel.ts'
import { oracle } from './oracle/oracle.ts'
import type { OracleQuestion, Resource } from './oracle/question.ts'

const WORLDS = 90
const ASKERS = 60
const SEED = Number(process.env.CONSENT_SEED ?? Math.floor(Math.random() * 2 ** 31))
const EVERYTHING: Asker['scopes'] = [{ context: 'user', type: '*', rights: ['c', 'r', 'u', 'd', 's'], filter: [] }]

let db: TestDatabase
let worlds: World[]
beforeAll(async () => {
  db = await testDatabase()
  worlds = await store(fc.sample(worldArbitrary({ ...POOLS, now: now() }), { numRuns: WORLDS, seed: SEED }))
}, 120_000)
afterAll(() => db.drop())

const NAMES = /\b(p1|p2|obs-1|obs-2|con-1|con-2|med-1|enc-1|doc-1|all-1)\b/g
const renamed = <T>(value: T, n: number): T => JSON.parse(JSON.stringify(value).replaceAll(NAMES, `w${n}-$1`))

/** The worlds as the store holds them: with its versions, dates and labels. */
async function store(drawn: readonly World[]): Promise<World[]> {
  const operator = await operatorInteraction(db.database, 'test')
  const made: World[] = []
  for (const [n, world] of drawn.entries()) {
    const patient = `w${n}-${world.patient}`
    const consents = renamed(world.consents, n).map((c, i) => ({ ...c, id: `w${n}-c${i}` }))
    const all: Resource[] = [{ resourceType: 'Patient', id: patient }, ...renamed(world.record, n), ...consents]
    const calls = all.map((resource) => ({
      ...{ kind: 'update' as const, type: String(resource.resourceType), id: String(resource.id), resource },
      imported: true as const,
    }))
    for (const call of calls) prepare(call)
    const written = (await commit(calls, operator)).map(({ resource }) => resource!)
    const isConsent = ({ resourceType }: Resource) => resourceType === 'Consent'
    const record = written.filter((r) => !isConsent(r) && r.resourceType !== 'Patient')
    made.push({ ...world, patient, record, consents: written.filter(isConsent), now: now() })
  }
  return made
}

const settled = { told: () => {}, mask: <T>(resource: T) => resource }

/** Who may not even ask, or is bound to somebody else, is told nothing, whatever consents say. */
function expected(question: OracleQuestion, type: string): boolean {
  const { asker, patient } = question
  const bound = asker.role === 'patient' || asker.role === 'proxy'
  return (
    mayAsk(asker, type, 's').allowed && (!bound || asker.patient === patient) && oracle(question).effect === 'permit'
  )
}

test(`tells what the oracle permits: ${WORLDS} records, ${ASKERS} askers (seed ${SEED})`, {
  timeout: 300_000,
}, async () => {
  const askers = fc.sample(fc.tuple(askerArbitrary(POOLS), worldArbitrary(POOLS)), { numRuns: ASKERS, seed: SEED + 1 })
  const known = await policiesOnFile(db.database).repertoire()
  let [triples, permitted] = [0, 0]
  for (const [n, [drawn, { statutory, policy }]] of askers.entries()) {
    const home = worlds[n % worlds.length]!
    const asker: Asker = { ...renamed(drawn, n % worlds.length), scopes: EVERYTHING }
    const questions = worlds.flatMap((world) =>
      world.record.map((resource) => questionOf({ ...world, asker, statutory, policy, now: home.now }, resource)),
    )
    // Half of them from a process that has not yet heard of any policy: then each row is asked about.
    const view = { scope: scopeOf(questions[0]!, n % 2 === 0 ? known : SILENCE), ...settled }
    for (const type of TYPES) {
      const search = parseSearch(type, {}, now())
      const told = (await list(db.database, search, view, 10_000)).map(({ id }) => id).sort()
      const mine = questions.filter(({ resource }) => resource.resourceType === type)
      const permits = mine.filter((question) => expected(question, type)).map(({ resource }) => String(resource.id))
      expect({ asker, type, told }).toEqual({ asker, type, told: permits.sort() })
      expect(await count(db.database, search, view)).toBe(permits.length)
      triples += mine.length
      permitted += permits.length
    }
  }
  expect(triples).toBeGreaterThanOrEqual(20_000)
  // A test that is never told anything, or everything, tells nothing.
  expect(permitted).toBeGreaterThan(triples / 20)
  expect(permitted).toBeLessThan((triples * 19) / 20)
})
