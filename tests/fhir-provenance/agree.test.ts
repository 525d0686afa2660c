// The Provenance of a version is told exactly to whom the version is told in history: in many random worlds, asked by many
// askers, with the second wall judging each row once more on its way out.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SILENCE } from '../../src/consent/repertoire.ts'
import { mayAsk } from '../../src/consent/role-matrix.ts'
import { SEARCH } from '../../src/fhir/generated/search-parameters.ts'
import { type Call, commit, prepare } from '../../src/interactions/pipeline.ts'
import type { Asker } from '../../src/kernel/asker.ts'
import { now } from '../../src/kernel/clock.ts'
import { parseSearch } from '../../src/search/parse.ts'
import { operatorInteraction } from '../../src/server/operator.ts'
import { policiesOnFile } from '../../src/store/consent/policies-on-file.ts'
import { count, history, list, readMany } from '../../src/store/reader.ts'
import type { View } from '../../src/store/view.ts'
import { askerArbitrary, POOLS, questionOf, type World, worldArbitrary } from '../consent/arbitraries.ts'
import { scopeIn } from '../consent/kernel.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { SEED } from '../support/seed.ts'

type Node = Record<string, unknown>
const WORLDS = 24
const ASKERS = 24
const ROLES = ['patient', 'proxy', 'practitioner', 'nurse', 'auditor', 'system'] as const
const RIGHTS = ['c', 'r', 'u', 'd', 's'] as const
const EVERYTHING: Asker['scopes'] = [{ context: 'user', type: '*', rights: RIGHTS, filter: [] }]
/** Some types whole, one narrowed, Provenance itself of one patient alone. */
const PIECEMEAL = (patient: string): Asker['scopes'] => [
  { context: 'user', type: 'Observation', rights: ['r', 's'], filter: [] },
  { context: 'user', type: 'Condition', rights: ['r', 's'], filter: [['clinical-status', ['active']]] },
  { context: 'user', type: 'Patient', rights: ['s'], filter: [] },
  { context: 'user', type: 'Practitioner', rights: ['r'], filter: [] },
  { context: 'patient', type: 'Provenance', rights: ['r', 's'], filter: [] },
  { context: 'patient', type: 'Encounter', rights: ['r', 's'], filter: [] },
  ...(patient === '' ? EVERYTHING : []),
]

let db: TestDatabase
let worlds: World[]
beforeAll(async () => {
  db = await testDatabase()
  worlds = await store(fc.sample(worldArbitrary({ ...POOLS, now: now() }), { numRuns: WORLDS, seed: SEED }))
}, 120_000)
afterAll(() => db.drop())

const NAMES = /\b(p1|p2|obs-1|obs-2|con-1|con-2|med-1|enc-1|doc-1|all-1)\b/g
const renamed = <T>(value: T, n: number): T => JSON.parse(JSON.stringify(value).replaceAll(NAMES, `w${n}-$1`))

async function store(drawn: readonly World[]): Promise<World[]> {
  const operator = await operatorInteraction(db.database, 'test')
  const put = async (resources: readonly Node[]) => {
    const calls = resources.map(
      (resource): Call =>
        resource.deleted
          ? { kind: 'delete', type: String(resource.type), id: String(resource.id) }
          : { kind: 'update', type: String(resource.resourceType), id: String(resource.id), resource, imported: true },
    )
    for (const call of calls) prepare(call)
    if (calls.length > 0) await commit(calls, operator)
  }
  await put([
    { resourceType: 'Practitioner', id: 'dr-a' },
    { resourceType: 'Organization', id: 'org-a', name: 'A' },
  ])
  await put([{ resourceType: 'Organization', id: 'org-a', name: 'B' }])
  const made: World[] = []
  for (const [n, world] of drawn.entries()) {
    const record: readonly Node[] = renamed(world.record, n)
    await put([
      { resourceType: 'Patient', id: `w${n}-${world.patient}` },
      ...record,
      ...renamed(world.consents, n).map((c, i) => ({ ...c, id: `w${n}-c${i}` })),
    ])
    // What one record says now stands under the other's id, with other labels, codes and times.
    const again = record.flatMap((one, i) => {
      const other = drawn[(n + 1) % drawn.length]!.record.find(({ resourceType }) => resourceType === one.resourceType)
      return other && i % 2 === 0 ? [{ ...renamed(other, n), id: one.id }] : []
    })
    await put(again)
    const gone = record.filter((_, i) => i % 5 === 0)
    await put(gone.map(({ resourceType, id }) => ({ deleted: true, type: resourceType, id })))
    await put(gone.filter((_, i) => i % 2 === 0))
    made.push({ ...world, patient: `w${n}-${world.patient}`, now: now() })
  }
  return made
}

const settled = { told: () => {}, mask: <T>(resource: T) => resource }
const MOST = 100_000

