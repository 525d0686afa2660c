// A relabelling follows drugs by reference as every write does: current rows, and versions that name what they do not name
// any more.
import { afterEach, expect, test } from 'vitest'
import { NAMES_MEDICATION } from '../../src/consent/labelling/named.ts'
import { relabel } from '../../src/interactions/relabel.ts'
import { hash64 } from '../../src/kernel/hash.ts'
import { operatorInteraction } from '../../src/server/operator.ts'
import { type Database, migrateDatabase, openDatabase } from '../../src/store/database.ts'
import { write } from '../../src/store/writer.ts'
import { type Previous, previousRelease } from './previous-release.ts'

let previous: Previous
let owner: Database
afterEach(async () => {
  await owner.close()
  await previous.drop()
})

// biome-ignore lint/suspicious/noExplicitAny: rows have the shape of their query
const rows = async (sql: string): Promise<any[]> => (await previous.client.query(sql)).rows
const subject = { reference: 'Patient/p1' }

test('rules that did not follow a drug by reference: what stands rises, and the versions that named it before', async () => {
  const naming = (id: string) => ({
    status: 'active',
    intent: 'order',
    medicationReference: { reference: `Medication/${id}` },
    subject,
  })
  const rxnorm = (code: string) => ({
    code: { coding: [{ system: 'http://www.nlm.nih.gov/research/umls/rxnorm', code }] },
  })
  previous = await previousRelease([
    ['Patient', 'p1', {}],
    ['Medication', 'hiv', rxnorm('1191'), rxnorm('1999667')],
    ['Medication', 'aspirin', rxnorm('1191')],
    ['MedicationRequest', 'now', naming('hiv')],
    ['MedicationRequest', 'before', naming('hiv'), naming('aspirin')],
    ['MedicationRequest', 'never', naming('aspirin')],
  ])
  await migrateDatabase(previous.url)
  owner = await openDatabase({ url: previous.url, poolSize: 3, migrate: false })
  for (const table of ['medication_request', 'medication', 'patient', 'resource_version'])
    await previous.client.query(
      `update ${table} set confidentiality = 3, sensitivity = 1, facts = '{}', shared = false, patient = 'p1'`,
    )
  await relabel(await operatorInteraction(owner, 'test'))
  expect(
    await rows(
      "select id, version, confidentiality from resource_version where type = 'MedicationRequest' order by 1, 2",
    ),
  ).toEqual([
    { id: 'before', version: 1, confidentiality: 4 },
    { id: 'before', version: 2, confidentiality: 3 },
    { id: 'never', version: 1, confidentiality: 3 },
    { id: 'now', version: 1, confidentiality: 4 },
    { id: 'now', version: 2, confidentiality: 4 },
  ])
  expect(await rows('select id, version, confidentiality from medication_request order by 1')).toEqual([
    { id: 'before', version: 2, confidentiality: 3 },
    { id: 'never', version: 1, confidentiality: 3 },
    { id: 'now', version: 2, confidentiality: 4 },
  ])
})

test('attack: what named a drug before there were words for it, when the drug rises at last', async () => {
  const to = { reference: 'https://records.example.org/fhir/R4/Medication/m' }
  const plain = { code: { coding: [{ system: 'http://www.whocc.no/atc', code: 'N02BA01' }] } }
  previous = await previousRelease([
    ['Patient', 'p1', {}],
    ['Medication', 'm', plain],
    ['Medication', 'mix', { ...plain, ingredient: [{ itemReference: to }] }],
    ['Observation', 'focus', { status: 'final', code: { text: 'level' }, subject, focus: [to] }],
    ['Observation', 'none', { status: 'final', code: { text: 'level' }, subject }],
    ['MedicationRequest', 'mixed', { medicationReference: { reference: 'Medication/mix' }, subject }],
    ['MedicationRequest', 'gone', { supportingInformation: [to], subject }, null],
  ])
  await migrateDatabase(previous.url)
  owner = await openDatabase({ url: previous.url, poolSize: 3, migrate: false })
  for (const table of ['medication_request', 'medication', 'observation', 'patient', 'resource_version'])
    await previous.client.query(
      `update ${table} set confidentiality = 3, sensitivity = 1, facts = '{7}', shared = false, patient = 'p1'`,
    )
  await relabel(await operatorInteraction(owner, 'test'))
  const marked = `facts @> '{${hash64(NAMES_MEDICATION)}}'::bigint[]`
  expect(
    await rows(`select id, version from resource_version where ${marked} and facts @> '{7}' order by 1, 2`),
  ).toEqual([
    { id: 'focus', version: 1 },
    { id: 'gone', version: 1 },
    { id: 'gone', version: 2 },
    { id: 'mix', version: 1 },
    { id: 'mixed', version: 1 },
  ])
  const code = { coding: [{ system: 'http://www.whocc.no/atc', code: 'J05AR03' }] }
  await write(owner, [{ type: 'Medication', id: 'm', resource: { resourceType: 'Medication', code } }])
  const all =
    'select id, confidentiality as level from observation union all select id, confidentiality from medication_request'
  expect(await rows(`${all} order by 1`)).toEqual([
    { id: 'focus', level: 4 },
    { id: 'gone', level: 3 },
    { id: 'mixed', level: 4 },
    { id: 'none', level: 3 },
  ])
})

test('attack: words are added to a version once, and nothing is taken from it', async () => {
  previous = await previousRelease([['Patient', 'p1', {}]])
  await migrateDatabase(previous.url)
  owner = await openDatabase({ url: previous.url, poolSize: 1, migrate: false })
  const set = (facts: string, more = '') => rows(`update resource_version set facts = '{${facts}}'${more}`)
  const word = hash64(NAMES_MEDICATION)
  await set('7,8')
  await expect(set('7,8,9')).rejects.toThrow('append-only')
  await expect(set(`7,${word}`)).rejects.toThrow('append-only')
  await expect(set(`7,8,${word}`, ", patient = 'p2'")).rejects.toThrow('append-only')
  await set(`7,8,9,${word}`)
  await expect(set(`7,8,9,10,${word}`)).rejects.toThrow('append-only')
})
