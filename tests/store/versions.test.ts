// Older versions and deleted resources are told to whom they could be told then and now, and to nobody else: a history is
// no way around a label. https://hl7.org/fhir/R4/http.html#history
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Asker } from '../../src/kernel/asker.ts'
import { type TestApp, testApp } from '../support/app.ts'
import { person, put } from './people.ts'

const LOINC = 'http://loinc.org'
const ACT = 'http://terminology.hl7.org/CodeSystem/v3-ActCode'
const observation = (code: string) => ({
  status: 'final',
  code: { coding: [{ system: LOINC, code }] },
  subject: { reference: 'Patient/p' },
})
const PULSE = observation('8867-4')
const HIV_TEST = observation('7918-6')

const doctor = person('Practitioner/gp', 'practitioner', 'TREAT')
const specialist = person('Practitioner/specialist', 'practitioner', 'TREAT')
const researcher = person('Practitioner/researcher', 'researcher', 'HRESCH')
const patient = person('Patient/p', 'patient', 'PATRQT', { patient: 'p' })

const recipient = (reference: string) => ({
  role: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }] },
  reference: { reference },
})
const HIV = { securityLabel: [{ system: ACT, code: 'HIV' }] }
/** Everything for treatment; of HIV only the specialist is told. */
const CONSENT = {
  status: 'active',
  scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
  category: [{ coding: [{ system: LOINC, code: '59284-0' }] }],
  patient: { reference: 'Patient/p' },
  performer: [{ reference: 'Patient/p' }],
  dateTime: '2020-01-01',
  policyRule: { text: 'as said below' },
  provision: {
    type: 'permit',
    purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'TREAT' }],
    provision: [
      {
        type: 'deny',
        ...HIV,
        provision: [{ type: 'permit', actor: [recipient('Practitioner/specialist')], ...HIV }],
      },
    ],
  },
}

let server: TestApp
beforeAll(async () => {
  server = await testApp()
  await put(server, 'Patient', 'p', { active: true })
  await put(server, 'Consent', 'c', CONSENT)
  for (const res of [HIV_TEST, PULSE]) await put(server, 'Observation', 'mended', res)
  for (const res of [PULSE, HIV_TEST]) await put(server, 'Observation', 'worsened', res)
  await put(server, 'Observation', 'pulse', PULSE)
  for (const [id, res] of Object.entries({ gone: PULSE, secret: HIV_TEST, reborn: HIV_TEST })) {
    await put(server, 'Observation', id, res)
    expect((await server.ask(`mutation { ObservationDelete(id: "${id}") }`)).errors).toBeUndefined()
  }
  await put(server, 'Observation', 'reborn', PULSE)
})
afterAll(async () => {
  expect(server.faults).toEqual([])
  await server.close()
})

const NOT_FOUND = { code: 'NOT_FOUND', reason: 'not-found' }

/** Versions of a history, newest first; or that there is none. */
async function history(id: string, as?: Asker): Promise<string | string[]> {
  const query = `{ ObservationHistory(id: "${id}") { versionId operation resource { meta { versionId } } } }`
  const { data, errors } = await server.ask(query, {}, as)
  if (errors) return errors[0]!.extensions.code
  for (const { versionId, operation, resource } of data.ObservationHistory)
    expect(resource?.meta.versionId).toBe(operation === 'delete' ? undefined : versionId)
  return data.ObservationHistory.map(
    ({ versionId, operation }: { versionId: string; operation: string }) => `${versionId} ${operation}`,
  )
}

/** The answer to a version read, as text: what is held back and what never stood must not differ in a character. */
const version = async (id: string, versionId: string, as?: Asker) =>
  (await server.ask(`{ Observation(id: "${id}", versionId: "${versionId}") { meta { versionId } } }`, {}, as)).text

const refusedAs = async (id: string, versionId: string, as: Asker) => {
  const text = await version(id, versionId, as)
  expect(JSON.parse(text).errors?.[0]?.extensions).toMatchObject(NOT_FOUND)
  expect(text).toBe(await version('never', versionId, as))
}

