// A relabelling follows drugs by reference as every write does: current rows, and versions that name what they do not name
// any more.
import { afterEach, expect, test } from 'vitest'
import { relabel } from '../../src/interactions/relabel.ts'
import { operatorInteraction } from '../../src/server/operator.ts'
import { type Database, migrateDatabase, openDatabase } from '../../src/store/database.ts'
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
