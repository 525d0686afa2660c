// Two printers of one text: JavaScript's, which the leaf commits to, and the view's, which is told. And two ways to the search
// columns: those of the view, and indexRow, which reads the finished JSON.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { validate } from '../../src/fhir/validate.ts'
import { type Asker, ROLES } from '../../src/kernel/asker.ts'
import { commitment } from '../../src/provenance/commitment.ts'
import { readLeaf } from '../../src/provenance/leaf.ts'
import { hmacSha256 } from '../../src/provenance/native-hash.ts'
import { indexRow } from '../../src/search/index-row.ts'
import { leafOf, saltOf } from '../../src/store/log/reader.ts'
import { askerFrame, type ProvenanceFrame, RULES_FRAME } from '../../src/store/provenance/frame.ts'
import { keepFrame } from '../../src/store/provenance/frames.ts'
import { provenanceText } from '../../src/store/provenance/text.ts'
import { type Write, write } from '../../src/store/writer.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db.drop())

const NURSE: Asker = {
  ...{ issuer: 'https://issuer.example', subject: 'n', client: 'app', user: 'Practitioner/n1', role: 'nurse' },
  ...{ organisation: 'h1', groups: [], scopes: [], purpose: 'TREAT' },
}
const observation = (n: number) => ({ resourceType: 'Observation', status: 'final', code: { text: String(n) } })

type Row = Record<string, unknown>
const rows = (sql: string, parameters: unknown[] = []) => db.database.query<Row>({ sql, parameters })
const printed = async (entry: string) =>
  (await rows('select to_jsonb(p) as row from provenance_printed p where entry = $1', [entry]))[0]!.row as Row

async function put(frame: ProvenanceFrame, more: Partial<Write> & { id: string }) {
  const type = more.type ?? 'Observation'
  const resource = type === 'Observation' ? observation(1) : { resourceType: type }
  const [written] = await write(db.database, [{ type, resource, ...more, frame: await keepFrame(db.database, frame) }])
  return written!
}

const at = async (type: string, id: string, version: number) =>
  (
    await rows(
      `select operation as op, to_char(last_updated at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as recorded, content from resource_version where type = $1 and id = $2 and version = $3`,
      [type, id, version],
    )
  )[0]!

async function agree(frame: ProvenanceFrame, type: string, id: string, version: number, entry: string) {
  const { op, recorded, content } = (await at(type, id, version)) as { op: 'create'; recorded: string; content: string }
  const text = provenanceText(frame, { type, id, version, op, entry, recorded })
  const row = await printed(entry)
  expect(row.content).toBe(text)
  // As the reader prints it again for an export.
  expect(JSON.stringify(JSON.parse(text))).toBe(text)
  expect(validate('Provenance', JSON.parse(text))).toEqual([])
  const found = (await leafOf(db.database, { type, id, version }))!
  const parts = { resourceType: type, id, versionId: String(version), op, resource: content ?? '', provenance: text }
  const expected = commitment(hmacSha256, (await saltOf(db.database, found))!, { ...parts, decision: entry })
  expect(Buffer.from(readLeaf(found.leaf)!.commitment)).toEqual(Buffer.from(expected))
  return { row, resource: JSON.parse(text) as Row }
}

