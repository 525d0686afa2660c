// Legal holds over GraphQL: who may place and lift them, that nothing is erased while one stands, and what the log tells.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Asker } from '../../src/kernel/asker.ts'
import { instant, now } from '../../src/kernel/clock.ts'
import { admin, type Hospital, hospital, observation, other, whereabouts } from './hospital.ts'

let house: Hospital
beforeAll(async () => {
  house = await hospital()
  for (const id of ['ash', 'elm', 'oak']) {
    await house.put('Patient', id, { managingOrganization: { reference: 'Organization/h1' } })
    await house.put('Observation', `o-${id}`, observation(id))
  }
  await house.put('Encounter', 'elsewhere', {
    ...{ status: 'finished', class: { code: 'AMB' }, subject: { reference: 'Patient/oak' } },
    serviceProvider: { reference: 'Organization/h2' },
  })
})
afterAll(async () => {
  await house.close()
  expect(house.faults).toEqual([])
})

const PLACE = `mutation ($p: ID!, $r: String!, $u: instant) { legalHoldPlace(patient: $p, reason: $r, until: $u) { id patient placed until } }`
const LIFT = `mutation ($p: ID!, $r: String!) { legalHoldLift(patient: $p, reason: $r) }`
const REASON = 'A suit about the treatment.'
const place = (p: string, as: Asker = admin, u?: string) => house.ask(PLACE, { as, variables: { p, r: REASON, u } })
const lift = (p: string, as: Asker = admin) => house.ask(LIFT, { as, variables: { p, r: 'The suit is over.' } })
const reason = ({ errors }: Awaited<ReturnType<Hospital['ask']>>) => errors?.[0].extensions.reason

async function events(patient: string): Promise<string[]> {
  const { data } = await house.ask(
    `{ AuditEventList(patient: "${patient}", _sort: "_lastUpdated") { subtype { code } outcome outcomeDesc } }`,
  )
  return data.AuditEventList.filter(({ subtype }: { subtype?: { code: string }[] }) =>
    /hold|destroy/.test(subtype?.[0]?.code ?? ''),
  ).map((e: { subtype: { code: string }[]; outcome: string; outcomeDesc?: string }) =>
    `${e.subtype[0]!.code} ${e.outcome} ${e.outcomeDesc ?? ''}`.trim(),
  )
}

describe('a legal hold', () => {
  it('keeps the record until it is lifted, and each step is in the audit log', async () => {
    const { data, errors } = await place('ash')
    expect(errors).toBeUndefined()
    expect(data.legalHoldPlace).toMatchObject({ patient: 'ash', until: null })
    const refused = await house.erase('ash')
    expect([reason(refused), refused.errors?.[0].extensions.code]).toEqual(['legal-hold', 'CONFLICT'])
    expect((await house.ask('{ Observation(id: "o-ash") { id } }')).data.Observation).toEqual({ id: 'o-ash' })
    expect((await lift('ash')).data.legalHoldLift).toBe(true)
    expect(reason(await lift('ash'))).toBe('not-found')
    expect((await house.erase('ash')).data.patientErase.leaves).toBe(2)
    expect(await events('ash')).toEqual([
      'hold 0 until lifted',
      'destroy 8 legal-hold',
      'unhold 0',
      'unhold 8 not-found',
      'destroy 0 consent-withdrawn',
    ])
    expect(
      (await whereabouts(house, ['o-ash', 'A suit about'])).filter((table) => !table.startsWith('audit_')),
    ).toEqual([])
  })

  it('ends by itself, and not before', async () => {
    await place('elm', admin, instant(now() + 1500))
    expect(reason(await house.erase('elm'))).toBe('legal-hold')
    await new Promise((resolve) => setTimeout(resolve, 1600))
    expect((await house.erase('elm')).errors).toBeUndefined()
  })

  it('of another house that holds a part of the record keeps it, and only that house lifts it', async () => {
    expect((await place('oak', other)).errors).toBeUndefined()
    expect(reason(await lift('oak'))).toBe('not-found')
    expect(reason(await house.erase('oak'))).toBe('legal-hold')
    expect((await lift('oak', other)).errors).toBeUndefined()
  })

  it('keeps what the record of another took over from it', async () => {
    await house.put('Patient', 'fir', { managingOrganization: { reference: 'Organization/h1' } })
    await house.put('Observation', 'o-oak', observation('fir'))
    await place('oak')
    expect(reason(await house.erase('fir'))).toBe('legal-hold')
    await lift('oak')
    expect((await house.erase('fir')).data.patientErase.leaves).toBe(3)
  })

  it('is not for who holds nothing of the record, as for a patient who is not there', async () => {
    const stranger = { ...admin, organisation: 'h9' }
    const { organisation: _, ...nobody } = admin
    for (const [id, as] of [
      ['oak', stranger],
      ['nobody', admin],
      ['oak', nobody],
      ["' or 1=1", admin],
    ] as const)
      expect(reason(await place(id, as))).toBe('not-found')
  })

  it('needs words, and a moment to come', async () => {
    expect(reason(await house.ask(PLACE, { as: admin, variables: { p: 'oak', r: 'no' } }))).toBe('bad-reason')
    expect(reason(await place('oak', admin, '2020-01-01T00:00:00Z'))).toBe('bad-until')
  })

  it.each([
    ['practitioner', 'TREAT'],
    ['patient', 'PATRQT'],
    ['system', 'TREAT'],
  ] as const)('is not for a %s', async (role, purpose) => {
    expect(reason(await place('oak', { ...admin, role, purpose }))).toBe('role')
    expect(reason(await lift('oak', { ...admin, role, purpose }))).toBe('role')
  })
})

it('attack: what nobody holds is held or erased by whoever comes first', async () => {
  await house.put('Patient', 'stray', {})
  await house.put('Observation', 'o-stray', observation('stray'))
  for (const as of [admin, other]) expect(reason(await place('stray', as))).toBe('not-found')
  expect(reason(await house.erase('stray'))).toBe('not-found')
  expect((await house.ask('{ Patient(id: "stray") { id } }')).data.Patient).toEqual({ id: 'stray' })
})
