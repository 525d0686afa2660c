// Attacks: learning of what is held back from its Provenance. Whatever is asked, the answer is that of a ward in which it never
// stood.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Asker } from '../../src/kernel/asker.ts'
import {
  asker,
  auditor,
  consent,
  doctor,
  observation,
  openWard,
  patient,
  purposes,
  stranger,
  type Ward,
} from '../consent/ward.ts'

type Node = Record<string, unknown>
const ACT_CODE = 'http://terminology.hl7.org/CodeSystem/v3-ActCode'
const coded = (id: string, code: string, more: Node = {}): Node => ({
  ...observation(id, 'p1'),
  code: { coding: [{ system: 'http://loinc.org', code }] },
  ...more,
})
const condition = (id: string): Node => ({ resourceType: 'Condition', id, subject: { reference: 'Patient/p1' } })
const HELD = ['hiv', 'code', 'date', 'was-hiv', 'is-hiv', 'gone-hiv', 'class'] as const

let ward: Ward
const ids = new Map<string, string[]>()
beforeAll(async () => {
  ward = await openWard()
  const deny = [
    { type: 'deny', securityLabel: [{ system: ACT_CODE, code: 'HIV' }] },
    { type: 'deny', code: [{ coding: [{ system: 'http://loinc.org', code: '2708-6' }] }] },
    { type: 'deny', class: [{ system: 'http://hl7.org/fhir/resource-types', code: 'Condition' }] },
    { type: 'deny', dataPeriod: { start: '2001-01-01', end: '2001-12-31' } },
  ]
  await ward.put(consent('c', 'p1', { type: 'permit', purpose: purposes('TREAT'), provision: deny }))
  await ward.put(observation('hiv', 'p1', 'HIV'))
  await ward.put(coded('code', '2708-6'))
  await ward.put(coded('date', '8867-4', { effectiveDateTime: '2001-05-05' }))
  await ward.put(condition('class'))
  await ward.put(observation('is-hiv', 'p1'))
  await ward.put(observation('is-hiv', 'p1', 'HIV'))
  await ward.put(coded('was-hiv', '2708-6'))
  await ward.put(observation('was-hiv', 'p1'))
  await ward.put(observation('gone-hiv', 'p1', 'HIV'))
  await ward.ask('mutation { ObservationDelete(id: "gone-hiv") }')
  await ward.put(observation('plain', 'p1'))
  for (const row of await ward.sql('select about_id, id from provenance_printed order by about_version'))
    ids.set(String(row.about_id), [...(ids.get(String(row.about_id)) ?? []), String(row.id)])
})
afterAll(async () => {
  expect(ward.faults).toEqual([])
  await ward.close()
})

const printedOf = (id: string) => ids.get(id) ?? []
const ask = async (query: string, who: Asker = doctor) => (await ward.ask(`{ ${query} }`, {}, who)).data

/** Ids of entries that nobody but those who see everything may hear of; a version that is harmless now is told. */
const secrets = () => HELD.flatMap((id) => (id === 'was-hiv' ? printedOf(id).slice(0, 1) : printedOf(id)))

test('the world is as it should be', async () => {
  expect(secrets()).toHaveLength(9)
  const { ObservationList: told } = await ask('ObservationList(patient: "p1", _sort: "_id") { id }')
  const seen = told.map(({ id }: { id: string }) => id)
  expect(seen).toEqual(['p1-alcohol', 'p1-normal', 'p1-notes', 'p1-very', 'plain', 'was-hiv'])
  // The patient reads it all: these are attacks on something.
  const own = await ask('ProvenanceList(_count: 500) { id }', patient('p1'))
  const hers = new Set(own.ProvenanceList.map(({ id }: { id: string }) => id))
  for (const id of secrets()) expect(hers).toContain(id)
})

