// Reading what is printed as any other resource: list, connection, read, vread, history, references both ways, counts; and
// nobody writes it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commit } from '../../src/interactions/pipeline.ts'
import { operatorInteraction } from '../../src/server/operator.ts'
import { asker, consent, doctor, observation, openWard, patient, purposes, type Ward } from '../consent/ward.ts'

type Node = Record<string, unknown>
let ward: Ward
beforeAll(async () => {
  ward = await openWard()
  await ward.put(consent('c', 'p1', { type: 'permit', purpose: purposes('TREAT') }))
  for (const value of ['1', '2']) await ward.put({ ...observation('seen', 'p1'), note: [{ text: value }] })
})
afterAll(async () => {
  expect(ward.faults).toEqual([])
  await ward.close()
})

const FIELDS =
  'id meta { versionId lastUpdated } recorded target { reference } agent { who { reference } } entity { role what { reference } }'
const listed = async (args: string, who = doctor) => {
  const { data, errors } = await ward.ask(`{ ProvenanceList${args} { ${FIELDS} } }`, {}, who)
  expect(errors).toBeUndefined()
  return data.ProvenanceList as (Node & { id: string; target: { reference: string }[] })[]
}
const targets = (found: readonly { target: { reference: string }[] }[]) =>
  found.map(({ target }) => target[0]!.reference)
const SEEN = ['Observation/seen/_history/1', 'Observation/seen/_history/2']

describe('found', () => {
  test('by target, with or without its type, and by entity', async () => {
    expect(targets(await listed('(target: "Observation/seen", _sort: "recorded")'))).toEqual(SEEN)
    expect(targets(await listed('(target: "seen", _sort: "-recorded")'))).toEqual(SEEN.toReversed())
    expect(targets(await listed('(target: "Observation/seen/_history/2")'))).toEqual(SEEN)
    expect(targets(await listed('(entity: "Observation/seen")'))).toEqual([SEEN[1]])
    expect(
      targets(await listed('(target: ["Observation/seen", "Observation/none"], _filter: "recorded gt 2100")')),
    ).toEqual([])
  })

  test('by id, moment, agent, role and type', async () => {
    const [first, second] = await listed('(target: "Observation/seen", _sort: "recorded")')
    expect(await listed(`(_id: "${second!.id}")`)).toEqual([second])
    expect(targets(await listed(`(_id: ["${first!.id}", "x"])`))).toEqual([SEEN[0]])
    expect(targets(await listed(`(target: "Observation/seen", recorded: "${second!.recorded}")`))).toEqual([SEEN[1]])
    expect(targets(await listed(`(target: "Observation/seen", recorded: "lt${second!.recorded}")`))).toEqual([SEEN[0]])
    expect(targets(await listed(`(target: "Observation/seen", _lastUpdated: "ge${second!.recorded}")`))).toEqual([
      SEEN[1],
    ])
    expect(
      targets(await listed('(target: "Observation/seen", agent: "Device/operator", agent_role: "system")')),
    ).toHaveLength(2)
    expect(targets(await listed('(target: "Observation/seen", agent_type: "enterer")'))).toHaveLength(2)
    expect(targets(await listed('(target: "Observation/seen", agent: "Practitioner/gp")'))).toEqual([])
    expect(targets(await listed('(patient: "Patient/p1")'))).toEqual(['Patient/p1/_history/1'])
  })

  test('by several agents at once, page by page, and counted', async () => {
    const both = 'agent: ["Device/operator", "Practitioner/gp"], target: "Observation/seen"'
    expect(targets(await listed(`(${both}, _sort: "recorded")`))).toEqual(SEEN)
    expect(targets(await listed(`(${both}, _sort: "-recorded", _count: 1)`))).toEqual([SEEN[1]])
    const query = (args: string) => `{ ProvenanceConnection(${args}) { count next edges { resource { ${FIELDS} } } } }`
    const page = async (args: string) => {
      const { data, errors } = await ward.ask(query(args), {}, doctor)
      expect(errors).toBeUndefined()
      return data.ProvenanceConnection
    }
    const first = await page(`${both}, _sort: "recorded", _count: 1`)
    expect([first.count, first.edges[0].resource.target[0].reference]).toEqual([2, SEEN[0]])
    const second = await page(`cursor: "${first.next}"`)
    expect(second.edges[0].resource.target[0].reference).toBe(SEEN[1])
  })

  test('from the agent', async () => {
    await commit([{ kind: 'update', type: 'Observation', id: 'by-gp', resource: observation('by-gp', 'p1') }], {
      ...(await operatorInteraction(ward.database, 'test')),
      asker: doctor,
    })
    const query = `{ PractitionerList(_id: ["gp", "er"], _sort: "_id") { id ProvenanceList(_reference: "agent", _sort: "recorded") { target { reference } } } }`
    const { data, errors } = await ward.ask(query, {}, doctor)
    expect(errors).toBeUndefined()
    expect(data.PractitionerList).toEqual([
      { id: 'er', ProvenanceList: [] },
      { id: 'gp', ProvenanceList: [{ target: [{ reference: 'Observation/by-gp/_history/1' }] }] },
    ])
  })

  test('by moment, with every prefix, as if nothing were looked up by it', async () => {
    const all = await listed('(target: "Observation/seen", _sort: "recorded")')
    const HOLDS: Record<string, (at: string, asked: string) => boolean> = {
      ...{ eq: (at, asked) => at === asked, ne: (at, asked) => at !== asked },
      ...{ gt: (at, asked) => at > asked, sa: (at, asked) => at > asked, ge: (at, asked) => at >= asked },
      ...{ lt: (at, asked) => at < asked, eb: (at, asked) => at < asked, le: (at, asked) => at <= asked },
    }
    for (const [prefix, holds] of Object.entries(HOLDS))
      for (const parameter of ['recorded', '_lastUpdated'])
        for (const { recorded } of all) {
          const asked = String(recorded)
          const found = await listed(
            `(target: "Observation/seen", ${parameter}: "${prefix}${asked}", _sort: "recorded")`,
          )
          expect([prefix, found]).toEqual([prefix, all.filter((one) => holds(String(one.recorded), asked))])
        }
  })

  test('inside what it is about, and from it', async () => {
    const query = `{ ObservationList(_id: ["seen", "p1-normal"], _sort: "_id") { id
      ProvenanceList(_reference: "target", _sort: "recorded") { target { reference resource { ... on Observation { meta { versionId } } } } } } }`
    const { data, errors } = await ward.ask(query, {}, doctor)
    expect(errors).toBeUndefined()
    expect(data.ObservationList).toEqual([
      {
        id: 'p1-normal',
        ProvenanceList: [
          { target: [{ reference: 'Observation/p1-normal/_history/1', resource: { meta: { versionId: '1' } } }] },
        ],
      },
      {
        id: 'seen',
        ProvenanceList: SEEN.map((reference, n) => ({
          target: [{ reference, resource: { meta: { versionId: String(n + 1) } } }],
        })),
      },
    ])
  })
})

