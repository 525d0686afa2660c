// Devices and Groups are a directory that everybody reads, but for those that name a patient: inside something that is told
// they are told as consent would tell them by themselves, and what names somebody of whom we know no record is nobody's.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PACKS } from '../../src/consent/packs/index.ts'
import type { Asker } from '../../src/kernel/asker.ts'
import {
  asker,
  consent,
  doctor,
  emergency,
  observation,
  openWard,
  patient,
  purposes,
  stranger,
  type Ward,
} from './ward.ts'

type Node = Record<string, unknown>

let ward: Ward
beforeAll(async () => {
  const implicit = { byDefault: 'break-glass-only', byCustodian: new Map() } as const
  ward = await openWard({ implicit, packs: [PACKS.hipaa!] })
})
afterAll(async () => {
  expect(ward.faults).toEqual([])
  await ward.close()
})

const STRANGERS: readonly (readonly [string, Node])[] = [
  ['a number', { identifier: { system: 'urn:test:insured', value: '1' } }],
  ['a name', { display: 'Somebody' }],
  ['the address of another server', { reference: 'https://elsewhere.example/fhir/Patient/p1' }],
  ['a urn', { reference: 'urn:uuid:5b1e2f0e-0000-4000-8000-000000000000' }],
  ['a contained patient', { reference: '#pp' }],
]
const PERSON = { resourceType: 'Patient', id: 'pp', gender: 'unknown' }
const device = (whose?: Node) => ({ resourceType: 'Device', serialNumber: '1', ...(whose && { patient: whose }) })
const group = (...members: Node[]) => ({
  resourceType: 'Group',
  type: 'person',
  actual: true,
  ...(members.length > 0 && { member: members.map((entity) => ({ entity })) }),
})

describe('contained in an observation that is told', () => {
  const permit = { type: 'permit', purpose: purposes('TREAT') }
  const onlyObservations = { ...permit, class: [{ system: 'http://hl7.org/fhir/resource-types', code: 'Observation' }] }

  /** Types of what the doctor is told inside the observation, the patient whom it may name aside. */
  async function told(inner: Node, provision: Node): Promise<string[]> {
    await ward.put(consent('c', 'p1', provision))
    const contained = [{ ...inner, id: 'd' }, PERSON]
    await ward.put({ ...observation('outer', 'p1'), contained, focus: [{ reference: '#d' }, { reference: '#pp' }] })
    const { data } = await ward.ask('{ Observation(id: "outer") { contained { __typename } } }', {}, doctor)
    const types = (data.Observation.contained ?? []).map(({ __typename }: { __typename: string }) => __typename)
    return types.filter((type: string) => type !== 'Patient')
  }

  const ours = ['a record of ours', { reference: 'Patient/p1' }] as const
  describe.each([ours, ...STRANGERS])('naming the patient by %s', (_, whose) => {
    test.each([device(whose), group(whose)])(
      'attack: a $resourceType travels inside what is permitted',
      async (inner) => {
        expect(await told(inner, permit)).toEqual([inner.resourceType])
        expect(await told(inner, onlyObservations)).toEqual([])
      },
    )
  })

  test.each([device(), group()])('a $resourceType that names no patient is open there too', async (inner) => {
    expect(await told(inner, onlyObservations)).toEqual([inner.resourceType])
  })
})

describe('by themselves', () => {
  const ASKERS: readonly Asker[] = [
    ...[doctor, stranger, emergency],
    asker('researcher', 'Practitioner/gp', 'HRESCH', { organisation: 'h1' }),
    asker('admin', 'Practitioner/gp', 'HOPERAT', { organisation: 'h1' }),
    asker('system', 'Device/feed', 'TREAT', { organisation: 'h1' }),
  ]
  // The role matrix lets no patient ask for Groups.
  const askersOf = (type: string) => (type === 'Group' ? ASKERS : [...ASKERS, patient('p1')])
  beforeAll(async () => {
    const why = 'reasonCode: "unresponsive", reasonText: "Found unconscious at home."'
    const { errors } = await ward.ask(`mutation { emergencyAccess(patient: "p1", ${why}) { id } }`, {}, emergency)
    expect(errors).toBeUndefined()
  })
  const query = (type: string, id: string) => `{
    list: ${type}List(_id: "${id}") { id }
    one: ${type}(id: "${id}") { id }
    past: ${type}(id: "${id}", versionId: "1") { id }
    history: ${type}History(id: "${id}") { resource { id } }
  }`
  const told = (id: string) => ({ list: [{ id }], one: { id }, past: { id }, history: [{ resource: { id } }] })
  const SILENT = { list: [], one: null, past: null, history: null }

  let nth = 0
  /** Expects that the operator is told the resource. What everybody else is told, and what being told it all would be. */
  async function heard(resource: Node) {
    const id = `s${++nth}`
    await ward.put({ ...resource, id })
    const type = String(resource.resourceType)
    expect((await ward.ask(query(type, id))).data).toEqual(told(id))
    const answers = await Promise.all(askersOf(type).map((who) => ward.ask(query(type, id), {}, who)))
    return { all: told(id), answers: answers.map(({ data }) => data) }
  }
  const practitioner = { reference: 'Practitioner/gp' }

  describe.each(STRANGERS)('naming a patient by %s', (_, whose) => {
    test.each([
      ['Device', device(whose)],
      ['Group', group(whose)],
      ['Group with others in it', group(practitioner, whose)],
    ])('attack: everybody reads the %s as if it were about nobody', async (_, resource) => {
      const { answers } = await heard({ ...resource, ...(whose.reference === '#pp' && { contained: [PERSON] }) })
      expect(answers).toEqual(answers.map(() => SILENT))
    })
  })

  test('attack: a patient of another server in a Group of practitioners', async () => {
    const { answers } = await heard({
      ...group({ reference: 'https://elsewhere.example/Patient/1' }),
      type: 'practitioner',
    })
    expect(answers).toEqual(answers.map(() => SILENT))
  })

  test.each([
    ['Device', device()],
    ['Group', group()],
    ['Group of practitioners', group(practitioner)],
    ['Group of practitioners known by name', { ...group({ display: 'Somebody' }), type: 'practitioner' }],
    ['Group with a practitioner of another server', group({ reference: 'https://elsewhere.example/Practitioner/1' })],
  ])('a %s of the catalogue is open to all', async (_, resource) => {
    const { answers, all } = await heard(resource)
    expect(answers).toEqual(answers.map(() => all))
  })
})
