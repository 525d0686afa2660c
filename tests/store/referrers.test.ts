// Attack: a drug turns out to be another, and whoever names it in an unusual place goes on being read as harmless.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { medicationWord, NAMES_MEDICATION } from '../../src/consent/labelling/named.ts'
import { hash64 } from '../../src/kernel/hash.ts'
import { MARKED, REFERRERS_MAX } from '../../src/store/referrers.ts'
import { write } from '../../src/store/writer.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'

type Node = Record<string, unknown>
const subject = { reference: 'Patient/p1' }
const drug = (code: string, rest: Node = {}): Node => ({
  resourceType: 'Medication',
  code: { coding: [{ system: 'http://www.whocc.no/atc', code }] },
  ...rest,
})
const PLAIN = drug('N02BA01')
const HIV = drug('J05AR03')
const made = (reference: string) => ({ ingredient: [{ itemReference: { reference } }] })
const request = (rest: Node): Node => ({
  ...{ resourceType: 'MedicationRequest', status: 'active', intent: 'order', subject },
  ...rest,
})
const observation = (rest: Node): Node => ({
  ...{ resourceType: 'Observation', status: 'final', subject, code: { text: 'level' } },
  ...rest,
})

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db.drop())

const put = (id: string, resource: Node) => write(db.database, [{ type: String(resource.resourceType), id, resource }])
const rows = <R extends object>(sql: string, parameters: unknown[] = []) => db.owner.query<R>({ sql, parameters })
const levelOf = async (type: string, id: string) => {
  const table = type.replaceAll(/(?<=[a-z])[A-Z]/g, '_$&').toLowerCase()
  const [row] = await rows<{ level: number }>(`select confidentiality as level from "${table}" where id = $1`, [id])
  return row!.level
}

const ABSOLUTE = 'https://records.example.org/fhir/R4/Medication/'
const NAMING: readonly (readonly [place: string, resource: (to: string) => Node])[] = [
  ['medicationReference', (to) => request({ medicationReference: { reference: to } })],
  [
    'an ingredient of a contained drug',
    (to) =>
      request({ contained: [{ ...drug('N02BA01', made(to)), id: 'd' }], medicationReference: { reference: '#d' } }),
  ],
  ['supportingInformation', (to) => request({ supportingInformation: [{ reference: to }] })],
  ['focus', (to) => observation({ focus: [{ reference: to }] })],
  ['about', (to) => ({ resourceType: 'Communication', status: 'completed', subject, about: [{ reference: to }] })],
  [
    'an extension',
    (to) => ({
      resourceType: 'AllergyIntolerance',
      patient: subject,
      extension: [{ url: 'urn:x', valueReference: { reference: to } }],
    }),
  ],
  [
    'an extension of an extension of an element',
    (to) => {
      const inner = { url: 'urn:y', valueReference: { reference: to } }
      return observation({ code: { text: 'level', extension: [{ url: 'urn:x', extension: [inner] }] } })
    },
  ],
  [
    'usedReference',
    (to) => ({ resourceType: 'Procedure', status: 'completed', subject, usedReference: [{ reference: to }] }),
  ],
]
const cases = NAMING.flatMap(([place, resource], i) =>
  [
    ['a relative address', ''],
    ['an absolute one', ABSOLUTE],
  ].map(([how, base]) => ({ place, how, id: `${i}${base ? 'a' : 'r'}`, base, resource })),
)