describe('a version that bore an HIV label before the current one, which bears none', () => {
  test('is not told to whom HIV is not told: neither by its number nor in the history', async () => {
    await refusedAs('mended', '1', doctor)
    expect(JSON.parse(await version('mended', '2', doctor)).data.Observation.meta.versionId).toBe('2')
    expect(await history('mended', doctor)).toEqual(['2 update'])
  })

  test('is told to whom HIV is told, and to the operator', async () => {
    for (const as of [specialist, undefined]) {
      expect(JSON.parse(await version('mended', '1', as)).data.Observation.meta.versionId).toBe('1')
      expect(await history('mended', as)).toEqual(['2 update', '1 create'])
    }
  })

  test('is not reached by a reference to it either', async () => {
    const derivedFrom = [{ reference: 'Observation/mended/_history/1' }, { reference: 'Observation/mended' }]
    await put(server, 'Observation', 'later', { ...PULSE, derivedFrom })
    const query = `{ Observation(id: "later") {
      derivedFrom { resource(optional: true) { ... on Observation { meta { versionId } } } } } }`
    const told = async (as: Asker) => (await server.ask(query, {}, as)).data.Observation.derivedFrom
    expect(await told(doctor)).toEqual([{ resource: null }, { resource: { meta: { versionId: '2' } } }])
    expect(await told(specialist)).toEqual([
      { resource: { meta: { versionId: '1' } } },
      { resource: { meta: { versionId: '2' } } },
    ])
  })
})

describe('a version without a label before the current one, which bears HIV', () => {
  test('is not told to whom the current one is not told: the label came because it was missing', async () => {
    await refusedAs('worsened', '1', doctor)
    await refusedAs('worsened', '2', doctor)
    expect(await history('worsened', doctor)).toBe('NOT_FOUND')
  })

  test('is told to whom HIV is told', async () => {
    expect(await history('worsened', specialist)).toEqual(['2 update', '1 create'])
  })
})

describe('the history of a deleted resource', () => {
  test('is told to whom the resource was told', async () => {
    expect(await history('gone', doctor)).toEqual(['2 delete', '1 create'])
    expect(await history('gone', patient)).toBe('NOT_FOUND')
    expect(await history('gone', researcher)).toBe('NOT_FOUND')
  })

  test('does not tell that there was something to whom it was not told', async () => {
    expect(await history('secret', doctor)).toBe('NOT_FOUND')
    await refusedAs('secret', '1', doctor)
    await refusedAs('secret', '2', doctor)
    expect(await history('secret', specialist)).toEqual(['2 delete', '1 create'])
  })

  test('does not open when something harmless is stored under the same id', async () => {
    expect(await history('reborn', doctor)).toEqual(['3 update'])
    await refusedAs('reborn', '1', doctor)
    expect(await history('reborn', specialist)).toEqual(['3 update', '2 delete', '1 create'])
  })
})

describe('rows of before there were labels', () => {
  beforeAll(async () => {
    const content = JSON.stringify({ resourceType: 'Observation', id: 'old', meta: { versionId: '1' }, ...HIV_TEST })
    const client = new pg.Client({ connectionString: server.url })
    await client.connect()
    const at = "'old', 1, now(), 'p', false, $1"
    // Nor was there a log.
    await client.query('alter table resource_version drop constraint resource_version_logged')
    await client.query(
      `insert into observation (id, version, last_updated, patient, lossless, content, deleted, subject) values (${at}, false, 'Patient/p')`,
      [content],
    )
    await client.query(
      `insert into resource_version (id, version, last_updated, patient, lossless, content, type, operation) values (${at}, 'Observation', 'create')`,
      [content],
    )
    await client.end()
  })

  const asked = {
    read: '{ Observation(id: "old") { id } }',
    vread: '{ Observation(id: "old", versionId: "1") { id } }',
    history: '{ ObservationHistory(id: "old") { versionId } }',
    list: '{ ObservationList(_id: "old") { id } }',
    count: '{ ObservationConnection(_id: "old") { count } }',
    reverse: '{ Patient(id: "p") { ObservationList(_reference: subject, _id: "old") { id } } }',
  }

  test('wait for their labels: nobody but the operator is told of them, whatever the consent', async () => {
    const own = person('Patient/p', 'patient', 'PATRQT', { patient: 'p' })
    for (const [name, query] of Object.entries(asked)) {
      for (const as of [doctor, specialist, own]) {
        const { text } = await server.ask(query, {}, as)
        expect([name, as.user, text.replaceAll('"old"', '""')]).toEqual([
          name,
          as.user,
          expect.not.stringMatching(/"id":""|"count":1|"versionId"/),
        ])
      }
      expect((await server.ask(query)).text, name).toMatch(/"id":"old"|"count":1|"versionId":"1"/)
    }
  })
})