describe('read by id', () => {
  test('one version, alike in every interaction', async () => {
    const [one] = await listed('(target: "Observation/seen", _count: 1)')
    const { id } = one!
    const query = `{ read: Provenance(id: "${id}") { ${FIELDS} } vread: Provenance(id: "${id}", versionId: "1") { ${FIELDS} }
      history: ProvenanceHistory(id: "${id}") { versionId operation lastUpdated resource { ${FIELDS} } } }`
    const { data, errors } = await ward.ask(query, {}, doctor)
    expect(errors).toBeUndefined()
    expect(data).toEqual({
      ...{ read: one, vread: one },
      history: [{ versionId: '1', operation: 'create', lastUpdated: one!.recorded, resource: one }],
    })
    for (const none of [
      `Provenance(id: "${id}", versionId: "2")`,
      `ProvenanceHistory(id: "${id}", _count: 1, _before: "1")`,
    ]) {
      const answer = await ward.ask(`{ ${none} { __typename } }`, {}, doctor)
      expect([answer.data?.Provenance ?? null, answer.data?.ProvenanceHistory ?? []]).toEqual([null, []])
    }
  })
})

test('the decision that the leaf commits to is the AuditEvent of the write', async () => {
  const [one] = await listed('(target: "Observation/seen/_history/2", _sort: "-recorded", _count: 1)')
  const [leaf] = await ward.sql('select decision from log_leaf where entry = $1', [one!.id])
  expect(leaf).toEqual({ decision: one!.id })
  const [event] = await ward.sql('select content from audit_event where id = $1', [leaf!.decision])
  const { action, entity } = JSON.parse(String(event!.content))
  expect([action, JSON.stringify(entity)]).toEqual(['U', expect.stringContaining('"Observation/seen/_history/2"')])
})

