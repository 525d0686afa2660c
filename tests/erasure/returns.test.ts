// What comes again after an erasure: the record itself is refused in words, wherever it comes from; who wrote in it writes on.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { erasePatient } from '../../src/interactions/erasure/erase.ts'
import type { ImportEvent } from '../../src/interactions/import/events.ts'
import { load } from '../../src/interactions/import/load.ts'
import { commit } from '../../src/interactions/pipeline.ts'
import type { Asker } from '../../src/kernel/asker.ts'
import { operatorInteraction } from '../../src/server/operator.ts'
import { person } from '../store/people.ts'
import { type Hospital, hospital, observation, patient } from './hospital.ts'
import { REQUEST, world } from './world.ts'

const AGAIN = 'This record was erased. Register the patient anew, under another id.'

describe('an id that was erased', () => {
  let house: Hospital
  beforeAll(async () => {
    house = await hospital()
    await house.put('Organization', 'h1', { name: 'First' })
    for (const id of ['elm', 'oak'])
      await house.put('Patient', id, { managingOrganization: { reference: 'Organization/h1' } })
    expect((await house.erase('elm')).errors).toBeUndefined()
  })
  afterAll(async () => {
    await house.close()
    expect(house.faults).toEqual([])
  })

  const update = (id: string, as?: Asker) =>
    house.ask(`mutation { PatientUpdate(id: "${id}", res: {id: "${id}"}) { id } }`, { ...(as && { as }) })

  test('is no id for a new patient', async () => {
    const { errors } = await update('elm')
    expect(errors?.map(({ message, extensions: { code, reason } }) => [code, reason, message])).toEqual([
      ['CONFLICT', 'erased', AGAIN],
    ])
  })

  test.each([
    ['the patient', patient],
    ['a practitioner', () => person('Practitioner/gp', 'practitioner', 'TREAT', { organisation: 'h1' })],
  ])('is told to nobody else, as if nobody had ever been: %s', async (_, as) => {
    const said = async (id: string) => (await update(id, as(id))).errors
    const [gone, never] = [await said('elm'), await said('nobody')]
    expect([gone?.[0].message, gone?.[0].extensions.reason]).toEqual([never?.[0].message, never?.[0].extensions.reason])
    expect(gone?.[0].extensions.reason).not.toBe('erased')
  })

  test('is a problem of its lines to an import, which stores all others', async () => {
    const item = (line: number, resource: Record<string, unknown>): ImportEvent =>
      ({ kind: 'item', file: 'f', line, resource, duplicates: [], conditional: [] }) as unknown as ImportEvent
    const problems: unknown[] = []
    const lines = [
      { resourceType: 'Patient', id: 'elm' },
      { resourceType: 'Observation', id: 'i1', ...observation('elm') },
      { resourceType: 'Observation', id: 'i2', ...observation('oak') },
    ].map((resource, i) => item(i + 1, resource))
    const tally = await load(await operatorInteraction(house.database, 'test'), [lines], {
      onProblem: ({ line, message }) => problems.push([line, message]),
    })
    expect([tally.created, problems]).toEqual([
      1,
      [
        [1, AGAIN],
        [2, AGAIN],
      ],
    ])
  })
})

test('who wrote in the record, and whose frame went with it, writes on and notices nothing', async () => {
  const db = await world()
  try {
    const kin = {
      ...(await operatorInteraction(db.database, 'test')),
      asker: person('RelatedPerson/kin', 'system', 'TREAT'),
    }
    const put = (type: string, id: string, resource: object) =>
      commit([{ kind: 'update', type, id, resource: { resourceType: type, id, ...resource } }], kin)
    await put('RelatedPerson', 'kin', { patient: { reference: 'Patient/p1' } })
    await db.settle()
    const frames = () =>
      db.owner.query({ sql: `select from provenance_frame where agent @> '{RelatedPerson/kin}'`, parameters: [] })
    expect(await frames()).toHaveLength(1)
    await erasePatient(await db.interaction(), REQUEST)
    expect(await frames()).toHaveLength(0)
    const [written] = await put('Observation', 'after', observation('p2'))
    expect(await frames()).toHaveLength(1)
    const [row] = await db.owner.query<{ n: number }>({
      sql: 'select count(*)::int as n from provenance_printed where entry = $1',
      parameters: [written!.entry],
    })
    expect(row!.n).toBe(1)
  } finally {
    await db.drop()
  }
})
