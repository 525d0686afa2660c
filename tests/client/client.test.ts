// What a front-end team starts with, over HTTP: every operation of client/operations.
import { expect, test } from 'vitest'
import {
  during,
  ObservationTrendDocument,
  outcomeOf,
  PatientChartDocument,
  PatientHistoryDocument,
  PatientSearchDocument,
  PatientSearchNextDocument,
  RecordObservationDocument,
  UpdatePatientDocument,
} from '../../client/index.ts'
import { ANA, heartRate, LOINC, testClient } from './support.ts'

const hospital = testClient()

test('patients are paged through with the cursor of the page before', async () => {
  const client = hospital.connect()
  const families = ['Abel', 'Bach', 'Cole', 'Diaz', 'Egan']
  for (const family of families) {
    await hospital.server.ask('mutation($res: PatientInput!) { PatientCreate(res: $res) { id } }', {
      res: { name: [{ family, given: ['Paula'] }] },
    })
  }
  const first = await client.query(PatientSearchDocument, { name: ['Paula'], count: 2 })
  expect(first.error).toBeUndefined()
  const pages = [first.data!.PatientConnection!]
  while (pages.at(-1)!.pageInfo.hasNextPage) {
    const cursor = pages.at(-1)!.pageInfo.endCursor!
    pages.push((await client.query(PatientSearchNextDocument, { cursor })).data!.PatientConnection!)
  }
  const seen = pages.map(({ edges }) => edges!.map(({ node }) => node!.name![0]!.family))
  expect(seen).toEqual([['Abel', 'Bach'], ['Cole', 'Diaz'], ['Egan']])
  expect(pages[0]!.count).toBe(families.length)
})

test('a chart has vital signs, conditions, prescriptions and allergies', async () => {
  const client = hospital.connect()
  const patient = { reference: ANA }
  const active = (system: string) => ({
    coding: [{ system: `http://terminology.hl7.org/CodeSystem/${system}`, code: 'active' }],
  })
  const record = await hospital.server.ask(
    `mutation($condition: ConditionInput!, $order: MedicationRequestInput!, $allergy: AllergyIntoleranceInput!) {
      ConditionCreate(res: $condition) { id } MedicationRequestCreate(res: $order) { id }
      AllergyIntoleranceCreate(res: $allergy) { id } }`,
    {
      condition: { subject: patient, code: { text: 'Asthma' }, clinicalStatus: active('condition-clinical') },
      order: {
        subject: patient,
        status: 'active',
        intent: 'order',
        medicationCodeableConcept: { text: 'Salbutamol' },
        dosageInstruction: [{ text: 'two puffs as needed' }],
      },
      allergy: { patient, code: { text: 'Nuts' }, clinicalStatus: active('allergyintolerance-clinical') },
    },
  )
  expect(record.errors).toBeUndefined()
  await client.mutation(RecordObservationDocument, { res: heartRate(71, '2026-02-01T08:00:00Z') })
  const { data, error } = await client.query(PatientChartDocument, { id: 'ana' })
  expect(error).toBeUndefined()
  const chart = data!.Patient!
  expect(chart.name![0]!.family).toBe('Müller')
  expect(chart.vitalSigns!.map((sign) => sign.valueQuantity?.value)).toEqual([71])
  expect(chart.conditions!.map(({ code }) => code?.text)).toEqual(['Asthma'])
  expect(chart.medicationRequests![0]!.dosageInstruction![0]!.text).toBe('two puffs as needed')
  expect(chart.allergies!.map(({ code }) => code?.text)).toEqual(['Nuts'])
})

test('a trend is the values of a code in a time range, oldest first', async () => {
  const client = hospital.connect()
  for (const [value, day] of [
    [64, '2026-03-05'],
    [66, '2026-03-01'],
    [99, '2026-04-01'],
  ] as const)
    await client.mutation(RecordObservationDocument, { res: heartRate(value, day) })
  const period = during('2026-03', '2026-04')
  const { data } = await client.query(ObservationTrendDocument, { patient: ANA, code: `${LOINC}|8867-4`, period })
  expect(data!.ObservationList!.map(({ valueQuantity }) => valueQuantity?.value)).toEqual([66, 64])
})

test('an error carries its OperationOutcome, with the FHIRPath of each fault', async () => {
  const { status: _, ...res } = heartRate(70, 'yesterday')
  const { error } = await hospital.connect().mutation(RecordObservationDocument, { res })
  const outcome = outcomeOf(error)
  expect(outcome?.issue.length).toBeGreaterThan(0)
  expect(outcome?.issue[0]).toMatchObject({ severity: 'error', diagnostics: expect.any(String) })
  const { error: missing } = await hospital.connect().query(PatientChartDocument, { id: 'nobody' })
  expect(outcomeOf(missing)?.issue.map(({ code }) => code)).toEqual(['not-found'])
})

test('without a server there is no OperationOutcome', async () => {
  const client = hospital.connect()
  const { error } = await client.query(PatientChartDocument, { id: 'ana' }, { url: 'http://127.0.0.1:1/graphql' })
  expect(error?.networkError).toBeDefined()
  expect(outcomeOf(error)).toBeUndefined()
})

test('an update names the version it read, and a stale one is a conflict', async () => {
  const client = hospital.connect()
  await hospital.server.ask('mutation { PatientUpdate(id: "ben", res: {id: "ben", active: true}) { id } }')
  const res = { id: 'ben', name: [{ family: 'Benn' }] }
  const first = await client.mutation(UpdatePatientDocument, { id: 'ben', res, ifMatch: '1' })
  expect(first.data?.PatientUpdate?.meta?.versionId).toBe('2')
  const { error } = await client.mutation(UpdatePatientDocument, { id: 'ben', res, ifMatch: '1' })
  expect(outcomeOf(error)?.issue.map(({ code }) => code)).toEqual(['conflict'])
  const { data } = await client.query(PatientHistoryDocument, { id: 'ben' })
  expect(data!.PatientHistory!.map(({ versionId, operation }) => [versionId, operation])).toEqual([
    ['2', 'update'],
    ['1', 'create'],
  ])
})

test('each request is a POST with the headers of its moment', async () => {
  const client = hospital.connect()
  hospital.requests.length = 0
  await client.query(PatientChartDocument, { id: 'ana' })
  await client.query(PatientHistoryDocument, { id: 'ana' })
  expect(hospital.requests.map(({ method, headers }) => [method, headers.get('x-request')])).toEqual([
    ['POST', '0'],
    ['POST', '1'],
  ])
})
