// Searches across patients and what callers may try with them. That they find what is there: tests/search/agree.test.ts.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { scopesOf } from '../../src/auth/scopes.ts'
import { consent, doctor, observation, openWard, purposes, type Ward } from '../consent/ward.ts'

let ward: Ward
beforeAll(async () => {
  ward = await openWard()
  for (const id of ['p1', 'p2'])
    await ward.put(consent(`gen-${id}`, id, { type: 'permit', purpose: purposes('TREAT') }))
})
afterAll(() => ward.close())

const create = async (code: object) => {
  const { id: _, ...res } = { ...observation('x', 'p2'), code }
  const mutation = 'mutation($res: ObservationInput!) { ObservationCreate(res: $res) { id } }'
  const { data, errors } = await ward.ask(mutation, { res })
  expect(errors).toBeUndefined()
  return data.ObservationCreate.id as string
}
const across = async (code: string) => {
  const query = 'query($code: [SearchToken!]) { ObservationConnection(code: $code) { count edges { node { id } } } }'
  const { count, edges } = (await ward.ask(query, { code }, doctor)).data.ObservationConnection
  return { count, ids: edges.map(({ node }: { node: { id: string } }) => node.id) }
}

test('attack: codes that share the key of others under hash_array_extended hide nothing', async () => {
  const forged = ['x0-1816155', 'x1-185969', 'x2-861786', 'x3-1979411'].map((code) => ({ code }))
  await create({ coding: forged })
  const id = await create({ coding: [{ system: 'http://loinc.org', code: '8867-4b' }] })
  expect(await across('http://loinc.org|8867-4b')).toEqual({ count: 1, ids: [id] })
  const keys = await ward.sql(
    'select count(distinct key)::int as keys, count(distinct codes)::int as codes from concept',
  )
  expect(keys[0]!.keys).toBe(keys[0]!.codes)
})

test('the order of codes makes no concept of its own', async () => {
  const coding = [
    { system: 'urn:a', code: 'one' },
    { system: 'urn:b', code: 'two' },
  ]
  const ids = [await create({ coding }), await create({ coding: coding.toReversed() })].sort()
  const found = await across('urn:a|one')
  expect([found.count, found.ids.sort()]).toEqual([2, ids])
})

test.each(['_filter=status%20eq%20amended', '_sort=date', '_reference=subject', '_count=1', 'cursor=x', 'nonsense=1'])(
  'attack: the scope suffix ?%s asks nothing of a row, so it admits none',
  async (suffix) => {
    const who = { ...doctor, scopes: scopesOf(`user/Observation.rs?${suffix}`, undefined) }
    const { data, errors } = await ward.ask(
      '{ ObservationConnection { count edges { node { id } } } }',
      {},
      who as never,
    )
    expect(errors ?? data.ObservationConnection).toEqual(errors ?? { count: 0, edges: [] })
    const one = await ward.ask('{ Observation(id: "p1-normal") { id } }', {}, who as never)
    expect(one.data?.Observation ?? null).toBeNull()
  },
)
