// consentSimulate says beforehand what the statement says afterwards; accessHistory says who was there. Over HTTP.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ENTRIES_MAX } from '../../src/interactions/consent/simulate.ts'
import type { Asker } from '../../src/kernel/asker.ts'
import {
  ACT_CODE,
  asker,
  auditor,
  CONFIDENTIALITY,
  consent,
  doctor,
  openWard,
  patient,
  proxy,
  purposes,
  reasons,
  stranger,
  type Ward,
} from './ward.ts'

let ward: Ward
beforeAll(async () => {
  ward = await openWard()
})
afterAll(() => ward.close())

const SIMULATE = `query($draft: ConsentInput!) {
  consentSimulate(draft: $draft) {
    since complete accessors resources
    changes { who { reference } organisation { reference } role purpose type labels before after resources }
  }
}`
const HISTORY = `query($patient: ID!, $count: Int, $before: String) {
  accessHistory(patient: $patient, _count: $count, _before: $before) {
    when who { reference } organisation { reference resource(optional: true) { id } } role purpose interaction types outcome emergency event cursor
  }
}`
const simulate = (draft: object, who?: Asker) => ward.ask(SIMULATE, { draft }, who)
const history = (given: Record<string, unknown>, who?: Asker) => ward.ask(HISTORY, { patient: 'p1', ...given }, who)

const label = (code: string) => ({ system: code.length === 1 ? CONFIDENTIALITY : ACT_CODE, code })
const draft = (provision: Record<string, unknown>, more = {}) => {
  const { id: _, resourceType: __, ...rest } = consent('draft', 'p1', provision, more)
  return rest
}

beforeEach(() => ward.withdrawAll())