async function versionsTold(asker: Asker, view: View): Promise<string[]> {
  const rows = await db.database.query<{ type: string; id: string }>({
    sql: 'select distinct type, id from resource_version',
    parameters: [],
  })
  const told: string[] = []
  for (const { type, id } of rows) {
    if (!mayAsk(asker, type, 'r').allowed) continue
    const found = await history(db.database, type, id, view, MOST, undefined)
    told.push(...found.map(({ versionId }) => `${type}/${id}/_history/${versionId}`))
  }
  return told.sort()
}

async function recordsTold(view: View) {
  const all = parseSearch('Provenance', {}, now())
  const found = await list(db.database, all, view, MOST)
  expect(await count(db.database, all, view)).toBe(found.length)
  const read = await readMany(
    db.database,
    'Provenance',
    found.map(({ id }) => id),
    view,
  )
  expect(read.map(({ id }) => id).sort()).toEqual(found.map(({ id }) => id).sort())
  return found.map(({ target }) => (target as { reference: string }[])[0]!.reference).sort()
}

/** Versions that name a Medication may be held back where they are no more what stands. */
async function doubtful(): Promise<Set<string>> {
  const rows = await db.database.query<{ name: string }>({
    sql: "select about_type || '/' || about_id || '/_history/' || about_version as name from provenance_printed where about like '%Medication/%'",
    parameters: [],
  })
  return new Set(rows.map(({ name }) => name))
}

const TIME = { timeout: 300_000 }
test(
  `tells of a version whom the version is told: ${WORLDS} records, ${ASKERS} askers (seed ${SEED})`,
  TIME,
  async () => {
    const medications = await doubtful()
    const drawn = fc.sample(fc.tuple(askerArbitrary(POOLS), fc.constantFrom(...ROLES)), {
      numRuns: ASKERS,
      seed: SEED + 1,
    })
    let [told, all] = [0, 0]
    for (const [n, [one, role]] of drawn.entries()) {
      const { statutory, policy, ...home } = worlds[n % worlds.length]!
      const bound = role === 'patient' || role === 'proxy'
      const purpose =
        { patient: 'PATRQT', proxy: 'PATRQT', auditor: 'HOPERAT' }[role as string] ??
        (role === 'practitioner' && n % 2 === 0 ? 'BTG' : n % 3 === 0 ? 'HOPERAT' : 'TREAT')
      const user = bound ? { user: `Patient/${home.patient}`, patient: home.patient } : { user: one.user }
      const scopes = n % 4 === 3 ? PIECEMEAL('x') : EVERYTHING
      const asker: Asker = {
        ...renamed(one, n % worlds.length),
        role,
        purpose,
        ...user,
        scopes,
        ...(n % 4 === 3 && { patient: home.patient }),
      }
      const question = questionOf({ ...home, asker, statutory, policy, emergencies: [] }, home.record[0]!)
      // The glass is broken for every other record.
      const broken = worlds.flatMap(({ patient }, i) => (i % 2 === 0 ? [{ patient, documented: i % 4 === 0 }] : []))
      const repertoire = n % 2 === 0 ? await policiesOnFile(db.database).repertoire() : SILENCE
      const view: View = { scope: scopeIn(question, broken, repertoire), ...settled }
      const may = mayAsk(asker, 'Provenance', 's').allowed
      const records = await recordsTold(view)
      if (!may) expect(records).toEqual([])
      const versions = may ? await versionsTold(asker, view) : []
      // Of a type that the scope narrows nothing is told here; the Provenance's own scope reaches one patient.
      const expected = n % 4 === 3 ? await within(versions, home.patient) : versions
      const sure = (names: readonly string[]) => names.filter((name) => !medications.has(name))
      expect({ asker, told: sure(records) }).toEqual({ asker, told: sure(expected) })
      expect(expected).toEqual(expect.arrayContaining(records))
      told += records.length
      all += expected.length
    }
    // A test that is never told anything tells nothing.
    expect(told).toBeGreaterThan(200)
    expect(told).toBeGreaterThan(all * 0.7)
  },
)

async function within(versions: readonly string[], patient: string): Promise<string[]> {
  const rows = await db.database.query<{ name: string }>({
    sql: "select type || '/' || id || '/_history/' || version as name from resource_version where patient is null or patient = $1",
    parameters: [patient],
  })
  const names = new Set(rows.map(({ name }) => name))
  return versions.filter((name) => names.has(name) && !name.startsWith('Condition/'))
}

test('every type whose versions are kept has its Provenance told to the operator', async () => {
  const operator = await operatorInteraction(db.database, 'test')
  const types = new Set((await recordsTold(operator.view)).map((name) => name.slice(0, name.indexOf('/'))))
  for (const type of types) expect(Object.keys(SEARCH)).toContain(type)
  expect(types.size).toBeGreaterThan(4)
})