describe('attack: a drug rises past what names it', () => {
  test.each(cases)('$place, by $how', async ({ id, base, resource }) => {
    const one = resource(`${base || 'Medication/'}m${id}`)
    await put(`m${id}`, PLAIN)
    await put(id, one)
    expect(await levelOf(String(one.resourceType), id)).toBe(3)
    await put(`m${id}`, HIV)
    expect(await levelOf(String(one.resourceType), id)).toBe(4)
    await put(`after${id}`, one)
    expect(await levelOf(String(one.resourceType), `after${id}`)).toBe(4)
  })

  test('through a mixture that names its ingredient by an absolute address', async () => {
    await put('pure', PLAIN)
    await put('mix', drug('N02BA01', made(`${ABSOLUTE}pure`)))
    await put('mixed', request({ medicationReference: { reference: `${ABSOLUTE}mix` } }))
    await put('pure', HIV)
    expect(await levelOf('MedicationRequest', 'mixed')).toBe(4)
  })

  test('through a mixture that is deleted, and through a version that was mixed otherwise', async () => {
    await put('pure2', PLAIN)
    await put('mix2', drug('N02BA01', made('Medication/pure2')))
    await put('mix3', drug('N02BA01', made('Medication/pure2')))
    await put('mix3', PLAIN)
    await put('gone', request({ medicationReference: { reference: 'Medication/mix2' } }))
    await put('then', request({ medicationReference: { reference: 'Medication/mix3/_history/1' } }))
    await put('now', request({ medicationReference: { reference: 'Medication/mix3' } }))
    await write(db.database, [{ type: 'Medication', id: 'mix2' }])
    await put('pure2', HIV)
    expect(await levelOf('MedicationRequest', 'gone')).toBe(4)
    expect(await levelOf('MedicationRequest', 'then')).toBe(4)
    expect(await levelOf('MedicationRequest', 'now')).toBe(3)
  })
})

test('who names none is not in the index; who names one is found by it', async () => {
  const word = hash64(NAMES_MEDICATION)
  await put('none', observation({}))
  const marked = `select from resource_version as v where v.${MARKED}`
  expect(await rows(`${marked} and id = 'none'`)).toEqual([])
  const [index] = await rows<{ made: string }>(
    "select indexdef as made from pg_indexes where indexname = 'resource_version_medications'",
  )
  expect(index!.made).toContain(`'{${word}}'::bigint[]`)
  const plan = await db.owner.transaction(async (session) => {
    await session.query({ sql: 'set local enable_seqscan = off', parameters: [] })
    return session.query<object>({ sql: `explain ${marked} and v.facts && '{1,2}'::bigint[]`, parameters: [] })
  })
  expect(JSON.stringify(plan)).toContain('resource_version_medications')
})

describe('attack: a drug that more name than one transaction holds', () => {
  // So many versions have no leaves here.
  beforeAll(() => rows('alter table resource_version drop constraint if exists resource_version_logged'))

  const naming = (id: string, times: number) =>
    rows(
      `insert into resource_version (type, id, version, last_updated, operation, shared, confidentiality, sensitivity, facts, lossless, content)
select 'MedicationRequest', $1 || n, 1, now(), 'create', false, 3, 1, array[$2, $3]::bigint[], false, '{}' from generate_series(1, $4) as n`,
      [`${id}-`, String(hash64(NAMES_MEDICATION)), String(hash64(medicationWord(id))), times],
    )

  test('is refused when it rises, and nothing of it is written', async () => {
    await put('everywhere', PLAIN)
    await naming('everywhere', REFERRERS_MAX + 1)
    await expect(put('everywhere', HIV)).rejects.toMatchObject({ category: 'too-costly', code: 'named-too-often' })
    expect(await rows("select version from medication where id = 'everywhere'")).toEqual([{ version: 1 }])
    expect(await rows("select entry from log_leaf where id = 'everywhere' and version > 1")).toEqual([])
    // What says nothing more rises nowhere, and another id is free.
    await put('everywhere', drug('N02BA01', { status: 'inactive' }))
    await put('elsewhere', HIV)
  })

  test('is written where they are as many as it holds, though none of them stands any more', async () => {
    await put('nearly', PLAIN)
    await naming('nearly', REFERRERS_MAX)
    await put('nearly', HIV)
    expect(await rows("select version from medication where id = 'nearly'")).toEqual([{ version: 2 }])
  })
})