describe('consentSimulate', () => {
  test('says who loses and who gains, as the statement then does', async () => {
    await ward.sees(doctor, 'p1')
    await ward.sees(stranger, 'p1')
    const toHouse = draft({
      type: 'permit',
      purpose: purposes('TREAT'),
      actor: [{ role: { coding: [{ code: 'IRCP' }] }, reference: { reference: 'Organization/h1' } }],
      securityLabel: [label('N'), label('HIV')],
    })
    const { data, errors } = await simulate(toHouse, patient('p1'))
    expect(errors).toBeUndefined()
    const { accessors, resources, changes } = data.consentSimulate
    expect(accessors).toBeGreaterThanOrEqual(2)
    expect(resources).toBeGreaterThanOrEqual(7)
    const of = (user: string) =>
      changes
        .filter(
          ({ who, type }: { who: { reference: string }; type: string }) =>
            who.reference === user && type === 'Observation',
        )
        .map(({ labels, before, after, resources }: Record<string, unknown>) => [labels, before, after, resources])
    expect(of('Practitioner/gp')).toEqual([[['R', 'HIV'], false, true, 1]])
    expect(of('Practitioner/other')).toEqual([[['N'], true, false, 1]])

    const [before, beforeOther] = [await ward.sees(doctor, 'p1'), await ward.sees(stranger, 'p1')]
    await ward.put({ ...toHouse, resourceType: 'Consent', id: 'real' })
    const [after, afterOther] = [await ward.sees(doctor, 'p1'), await ward.sees(stranger, 'p1')]
    expect(after.filter((id) => !before.includes(id))).toEqual(['p1-hiv'])
    expect(beforeOther.filter((id) => !afterOther.includes(id))).toEqual(['p1-normal'])
    expect((await simulate(toHouse, patient('p1'))).data.consentSimulate.changes).toEqual([])
  })

  test('a draft with the id of a Consent stands in its place, and a withdrawal can be tried', async () => {
    await ward.sees(doctor, 'p1')
    await ward.put(consent('mine', 'p1', { type: 'permit', purpose: purposes('TREAT'), securityLabel: [label('R')] }))
    const inactive = { ...draft({ type: 'permit' }, { status: 'inactive' }), id: 'mine' }
    const { data } = await simulate(inactive, patient('p1'))
    const lost = data.consentSimulate.changes.filter(({ before }: { before: boolean }) => before)
    expect(lost.length).toBeGreaterThan(0)
    expect(await ward.sees(doctor, 'p1')).toContain('p1-hiv')
  })

  test('tells staff neither who had access nor of what they do not see themselves', async () => {
    await ward.sees(stranger, 'p1')
    const { data, errors } = await simulate(draft({ type: 'deny' }), doctor)
    expect(errors).toBeUndefined()
    const { changes, resources } = data.consentSimulate
    expect(changes.length).toBeGreaterThan(0)
    expect(JSON.stringify(changes)).not.toContain('Practitioner/')
    expect(JSON.stringify(changes)).not.toMatch(/HIV|ETH|PSYTHPN|"V"/)
    expect(resources).toBeLessThan((await simulate(draft({ type: 'deny' }))).data.consentSimulate.resources)
  })

  describe('with more entries in the log than are looked at', () => {
    // Of two patients beside the ward: their logs are nobody else's.
    const reads = (id: string, times: number, minutesAgo: number, as: Asker) =>
      ward.owner.query({
        sql: `with alike as (select e as row from audit_entry as e join audit_frame as f on f.hash = e.frame
  where f.agent @> array[$2] and f.template like '%"search-type"%' and e.patient = 'p1' order by recorded desc limit 1)
insert into audit_entry select made.* from alike, generate_series(1, $3::int) as n, jsonb_populate_record(alike.row, jsonb_build_object(
  'id', $1 || '-' || $3::text || '-' || n, 'patient', $1,
  'recorded', now() - $4 * interval '1 minute' - n * interval '1 millisecond')) as made`,
        parameters: [id, as.user, times, minutesAgo],
      })
    const about = (id: string) => ({
      ...draft({ type: 'deny' }),
      patient: { reference: `Patient/${id}` },
      performer: [{ reference: `Patient/${id}` }],
    })
    const users = (changes: { who: { reference: string } | null }[]) => [
      ...new Set(changes.map(({ who }) => who?.reference)),
    ]

    test('those who read last are tried out, and the answer says since when', async () => {
      await ward.sees(doctor, 'p1')
      await ward.sees(stranger, 'p1')
      await reads('p2', 30, 5000, doctor)
      await reads('p2', ENTRIES_MAX, 10, stranger)
      const { data, errors } = await simulate(about('p2'), patient('p2'))
      expect(errors).toBeUndefined()
      const { complete, since, accessors, changes } = data.consentSimulate
      expect([complete, accessors, users(changes)]).toEqual([false, 1, ['Practitioner/other']])
      // Between the one who came first and those who came last.
      const minutes = (Date.now() - Date.parse(since)) / 60_000
      expect(minutes).toBeGreaterThan(10)
      expect(minutes).toBeLessThan(60)
    })

    test('attack: staff learn from the cut when somebody else was there', async () => {
      const { data, errors } = await simulate(about('p2'), doctor)
      expect(errors).toBeUndefined()
      const { complete, since, accessors } = data.consentSimulate
      expect([complete, accessors]).toEqual([false, null])
      expect(Math.round((Date.now() - Date.parse(since)) / 86_400_000)).toBe(90)
    })
  })

  test('nothing is cut where all were tried out', async () => {
    await ward.sees(doctor, 'p1')
    const { data } = await simulate(draft({ type: 'deny' }), patient('p1'))
    expect(data.consentSimulate.complete).toBe(true)
  })

  test('asked again and again takes no longer: recursive inputs are never compiled', async () => {
    const began = performance.now()
    for (let n = 0; n < 4; n++) await simulate(draft({ type: 'deny' }), patient('p1'))
    expect(performance.now() - began).toBeLessThan(10_000)
  })

  test('is in the audit log', async () => {
    await simulate(draft({ type: 'deny' }), patient('p1'))
    const { data } = await ward.ask(
      '{ AuditEventList(patient: "p1", _sort: "-date", _count: 1) { subtype { code } outcomeDesc } }',
    )
    expect(data.AuditEventList).toEqual([{ subtype: [{ code: 'AuthZ-Role' }], outcomeDesc: 'simulated' }])
  })

  test.for<[string, object, Asker, string]>([
    ['of another patient', draft({ type: 'deny' }), patient('p2'), 'not-found'],
    [
      'of nobody',
      draft({ type: 'deny' }, { patient: { reference: 'Patient/none' }, performer: [{ reference: 'Patient/none' }] }),
      doctor,
      'not-found',
    ],
    ['that could not be enforced', draft({ type: 'deny', purpose: [{ code: 'x' }] }), patient('p1'), 'unenforceable'],
    ['that is no Consent', { status: 'active' }, patient('p1'), 'invalid-resource'],
    ['by an auditor', draft({ type: 'deny' }), auditor, 'role'],
  ])('refuses a draft %s', async ([, given, who, reason]) => {
    expect(reasons(await simulate(given, who))).toEqual([reason])
  })
})

