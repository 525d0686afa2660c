// What opens a leaf opens the Provenance that it commits to as well: an export has it, for whoever is told it whole.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseImplicit } from '../../src/consent/implicit.ts'
import { PACKS } from '../../src/consent/packs/index.ts'
import { recordOf } from '../../src/interactions/provenance/record.ts'
import type { Asker } from '../../src/kernel/asker.ts'
import { readDisclosed } from '../../src/provenance/verifier/index.ts'
import { interactionFor, makeServices } from '../../src/server/interaction-for.ts'
import { type LogServer, logServer } from '../provenance-server/log-server.ts'
import { person } from '../store/people.ts'

const POLICIES = { implicit: parseImplicit('deny'), packs: [PACKS.hipaa!] }
let server: LogServer
beforeAll(async () => {
  server = await logServer({
    policies: POLICIES,
    // A caller who does not see who wrote.
    interactionFor: async (services, asker, facts) => {
      const made = await interactionFor(services, asker, facts)
      if (asker.client !== 'blind') return made
      const mask = ({ agent: _, ...rest }: Record<string, unknown>) => rest
      return { ...made, view: { ...made.view, mask } }
    },
  })
  const put = async (text: string) => expect((await server.ask(`mutation { ${text} { id } }`)).errors).toBeUndefined()
  for (const family of ['Ash', 'Oak'])
    await put(`PatientUpdate(id: "ash", res: {id: "ash", name: [{family: "${family}"}]})`)
  await server.ask('mutation { PatientUpdate(id: "elm", res: {id: "elm"}) { id } }', { wait: true })
})
afterAll(async () => {
  await server.close()
  expect(server.faults).toEqual([])
})

const patient = (id: string, types: readonly string[] = ['*'], more: Partial<Asker> = {}): Asker =>
  person(`Patient/${id}`, 'patient', 'PATRQT', {
    patient: id,
    scopes: types.map((type) => ({ context: 'patient', type, rights: ['r', 's'], filter: [] })),
    ...more,
  })

async function exported(as: Asker) {
  const { data } = await server.ask('{ exportProof(patient: "ash") { versions } }', { as })
  const lines: string[] = data.exportProof.versions.split('\n').slice(0, -1)
  return lines.map((line) => readDisclosed(line)!)
}

test('each line has the Provenance under the id of its entry, and the decision', async () => {
  const lines = await exported(patient('ash'))
  expect(lines.map(({ versionId }) => versionId)).toEqual(['1', '2'])
  for (const { provenance, entry, decision, versionId } of lines) {
    expect(decision).toBe(entry)
    expect(JSON.parse(provenance)).toMatchObject({
      id: entry,
      target: [{ reference: `Patient/ash/_history/${versionId}` }],
    })
  }
})

test('attack: the salt without the right to read Provenance, or to all of it', async () => {
  expect(await exported(patient('ash', ['Patient']))).toEqual([])
  expect(await exported(patient('ash', ['*'], { client: 'blind' }))).toEqual([])
})

test('beside its entry, for whom it is told', async () => {
  const services = await makeServices(server.database, 'urn:test', POLICIES)
  const [{ entry } = { entry: '' }] = await exported(patient('ash'))
  const of = async (as: Asker, id = entry) => recordOf(await interactionFor(services, as), { entry: id })
  expect(await of(patient('ash'))).toMatchObject({ resourceType: 'Provenance', id: entry })
  expect(await of(patient('elm'))).toBeNull()
  expect(await of(patient('ash', ['Patient']))).toBeNull()
  expect(await of(patient('ash'), '01900000-0000-7000-8000-000000000000')).toBeNull()
})