test('pages: every row once, in order, forwards and backwards, whatever the order', async () => {
  for (const sort of ['', '_sort: "-recorded", ', '_sort: "_lastUpdated", ', '_sort: "location", ']) {
    const whole = (await listed(`(${sort}_count: 500)`)).map(({ id }) => id)
    expect(new Set(whole).size).toBe(whole.length)
    const fields = 'count next previous edges { resource { id } }'
    const page = async (args: string) => {
      const { data, errors } = await ward.ask(`{ ProvenanceConnection(${args}) { ${fields} } }`, {}, doctor)
      expect(errors).toBeUndefined()
      const { edges, ...rest } = data.ProvenanceConnection
      return { ...rest, ids: edges.map(({ resource }: { resource: { id: string } }) => resource.id) as string[] }
    }
    const paged: string[] = []
    let [next, previous]: (string | null)[] = [null, null]
    do {
      const one = await page(next === null ? `${sort}_count: 5` : `_cursor: "${next}"`)
      expect(one.count).toBe(whole.length)
      paged.push(...one.ids)
      ;({ next, previous } = one)
    } while (next !== null)
    expect(paged).toEqual(whole)
    const last = Math.floor((whole.length - 1) / 5) * 5
    expect((await page(`_cursor: "${previous}"`)).ids).toEqual(whole.slice(last - 5, last))
  }
})

describe('what was brought from elsewhere stands beside it', () => {
  const brought = (id: string): Node & { resourceType: string; id: string } => ({
    ...{ resourceType: 'Provenance', id, recorded: '2020-01-01T00:00:00Z' },
    target: [{ reference: 'Observation/seen' }, { reference: 'Patient/p1' }],
    agent: [{ who: { reference: 'Practitioner/gp' } }],
  })
  const bring = async (id: string) =>
    commit(
      [{ kind: 'update', type: 'Provenance', id, resource: brought(id) }],
      await operatorInteraction(ward.database, 'test'),
    )

  test('in one list, by one order', async () => {
    await bring('brought')
    const found = await listed('(target: "Observation/seen", _sort: "recorded")')
    expect(found.map(({ id }) => id === 'brought')).toEqual([true, false, false])
    expect(targets(await listed('(target: "Provenance/brought")'))).toEqual(['Provenance/brought/_history/1'])
    const { data } = await ward.ask(
      '{ Provenance(id: "brought") { id } ProvenanceHistory(id: "brought") { versionId } }',
      {},
      doctor,
    )
    expect(data).toEqual({ Provenance: { id: 'brought' }, ProvenanceHistory: [{ versionId: '1' }] })
  })

  test('attack: under the id of what is printed', async () => {
    const [one] = await listed('(target: "Observation/seen", _count: 1, _filter: "recorded gt 2021")')
    await expect(bring(one!.id)).rejects.toMatchObject({ code: '22023' })
    expect(await listed(`(_id: "${one!.id}")`)).toEqual([one])
  })
})

test('nobody writes one, or over one, through any interface', async () => {
  const [one] = await listed('(target: "Observation/seen", _count: 1)')
  const res = {
    recorded: '2020-01-01T00:00:00Z',
    target: [{ reference: 'Observation/seen' }],
    agent: [{ who: { reference: 'Practitioner/gp' } }],
  }
  const system = asker('system', 'Device/s', 'TREAT', { organisation: 'h1' })
  for (const who of [
    doctor,
    patient('p1'),
    system,
    asker('admin', 'Practitioner/a', 'HOPERAT', { organisation: 'h1' }),
  ])
    for (const write of [
      'mutation($res: ProvenanceInput!) { ProvenanceCreate(res: $res) { id } }',
      `mutation($res: ProvenanceInput!) { ProvenanceUpdate(id: "${one!.id}", res: $res) { id } }`,
      `mutation { ProvenanceDelete(id: "${one!.id}") }`,
    ]) {
      const { errors } = await ward.ask(write, write.includes('$res') ? { res } : {}, who)
      expect(errors).toHaveLength(1)
    }
  expect(await listed(`(_id: "${one!.id}")`)).toEqual([one])
})