describe('the text of the view is the text that the leaf commits to', () => {
  test('create, update, delete, and what is stored again', async () => {
    const frame = askerFrame(NURSE, false)
    const entries: string[] = []
    for (const resource of [observation(1), observation(2), undefined, observation(3)])
      entries.push((await put(frame, { id: 'o', resource })).entry!)
    const told = []
    for (const [i, entry] of entries.entries())
      told.push((await agree(frame, 'Observation', 'o', i + 1, entry)).resource)
    expect(told[0]).toEqual({
      resourceType: 'Provenance',
      id: entries[0],
      meta: { versionId: '1', lastUpdated: expect.stringMatching(/Z$/) },
      target: [{ reference: 'Observation/o/_history/1' }],
      recorded: (told[0]!.meta as Row).lastUpdated,
      reason: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'TREAT' }] }],
      activity: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-DataOperation', code: 'CREATE' }] },
      agent: [
        {
          type: {
            coding: [{ system: 'http://terminology.hl7.org/CodeSystem/provenance-participant-type', code: 'author' }],
          },
          role: [{ coding: [{ system: 'https://healthchain.example/fhir/CodeSystem/role', code: 'nurse' }] }],
          who: { reference: 'Practitioner/n1' },
          onBehalfOf: { reference: 'Organization/h1' },
        },
      ],
    })
    const entity = (role: string, n: number) => [{ role, what: { reference: `Observation/o/_history/${n}` } }]
    expect(told.map((one) => one.entity)).toEqual([
      undefined,
      entity('revision', 1),
      entity('removal', 2),
      entity('revision', 3),
    ])
  })

  test('whoever asks, whatever their names hold', async () => {
    const texts = fc.string({ unit: 'binary', maxLength: 20 })
    const asker = fc.record({
      ...{ issuer: texts, subject: texts, client: texts, role: fc.constantFrom(...ROLES), purpose: texts },
      user: fc.oneof(
        texts,
        fc.constantFrom('Person/1', 'Patient/p', 'Device/d', 'PractitionerRole/x', 'Practitioner/a-b.c'),
      ),
      organisation: fc.option(texts, { nil: undefined }),
    })
    let n = 0
    await fc.assert(
      fc.asyncProperty(asker, fc.boolean(), async (one, enters) => {
        const frame = askerFrame({ ...one, groups: [], scopes: [] } as unknown as Asker, enters)
        const id = `any-${n++}`
        await agree(frame, 'Observation', id, 1, (await put(frame, { id })).entry!)
      }),
      { numRuns: 60 },
    )
  })

  test('what the labelling rules write', async () => {
    const { entry } = await put(RULES_FRAME, { id: 'rules' })
    await agree(RULES_FRAME, 'Observation', 'rules', 1, entry!)
  })
})

test('the columns of the view are those of the table, filled as the writer would', async () => {
  const names = async (table: string) =>
    (
      await rows(
        'select column_name as name, data_type as type from information_schema.columns where table_name = $1',
        [table],
      )
    ).map(({ name, type }) => `${name} ${type}`)
  const view = await names('provenance_printed')
  for (const column of await names('provenance')) expect(view).toContain(column)
  for (const [type, id] of [
    ['Observation', 'c1'],
    ['Patient', 'c2'],
  ] as const)
    for (const user of ['Practitioner/n1', 'Person/x']) {
      const frame = askerFrame({ ...NURSE, user }, false)
      for (let n = 0; n < 2; n++) {
        const { entry, version } = await put(frame, {
          type,
          id,
          ...(type === 'Observation' && { resource: observation(n) }),
        })
        const { row, resource } = await agree(frame, type, id, version, entry!)
        const {
          patient: _,
          shared: __,
          facts: ___,
          confidentiality: ____,
          sensitivity: _____,
          ...index
        } = indexRow(resource)
        const [expected] = await rows(
          'select to_jsonb(r) as row from json_populate_record(null::provenance, $1::json) r',
          [JSON.stringify(index)],
        )
        for (const [column, value] of Object.entries(expected!.row as Row))
          if (column in index) expect([column, row[column]]).toEqual([column, value])
        const searched = [
          'agent',
          'agent_role',
          'agent_type',
          'entity',
          'patient_refs',
          'target',
          'recorded_low',
          'location',
        ]
        for (const column of searched) if (!(column in index)) expect([column, row[column]]).toEqual([column, null])
      }
    }
})

test('ids are in the order of time', async () => {
  const entries = (await rows('select entry::text as entry from provenance_printed order by recorded_low, id')).map(
    (r) => r.entry,
  )
  const byEntry = (await rows('select entry::text as entry from provenance_printed order by entry')).map((r) => r.entry)
  expect(entries).toEqual(byEntry)
})

describe('a version without what its leaf commits to', () => {
  test('is refused where its frame is not stored', async () => {
    const frame = askerFrame({ ...NURSE, user: 'Practitioner/unstored' }, false)
    await expect(
      write(db.database, [{ type: 'Observation', id: 'u', resource: observation(1), frame }]),
    ).rejects.toMatchObject({
      constraint: 'resource_version_logged',
    })
    await expect(
      write(
        db.database,
        [1, 2].map((n) => ({ type: 'Observation', id: `u${n}`, resource: observation(n), frame })),
      ),
    ).rejects.toMatchObject({ constraint: 'resource_version_logged' })
  })

  test('told of another afterwards: refused', async () => {
    const run = (sql: string) => db.owner.query({ sql, parameters: [] })
    await expect(run(`update log_leaf set agent = '${RULES_FRAME.hash}' where id = 'o'`)).rejects.toMatchObject({
      code: '23001',
    })
    for (const sql of [
      "update provenance_frame set template = '{}'",
      'delete from provenance_frame',
      'truncate provenance_frame',
    ])
      await expect(run(sql)).rejects.toMatchObject({ code: '23001' })
  })
})