describe('accessHistory', () => {
  test('tells the patient who, when, why and what, newest first and page by page', async () => {
    await ward.sees(doctor, 'p1')
    await ward.ask('{ Observation(id: "p1-normal") { id } }', {}, { ...stranger, purpose: 'ETREAT' })
    const { data, errors } = await history({ count: 2 }, patient('p1'))
    expect(errors).toBeUndefined()
    const [newest, next] = data.accessHistory
    expect(newest).toMatchObject({
      who: { reference: 'Practitioner/other' },
      organisation: { reference: 'Organization/h2', resource: { id: 'h2' } },
      role: 'practitioner',
      purpose: 'ETREAT',
      interaction: 'read',
      types: ['Observation'],
      outcome: '0',
      emergency: true,
    })
    expect(next).toMatchObject({ who: { reference: 'Practitioner/gp' }, purpose: 'TREAT', emergency: false })
    expect(Date.parse(newest.when)).toBeGreaterThanOrEqual(Date.parse(next.when))
    const { data: rest } = await history({ count: 1, before: newest.cursor }, patient('p1'))
    expect(rest.accessHistory).toEqual([next])
  })

  test('is closed to a proxy whom the patient gave nothing', async () => {
    const { errors } = await history({}, proxy('p1'))
    expect(errors?.[0]?.extensions?.reason).toBe('compartment')
  })

  test('is open to auditors, and notes that they read it', async () => {
    for (const who of [auditor]) {
      const { errors } = await history({}, who)
      expect(errors).toBeUndefined()
      const { data } = await history({ count: 1 }, patient('p1'))
      expect(data.accessHistory[0]).toMatchObject({ who: { reference: who.user }, types: ['AuditEvent'] })
    }
    const missing = await history({ patient: 'nobody' }, auditor)
    expect(missing.data.accessHistory).toEqual([])
  })

  test('attack: an auditor reads what another organisation did', async () => {
    await ward.sees(doctor, 'p1')
    await ward.sees(stranger, 'p1')
    const whose = async (who: Asker) => {
      const { data } = await history({ count: 100 }, who)
      return [
        ...new Set(
          data.accessHistory.map((entry: { organisation?: { reference: string } }) => entry.organisation?.reference),
        ),
      ]
    }
    expect(await whose(auditor)).toEqual(['Organization/h1'])
    expect(await whose({ ...auditor, organisation: 'h2' })).toContain('Organization/h2')
    const { organisation: _, ...nowhere } = auditor
    expect(await whose(nowhere)).toEqual([])
    expect(await whose(patient('p1'))).toEqual(expect.arrayContaining(['Organization/h1', 'Organization/h2']))
  })

  const narrow: Asker['scopes'] = [{ context: 'user', type: 'AuditEvent', rights: ['s'], filter: [['action', ['R']]] }]
  test.for<[string, Asker, string]>([
    ['another patient', patient('p2'), 'compartment'],
    ['the proxy of another patient', proxy('p2'), 'compartment'],
    ['a clinician', doctor, 'role'],
    ['a scope that reaches a part of the log', { ...auditor, scopes: narrow }, 'compartment'],
    ['an administrator', asker('admin', 'Person/admin', 'HOPERAT'), 'role'],
  ])('attack: %s asks', async ([, who, reason]) => {
    const there = await history({}, who)
    expect(reasons(there)).toEqual([reason])
    expect(there.text).toBe((await history({ patient: 'nobody' }, who)).text)
  })

  test.for<[Record<string, unknown>, string]>([
    [{ count: 0 }, 'bad-count'],
    [{ count: 1001 }, 'bad-count'],
    [{ before: 'mallory' }, 'bad-cursor'],
    [{ before: "2026-01-01T00:00:00Z/x' or true" }, 'bad-cursor'],
  ])('refuses %j', async ([given, reason]) => {
    const answer = await history(given, patient('p1'))
    expect(reasons(answer)).toEqual([reason])
    expect(answer.text).not.toContain('mallory')
  })
})
