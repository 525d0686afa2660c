// Consent to a write is asked about what will be stored: with the labels that somebody gave it before, which leaving them
// out does not take away, and as held by whoever will hold it.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { PACKS } from '../../src/consent/packs/index.ts'
import type { Asker } from '../../src/kernel/asker.ts'
import { STRICT } from '../support/app.ts'
import { ACT_CODE, asker, consent, doctor, observation, openWard, purposes, reasons, type Ward } from './ward.ts'

type Node = Record<string, unknown>

let ward: Ward
beforeAll(async () => {
  ward = await openWard({ ...STRICT, packs: [PACKS.hipaa!] })
})
afterAll(async () => {
  expect(ward.faults).toEqual([])
  await ward.close()
})
beforeEach(async () => {
  await ward.put(observation('p1-hiv', 'p1', 'HIV'))
  await ward.put(observation('p1-alcohol', 'p1', 'R', 'ETH'))
  await ward.put(observation('p1-normal', 'p1'))
})

const X = { coding: [{ system: 'http://loinc.org', code: '1111-1' }] }
const PARTICIPATION = 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType'
const label = (code: string) => ({ securityLabel: [{ system: ACT_CODE, code }] })
const heldBy = (house: string) => ({
  actor: [
    { role: { coding: [{ system: PARTICIPATION, code: 'CST' }] }, reference: { reference: `Organization/${house}` } },
  ],
})
const permit = (of: string, ...denied: Node[]) =>
  ward.put(
    consent(of, of, {
      type: 'permit',
      purpose: purposes('TREAT'),
      ...(denied.length > 0 && { provision: denied.map((rule) => ({ type: 'deny', ...rule })) }),
    }),
  )

const NOT_WRITTEN = ['no-consent']
async function update(id: string, { id: _, ...res }: Node, who: Asker): Promise<string[] | undefined> {
  const mutation = `mutation($res: ObservationInput!) { ObservationUpdate(id: "${id}", res: $res) { id } }`
  return reasons(await ward.ask(mutation, { res }, who)) as string[] | undefined
}
const stored = async (id: string) =>
  (await ward.sql('select patient, custodian, sensitivity from observation where id = $1', [id]))[0]!

describe('labels that the writer leaves out', () => {
  test('attack: what somebody labelled moves to a patient who denies just that', async () => {
    await permit('p1')
    await permit('p2', label('HIV'))
    expect(await update('p1-hiv', observation('p1-hiv', 'p2', 'HIV'), doctor)).toEqual(NOT_WRITTEN)
    expect(await update('p1-hiv', observation('p1-hiv', 'p2'), doctor)).toEqual(NOT_WRITTEN)
    expect(await stored('p1-hiv')).toMatchObject({ patient: 'p1' })
  })

  test('attack: a correction says what the patient denies together with a label that it leaves out', async () => {
    await permit('p1', { ...label('ETH'), code: [X] })
    expect(await update('p1-alcohol', { ...observation('', 'p1', 'R', 'ETH'), code: X }, doctor)).toEqual(NOT_WRITTEN)
    expect(await update('p1-alcohol', { ...observation('', 'p1'), code: X }, doctor)).toEqual(NOT_WRITTEN)
  })

  test('where nobody denies it, it is written, and the label stays', async () => {
    const { sensitivity } = await stored('p1-hiv')
    await permit('p1')
    await permit('p2', label('ETH'))
    expect(await update('p1-hiv', observation('p1-hiv', 'p2'), doctor)).toBeUndefined()
    expect(await stored('p1-hiv')).toMatchObject({ patient: 'p2', sensitivity })
  })
})

describe.each(['system', 'device'] as const)('a %s whose token names no organisation', (role) => {
  const who = asker(role, 'Device/pump', 'TREAT')
  const create = async () => {
    const { id: _, ...res } = observation('', 'p1')
    const mutation = 'mutation($res: ObservationInput!) { ObservationCreate(res: $res) { id } }'
    return ward.ask(mutation, { res }, who)
  }

  test('attack: it writes into a record whose holder the patient denies', async () => {
    await permit('p1', heldBy('h1'))
    expect(reasons(await create())).toEqual(NOT_WRITTEN)
  })

  test('a deny of another holder is not about it, and the record goes to the holder of the patient', async () => {
    await permit('p1', heldBy('h2'))
    expect((await create()).errors).toBeUndefined()
    // Whoever may write is not always told what was written.
    const created = await ward.sql("select distinct custodian from observation where id !~ '^p[12]-'")
    expect(created).toEqual([{ custodian: 'h1' }])
  })
})

// Whatever a system may correct stays with who holds it.
test.each([undefined, 'h2'])(
  'attack: a system of organisation %s corrects what a holder has who is denied it',
  async (house) => {
    const system = asker('system', 'Device/feed', 'TREAT', house === undefined ? {} : { organisation: house })
    await permit('p1', { ...heldBy('h1'), code: [X] })
    expect(await update('p1-normal', { ...observation('', 'p1'), code: X }, system)).toEqual(NOT_WRITTEN)
    await permit('p1', { ...heldBy('h2'), code: [X] })
    expect(await update('p1-normal', { ...observation('', 'p1'), code: X }, system)).toBeUndefined()
    expect(await stored('p1-normal')).toMatchObject({ custodian: 'h1' })
  },
)
