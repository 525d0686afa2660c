// Consents that name versions. Who agreed to version 1 of a report has not agreed to what the report says since; and who
// holds a record is the same organisation in each of its versions.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { write } from '../../src/store/writer.ts'
import { consent, doctor, openWard, patient, purposes, reasons, type Ward } from './ward.ts'

let ward: Ward
beforeAll(async () => {
  ward = await openWard()
})
afterAll(() => ward.close())
beforeEach(() => ward.withdrawAll())

const TREAT = purposes('TREAT')
const about = (reference: string) => [{ meaning: 'instance', reference: { reference } }]
/** As an import takes what is on file elsewhere, enforceable or not. */
const onFile = (resource: ReturnType<typeof consent>) =>
  write(ward.database, [{ type: 'Consent', id: resource.id, resource }])
const seen = () => ward.sees(doctor, 'p1')

describe('data of which a version is named', () => {
  const permit = (reference: string) => ({ type: 'permit', purpose: TREAT, data: about(reference) })

  test('attack: what was agreed for one version opens the next', async () => {
    await ward.put(consent('one', 'p1', permit('Observation/p1-normal')))
    expect(await seen()).toEqual(['p1-normal'])
    await onFile(consent('one', 'p1', permit('Observation/p1-normal/_history/1')))
    expect(await seen()).not.toContain('p1-normal')
  })

  test('a deny of one version denies all data, as what nobody can read', async () => {
    const denied = { type: 'deny', data: about('Observation/p1-normal/_history/1') }
    await onFile(consent('one', 'p1', { type: 'permit', purpose: TREAT, provision: [denied] }))
    expect(await seen()).toEqual([])
  })

  test('nobody writes such a consent, and the error says what to write', async () => {
    const { id: _, ...res } = consent('', 'p1', permit('Observation/p1-normal/_history/1'))
    const answer = await ward.ask(
      'mutation($res: ConsentInput!) { ConsentCreate(res: $res) { id } }',
      { res },
      patient('p1'),
    )
    expect(reasons(answer)).toEqual(['unenforceable'])
    expect(JSON.stringify(answer.errors)).toContain('without a version')
  })
})

test('attack: a later, narrower consent leaves the older one standing by naming a version of the organisation', async () => {
  const to = (house: string, more: object) => ({
    ...consent('', 'p1', { type: 'permit', ...more }),
    organization: [{ reference: house }],
    policy: [{ uri: 'urn:test:sharing' }],
  })
  await ward.put({ ...to('Organization/h1', { purpose: TREAT }), id: 'wide' })
  expect(await seen()).toContain('p1-normal')
  const narrow = to('Organization/h1/_history/1', { purpose: purposes('HPAYMT') })
  await ward.put({ ...narrow, id: 'narrow', dateTime: '2026-02-01T00:00:00Z' })
  expect(await seen()).toEqual([])
})

test('attack: who joins a team by themselves names a version of themselves', async () => {
  await ward.put(consent('treat', 'p1', { type: 'permit', purpose: TREAT }))
  const CREATE = 'mutation($res: CareTeamInput!) { CareTeamCreate(res: $res) { id } }'
  const team = (reference: string) => ({
    ...{ resourceType: 'CareTeam', status: 'active', subject: { reference: 'Patient/p1' } },
    participant: [{ member: { reference } }],
  })
  const asked = (reference: string) => ward.ask(CREATE, { res: team(reference) }, doctor)
  expect(reasons(await asked('Practitioner/gp'))).toEqual(['self'])
  expect(reasons(await asked('Practitioner/gp/_history/1'))).toEqual(['self'])
  expect((await asked('Practitioner/other')).errors).toBeUndefined()
})
