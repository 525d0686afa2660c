// exportProof: what a patient takes home verifies against the log, and tells nothing that they were not told already.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseImplicit } from '../../src/consent/implicit.ts'
import { PACKS } from '../../src/consent/packs/index.ts'
import type { Asker } from '../../src/kernel/asker.ts'
import { utf8 } from '../../src/provenance/bytes.ts'
import { readDisclosed, readPolicy, verifyTlogProof } from '../../src/provenance/verifier/index.ts'
import { interactionFor } from '../../src/server/interaction-for.ts'
import { verify } from '../../src/server/log/verify-log.ts'
import { person } from '../store/people.ts'
import { type LogServer, logServer } from './log-server.ts'

const EXPORT = 'query ($p: ID!, $after: String) { exportProof(patient: $p, after: $after) { versions next } }'
let server: LogServer
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'export-'))
  server = await logServer({
    policies: { implicit: parseImplicit('deny'), packs: [PACKS.hipaa!] },
    // A caller who sees no names.
    interactionFor: async (services, asker, facts) => {
      const made = await interactionFor(services, asker, facts)
      if (asker.client !== 'nameless') return made
      const mask = ({ name: _, ...rest }: Record<string, unknown>) => rest
      return { ...made, view: { ...made.view, mask } }
    },
  })
  const put = async (text: string) => expect((await server.ask(`mutation { ${text} { id } }`)).errors).toBeUndefined()
  for (const id of ['ash', 'elm']) {
    await put(`PatientUpdate(id: "${id}", res: {id: "${id}", name: [{family: "${id}"}]})`)
    const about = `status: "final", code: {text: "pulse"}, subject: {reference: "Patient/${id}"}`
    await put(`ObservationUpdate(id: "o-${id}", res: {id: "o-${id}", ${about}, valueQuantity: {value: 1.10}})`)
  }
  await put('DeviceUpdate(id: "d-elm", res: {id: "d-elm", patient: {reference: "Patient/elm"}})')
  await server.ask('mutation { ObservationDelete(id: "o-ash") }', { wait: true })
})
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await server.close()
  expect(server.faults).toEqual([])
})

const patient = (id: string, more: Partial<Asker> = {}): Asker =>
  person(`Patient/${id}`, 'patient', 'PATRQT', {
    patient: id,
    scopes: [{ context: 'patient', type: '*', rights: ['r', 's'], filter: [] }],
    ...more,
  })

async function exported(id: string, as?: Asker): Promise<string[]> {
  const { data, errors } = await server.ask(EXPORT, { variables: { p: id }, ...(as && { as }) })
  expect(errors).toBeUndefined()
  expect(data.exportProof.next).toBeNull()
  return data.exportProof.versions.split('\n').slice(0, -1)
}
const names = (lines: string[]) =>
  lines.map(readDisclosed).map((one) => `${one?.resourceType}/${one?.id}/${one?.versionId} ${one?.op}`)

describe('an export', () => {
  it('has every version of the record, deletes too, for the patient', async () => {
    const lines = await exported('ash', patient('ash'))
    expect(names(lines)).toEqual(['Patient/ash/1 create', 'Observation/o-ash/1 create', 'Observation/o-ash/2 delete'])
    expect(lines[1]).toContain('1.10')
  })

  it("has the device that is the patient's", async () => {
    expect(names(await exported('elm', patient('elm')))).toContain('Device/d-elm/1 create')
  })

  it('verifies line by line offline, and as a file against the log', async () => {
    const lines = await exported('ash', patient('ash'))
    const policy = await readPolicy({ log: [server.vkey] })
    for (const line of lines) {
      const { leaf, proof } = JSON.parse(line)
      expect(await verifyTlogProof(proof, utf8(leaf), policy)).toHaveProperty('index')
    }
    const file = join(folder, 'ash.ndjson')
    writeFileSync(file, lines.join('\n'))
    expect(await verify({ place: server.log, versions: file }, () => {})).toEqual([])
    writeFileSync(file, lines.join('\n').replace('1.10', '1.11'))
    expect((await verify({ place: server.log, versions: file }, () => {})).map(({ code }) => code)).toEqual([
      'commitment-differs',
    ])
  })

  it('of somebody else is empty, as of nobody', async () => {
    for (const id of ['elm', 'nobody', 'no id']) expect(await exported(id, patient('ash'))).toEqual([])
  })

  it('is empty where no consent stands', async () => {
    const machine = person('Device/x', 'system', 'HRESCH', { organisation: 'Organization/a' })
    expect(await exported('ash', machine)).toEqual([])
  })

  it('leaves out what was not told whole: the salt would open the rest to guessing', async () => {
    const nameless = await exported('ash', patient('ash', { client: 'nameless' }))
    expect(names(nameless)).toEqual(['Observation/o-ash/1 create', 'Observation/o-ash/2 delete'])
  })

  it('is not for others', async () => {
    for (const [role, purpose] of [
      ['practitioner', 'TREAT'],
      ['nurse', 'TREAT'],
      ['researcher', 'HRESCH'],
    ] as const) {
      const { errors } = await server.ask(EXPORT, {
        variables: { p: 'ash' },
        as: person('Practitioner/x', role, purpose),
      })
      expect(errors?.[0].extensions.reason).toBe('role')
    }
    const { errors } = await server.ask(EXPORT, { variables: { p: 'ash' }, as: null })
    expect(errors?.[0].extensions.code).toBe('UNAUTHENTICATED')
  })

  it('goes on where a page ended, and nowhere else', async () => {
    const { data } = await server.ask(EXPORT, { variables: { p: 'ash', after: 'Patient/ash/1' } })
    expect(names(data.exportProof.versions.split('\n').slice(0, -1))).toEqual([
      'Observation/o-ash/1 create',
      'Observation/o-ash/2 delete',
    ])
    for (const after of ['', 'Patient', 'AuditEvent/x/1', "Patient/'/1", 'Patient/ash/0', 'Patient/ash/1/2'])
      expect((await server.ask(EXPORT, { variables: { p: 'ash', after } })).errors?.[0].extensions.reason).toBe(
        'bad-cursor',
      )
  })
})

describe('the entry of a record', () => {
  it('is told with the record alone', async () => {
    const as = patient('ash')
    const { data, errors } = await server.ask(
      '{ a: Patient(id: "ash") { provenance { entry } } b: Patient(id: "elm") { provenance { entry } } }',
      { as },
    )
    expect(data.a.provenance.entry).toMatch(/^[0-9a-f-]{36}$/)
    expect([data.b, errors?.[0].extensions.code]).toEqual([null, 'NOT_FOUND'])
  })

  it('cannot be fished for with a contained resource of the same id', async () => {
    const CONTAINED = `mutation ($res: ObservationInput!) {
      ObservationCreate(res: $res) { contained { ... on Patient { id provenance { entry } } } }
    }`
    const observation = (meta: object) => ({
      contained: [{ resourceType: 'Patient', id: 'elm', ...meta }],
      ...{ status: 'final', code: { text: 'x' }, subject: { reference: 'Patient/ash' } },
      focus: [{ reference: '#elm' }],
    })
    const refused = await server.ask(CONTAINED, { variables: { res: observation({ meta: { versionId: '1' } }) } })
    expect(JSON.stringify(refused.errors)).toContain('dom-4')
    const { data, errors } = await server.ask(CONTAINED, { variables: { res: observation({}) } })
    expect([errors, data?.ObservationCreate.contained]).toEqual([undefined, [{ id: 'elm', provenance: null }]])
  })
})
