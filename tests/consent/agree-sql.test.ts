// The statement tells exactly the rows that the oracle permits: every record of many worlds, asked for by many askers, with
// the second wall judging each row once more on its way out.
import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SILENCE } from '../../src/consent/repertoire.ts'
import { mayAsk } from '../../src/consent/role-matrix.ts'
import type { Interaction } from '../../src/interactions/context.ts'
import { commit, prepare } from '../../src/interactions/pipeline.ts'
import type { Asker } from '../../src/kernel/asker.ts'
import { instant, now } from '../../src/kernel/clock.ts'
import { parseSearch } from '../../src/search/parse.ts'
import { operatorInteraction } from '../../src/server/operator.ts'
import { policiesOnFile } from '../../src/store/consent/policies-on-file.ts'
import { emergenciesOf } from '../../src/store/emergency.ts'
import { count, list } from '../../src/store/reader.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { SEED } from '../support/seed.ts'
import {
  askerArbitrary,
  emergenciesArbitrary,
  POOLS,
  questionOf,
  TYPES,
  type World,
  worldArbitrary,
} from './arbitraries.ts'
import { scopeIn } from './kernel.ts'
import { oracle } from './oracle/oracle.ts'
import type { Emergency, OracleQuestion, Resource } from './oracle/question.ts'

const WORLDS = 90
const ASKERS = 60
/** Who broke the glass, for many records at once. */
const RESCUERS = 20
const EVERYTHING: Asker['scopes'] = [{ context: 'user', type: '*', rights: ['c', 'r', 'u', 'd', 's'], filter: [] }]

let db: TestDatabase
let owner: pg.Client
let worlds: World[]
beforeAll(async () => {
  db = await testDatabase()
  owner = new pg.Client({ connectionString: db.url })
  await owner.connect()
  worlds = await store(fc.sample(worldArbitrary({ ...POOLS, now: now() }), { numRuns: WORLDS, seed: SEED }))
  await owner.query('analyze')
}, 120_000)
afterAll(async () => {
  await owner.end()
  await db.drop()
})

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
    const first = (await commit(calls, operator)).map(({ resource }) => resource!)
    const written = [...first, ...(await writtenAgain(first, operator))]
    const isConsent = ({ resourceType }: Resource) => resourceType === 'Consent'
    const record = written.filter((r) => !isConsent(r) && r.resourceType !== 'Patient')
    const standing = [...new Map(written.filter(isConsent).map((consent) => [consent.id, consent])).values()]
    made.push({ ...world, patient, record, consents: standing, now: now() })
  }
  return made
}

/** Every second consent gets another version that says nothing new: it was recorded when it was recorded. */
async function writtenAgain(written: readonly Resource[], operator: Interaction): Promise<Resource[]> {
  const again = written.filter(({ resourceType }, n) => resourceType === 'Consent' && n % 2 === 0)
  const calls = again.map((consent) => ({
    ...{ kind: 'update' as const, type: 'Consent', id: String(consent.id), resource: { ...consent, language: 'en' } },
    imported: true as const,
  }))
  for (const call of calls) prepare(call)
  const updated = calls.length === 0 ? [] : await commit(calls, operator)
  return updated.map(({ resource }, n) => {
    const { lastUpdated } = again[n]!.meta as { lastUpdated: string }
    return { ...resource, meta: { ...(resource!.meta as object), lastUpdated } }
  })
}

const COLUMNS = 'id, user_ref, organisation, patient, reason_code, reason_text, restricted, started, expires, ended'

/** What this asker broke, in every world, and nothing else. */
async function breakGlass(asker: Asker, seed: number): Promise<Emergency[][]> {
  const drawn = fc.sample(emergenciesArbitrary({ ...POOLS, now: now() }, asker), { numRuns: worlds.length, seed })
  const broken = drawn.map((all, n) => renamed(all, n))
  const at = (time: number | undefined) => (time === undefined ? null : instant(time))
  await owner.query('delete from emergency_access')
  const rows = broken.flat().map((one, i) => ({
    ...{ id: `e${i}`, user_ref: one.user, organisation: one.organisation ?? null, patient: one.patient },
    ...{ reason_code: 'x', reason_text: 'x', restricted: one.documented },
    ...{ started: at(one.started), expires: at(one.expires), ended: at(one.ended) },
  }))
  await owner.query(
    `insert into emergency_access (${COLUMNS}) select ${COLUMNS} from json_populate_recordset(null::emergency_access, $1::json)`,
    [JSON.stringify(rows)],
  )
  return broken
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

/** Asks for everything in every world. */
async function ask(
  drawn: Asker,
  { statutory, policy }: World,
  n: number,
): Promise<{ triples: number; permitted: number }> {
  const home = worlds[n % worlds.length]!
  const asker: Asker = { ...renamed(drawn, n % worlds.length), scopes: EVERYTHING }
  const broken = await breakGlass(asker, SEED + 2 + n)
  const questions = worlds.flatMap((world, at) =>
    world.record.map((resource) => {
      const emergencies = broken[at]!
      return questionOf({ ...world, asker, statutory, policy, emergencies, now: home.now }, resource)
    }),
  )
  // Half of them from a process that has not yet heard of any policy: then each row is asked about.
  const repertoire = n % 2 === 0 ? await policiesOnFile(db.database).repertoire() : SILENCE
  const emergencies = await emergenciesOf(db.database, asker)
  const view = { scope: scopeIn(questions[0]!, emergencies, repertoire), ...settled }
  let permitted = 0
  for (const type of TYPES) {
    const search = parseSearch(type, {}, now())
    const told = (await list(db.database, search, view, 10_000)).map(({ id }) => id).sort()
    const mine = questions.filter(({ resource }) => resource.resourceType === type)
    const permits = mine.filter((question) => expected(question, type)).map(({ resource }) => String(resource.id))
    expect({ asker, type, told }).toEqual({ asker, type, told: permits.sort() })
    expect(await count(db.database, search, view)).toBe(permits.length)
    permitted += permits.length
  }
  return { triples: questions.length, permitted }
}

async function askAll(askers: readonly (readonly [Asker, World])[], least: number): Promise<void> {
  let [triples, permitted] = [0, 0]
  for (const [n, [asker, world]] of askers.entries()) {
    const asked = await ask(asker, world, n)
    triples += asked.triples
    permitted += asked.permitted
  }
  expect(triples).toBeGreaterThanOrEqual(least)
  // A test that is never told anything, or everything, tells nothing.
  expect(permitted).toBeGreaterThan(triples / 20)
  expect(permitted).toBeLessThan((triples * 19) / 20)
}

const TIME = { timeout: 300_000 }

test(`tells what the oracle permits: ${WORLDS} records, ${ASKERS} askers (seed ${SEED})`, TIME, async () => {
  await askAll(
    fc.sample(fc.tuple(askerArbitrary(POOLS), worldArbitrary(POOLS)), { numRuns: ASKERS, seed: SEED + 1 }),
    20_000,
  )
})

test(`tells in emergencies what the oracle permits: ${RESCUERS} askers (seed ${SEED})`, TIME, async () => {
  const rescuers = askerArbitrary(POOLS).map((asker): Asker => ({ ...asker, role: 'practitioner', purpose: 'BTG' }))
  await askAll(fc.sample(fc.tuple(rescuers, worldArbitrary(POOLS)), { numRuns: RESCUERS, seed: SEED + 3 }), 7_000)
})