describe.each([
  ['the doctor whom the consent names', doctor],
  ['a doctor of another house', stranger],
  ['an auditor', auditor],
  ['another patient', patient('p2')],
  [
    'a practitioner whose scope reaches Provenance alone',
    { ...doctor, scopes: [{ context: 'user', type: 'Provenance', rights: ['r', 's'], filter: [] }] } as Asker,
  ],
  [
    'a practitioner whose scope narrows Observation',
    {
      ...doctor,
      scopes: [
        ...doctor.scopes.map((scope) => ({ ...scope, type: 'Observation', filter: [['status', ['final']]] as const })),
        { context: 'user', type: 'Provenance', rights: ['r', 's'], filter: [] },
      ],
    } as Asker,
  ],
])('%s learns nothing', (_, who) => {
  const FILTERS = [
    ...HELD.flatMap((id) => ['Observation', 'Condition'].map((type) => `target: "${type}/${id}"`)),
    ...HELD.map((id) => `target: "${id}"`),
    ...HELD.map((id) => `entity: "Observation/${id}"`),
    ...['agent: "Device/operator"', 'agent_type: "enterer"', 'recorded: "gt2020"', '_lastUpdated: "gt2020"'],
    ...['_sort: "-recorded"', '_sort: "recorded"', '_sort: "location"', '_filter: "not (target eq Observation/plain)"'],
  ]

  test('from any list, or its count', async () => {
    const held = new Set(secrets())
    for (const filter of FILTERS) {
      const data = await ask(
        `ProvenanceList(${filter}, _count: 500) { id target { reference } } ProvenanceConnection(${filter}) { count edges { resource { id } } }`,
        who,
      )
      const list = data.ProvenanceList as { id: string }[]
      expect(list.filter(({ id }) => held.has(id))).toEqual([])
      expect(data.ProvenanceConnection.count).toBe(list.length)
    }
  })

  test('by id, in any interaction, and the answer is that for an id that never was', async () => {
    const none = '01900000-0000-7000-8000-000000000000'
    const asked = async (id: string) => {
      const query = `{ a: Provenance(id: "${id}") { id } b: Provenance(id: "${id}", versionId: "1") { id } c: ProvenanceHistory(id: "${id}") { versionId } d: ProvenanceList(_id: "${id}") { id } e: ProvenanceConnection(_id: "${id}") { count } }`
      const { status, data, errors } = await ward.ask(query, {}, who)
      const all = errors?.map((error) => JSON.stringify(error)).sort()
      return JSON.stringify({ status, data, all }).replaceAll(id, 'ID')
    }
    const silence = await asked(none)
    for (const id of secrets()) expect(await asked(id)).toBe(silence)
  })

  test('by reverse reference from what is told', async () => {
    const held = new Set(secrets())
    const data = await ask(
      'PatientList { ProvenanceList(_reference: "target") { id } } OrganizationList { ProvenanceList(_reference: "agent") { id } } DeviceList { ProvenanceList(_reference: "agent") { id } } ObservationList(_count: 500) { ProvenanceList(_reference: "target") { id } again: ProvenanceList(_reference: "entity") { id } }',
      who,
    )
    const found = JSON.stringify(data ?? {}).matchAll(/"id":"([^"]+)"/g)
    expect([...found].filter(([, id]) => held.has(id!))).toEqual([])
  })
})

test('what was harmless and is held back now is held back from the beginning; what is harmless now is told from then on', async () => {
  const { ProvenanceList: told } = await ask(
    'ProvenanceList(target: ["Observation/is-hiv", "Observation/was-hiv"]) { target { reference } entity { what { reference } } }',
  )
  expect(told).toEqual([
    {
      target: [{ reference: 'Observation/was-hiv/_history/2' }],
      entity: [{ what: { reference: 'Observation/was-hiv/_history/1' } }],
    },
  ])
})

test('what the statement would tell against the rules, the second wall stops', async () => {
  const [row] = await ward.sql("select sensitivity from resource_version where id = 'hiv'")
  const set = async (sensitivity: unknown) => {
    await ward.sql('alter table resource_version disable trigger user')
    await ward.sql("update resource_version set sensitivity = $1 where id = 'hiv'", [sensitivity])
    await ward.sql('alter table resource_version enable trigger user')
  }
  await set(1)
  const { data, errors } = await ward.ask('{ ProvenanceList(target: "Observation/hiv") { id } }', {}, doctor)
  expect([data?.ProvenanceList ?? null, errors?.length]).toEqual([null, 1])
  expect(ward.faults.splice(0)).toMatchObject([{ code: 'second-wall' }])
  await set(row!.sensitivity)
})

test('attack: an order that named a drug, after the drug has turned out to be another', async () => {
  const drug = (id: string, code: string): Node => ({
    resourceType: 'Medication',
    id,
    code: { coding: [{ system: 'http://www.nlm.nih.gov/research/umls/rxnorm', code }] },
  })
  const order = (names: string, status = 'active'): Node => ({
    ...{ resourceType: 'MedicationRequest', id: 'o', status, intent: 'order', subject: { reference: 'Patient/p1' } },
    authoredOn: '2026-01-05',
    medicationReference: { reference: `Medication/${names}` },
  })
  const versions = async () => {
    const { ProvenanceList: found } = await ask(
      'ProvenanceList(target: "MedicationRequest/o", _sort: "recorded") { target { reference } agent { type { coding { code } } } }',
    )
    return found.map(
      ({ target, agent }: { target: [{ reference: string }]; agent: [{ type: { coding: [{ code: string }] } }] }) =>
        `${target[0].reference.at(-1)} ${agent[0].type.coding[0].code}`,
    )
  }
  await ward.put(drug('x', '1191'))
  await ward.put(drug('y', '1191'))
  await ward.put(order('x'))
  await ward.put(order('x', 'completed'))
  expect(await versions()).toEqual(['1 enterer', '2 enterer'])
  await ward.put(order('y'))
  expect((await versions()).at(-1)).toEqual('3 enterer')
  await ward.put(drug('x', '1999667'))
  expect(await versions()).toEqual(['3 enterer'])
  await ward.put(drug('y', '1999667'))
  expect(await versions()).toEqual([])
  const all = await ask(
    'ProvenanceList(target: "MedicationRequest/o", _sort: "-recorded", _count: 1) { agent { type { coding { code } } } }',
    patient('p1'),
  )
  expect(all.ProvenanceList[0].agent[0].type.coding[0].code).toBe('assembler')
})

test('hidden from the role, hidden here', async () => {
  const researcher = asker('researcher', 'Practitioner/r', 'HRESCH')
  const { errors } = await ward.ask('{ ProvenanceList { id } }', {}, researcher)
  expect(errors).toHaveLength(1)
})
