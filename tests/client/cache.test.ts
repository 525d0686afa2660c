// The cache never shows one thing in the place of another, nor a list that a write of its own has made old.
import { gql } from '@urql/core'
import { describe, expect, test, vi } from 'vitest'
import { embedded, resource } from '../../client/cache-key.ts'
import { keys } from '../../client/generated/cache-keys.ts'
import {
  PatientChartDocument,
  type PatientChartQuery,
  PatientHistoryDocument,
  PatientSearchDocument,
  RecordObservationDocument,
  UpdatePatientDocument,
} from '../../client/index.ts'
import { heartRate, testClient } from './support.ts'

const hospital = testClient()

interface Order {
  readonly medicationReference: { readonly resource: { readonly code: { readonly text: string } } }
}

describe('an open chart', () => {
  /** The vital signs of each state that a view would have shown. */
  async function open() {
    const client = hospital.connect()
    const shown: (PatientChartQuery['Patient'] | undefined)[] = []
    const { unsubscribe } = client
      .query(PatientChartDocument, { id: 'ana' })
      .subscribe(({ data }) => void shown.push(data?.Patient))
    await vi.waitFor(() => expect(shown.at(-1)?.name).toBeDefined())
    return { client, unsubscribe, values: () => shown.at(-1)?.vitalSigns?.map((sign) => sign.valueQuantity?.value) }
  }

  test('shows what is recorded, the first value as well, and loses what is deleted', async () => {
    const chart = await open()
    expect(chart.values()).toEqual([])
    const record = (value: number, day: string) =>
      chart.client.mutation(RecordObservationDocument, { res: heartRate(value, day) })
    const first = await record(71, '2026-02-01')
    await vi.waitFor(() => expect(chart.values()).toEqual([71]))
    await record(72, '2026-02-02')
    await vi.waitFor(() => expect(chart.values()).toEqual([72, 71]))
    const gone = gql('mutation Remove($id: ID!) { ObservationDelete(id: $id) }')
    await chart.client.mutation(gone, { id: first.data?.ObservationCreate?.id })
    await vi.waitFor(() => expect(chart.values()).toEqual([72]))
    chart.unsubscribe()
  })

  test('asks nothing again for a write that is not its patient’s', async () => {
    const chart = await open()
    hospital.requests.length = 0
    const res = { ...heartRate(60, '2026-02-03'), subject: { display: 'somebody else' } }
    await chart.client.mutation(RecordObservationDocument, { res })
    await chart.client.query(PatientHistoryDocument, { id: 'ana' })
    expect(hospital.requests.length).toBe(2)
    chart.unsubscribe()
  })
})

test('an open search drops a patient who is renamed', async () => {
  const client = hospital.connect()
  await hospital.server.ask('mutation { PatientUpdate(id: "dee", res: {id: "dee", name: {family: "Dorn"}}) { id } }')
  const found: unknown[] = []
  const search = client.query(PatientSearchDocument, { name: ['Dorn'] })
  const { unsubscribe } = search.subscribe(({ data }) => void found.push(data?.PatientConnection?.edges?.length))
  await vi.waitFor(() => expect(found.at(-1)).toBe(1))
  const res = { id: 'dee', name: [{ family: 'Kern' }] }
  await client.mutation(UpdatePatientDocument, { id: 'dee', res, ifMatch: '1' })
  await vi.waitFor(() => expect(found.at(-1)).toBe(0))
  unsubscribe()
})

test('a chart that is asked for again has what others have written', async () => {
  const client = hospital.connect()
  const name = async () => (await client.query(PatientChartDocument, { id: 'eve' })).data?.Patient?.name?.[0]?.family
  const write = (family: string) =>
    hospital.server.ask(`mutation { PatientUpdate(id: "eve", res: {id: "eve", name: {family: "${family}"}}) { id } }`)
  await write('Before')
  expect(await name()).toBe('Before')
  await write('After')
  expect(await name()).toBe('After')
})

test('versions of a history stay apart, and the current one is not overwritten', async () => {
  const client = hospital.connect()
  const write = (family: string, ifMatch: string) =>
    client.mutation(UpdatePatientDocument, { id: 'cyd', res: { id: 'cyd', name: [{ family }] }, ifMatch })
  await hospital.server.ask('mutation { PatientUpdate(id: "cyd", res: {id: "cyd", name: {family: "One"}}) { id } }')
  await write('Two', '1')
  await write('Three', '2')
  await client.query(PatientChartDocument, { id: 'cyd' })
  const history = await client.query(PatientHistoryDocument, { id: 'cyd' })
  const families = history.data?.PatientHistory?.map((entry) => entry.resource?.name?.[0]?.family)
  expect(families).toEqual(['Three', 'Two', 'One'])
  const options = { requestPolicy: 'cache-only' } as const
  const again = await client.query(PatientHistoryDocument, { id: 'cyd' }, options)
  expect(again.data).toEqual(history.data)
  const chart = await client.query(PatientChartDocument, { id: 'cyd' }, options)
  expect(chart.data?.Patient?.name?.[0]?.family).toBe('Three')
})

test('two contained medications with the same local id stay two', async () => {
  const client = hospital.connect()
  const order = (text: string) => ({
    status: 'active',
    intent: 'order',
    subject: { display: 'anybody' },
    contained: [{ resourceType: 'Medication', id: 'med1', code: { text } }],
    medicationReference: { reference: '#med1' },
  })
  const create = 'mutation($res: MedicationRequestInput!) { MedicationRequestCreate(res: $res) { id } }'
  for (const text of ['Insulin', 'Heparin'])
    expect((await hospital.server.ask(create, { res: order(text) })).errors).toBeUndefined()
  const query = gql(`{ MedicationRequestList { id meta { versionId }
    medicationReference { resource { id meta { versionId } code { text } } } } }`)
  const { data } = await client.query(query, {})
  const texts = (data.MedicationRequestList as Order[]).map((order) => order.medicationReference.resource.code.text)
  expect(texts.sort()).toEqual(['Heparin', 'Insulin'])
})

test('keys: resources by id, past versions by version, everything else within its parent', () => {
  expect(keys.Patient!({ __typename: 'Patient', id: 'ana', meta: { versionId: '3' } } as never)).toBe('ana')
  const past = { id: 'ana', meta: { versionId: '3' }, pastVersion: { versionId: '3' } }
  expect(resource(past as never)).toBe('ana/_history/3')
  expect(resource({ id: 'med1' } as never)).toBeNull()
  for (const type of ['HumanName', 'Meta', 'PatientConnection', 'PatientEdge', 'PatientHistoryEntry', 'PageInfo'])
    expect(keys[type]).toBe(embedded)
})
