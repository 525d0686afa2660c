// Whoever reviews broken glass reads what the organisation was told of it, and no other letter. Over HTTP.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { escalateReviews } from '../../src/interactions/emergency/escalate.ts'
import { now } from '../../src/kernel/clock.ts'
import { operatorInteraction } from '../../src/server/operator.ts'
import { asker, consent, doctor, emergency, openWard, reasons, type Ward } from '../consent/ward.ts'

const officer = asker('admin', 'Person/officer', 'HOPERAT', { organisation: 'h1' })
const NOTICE = { coding: [{ system: 'urn:healthchain:communication', code: 'break-glass-notice' }] }
const LETTER = {
  resourceType: 'Communication',
  status: 'completed',
  subject: { reference: 'Patient/p1' },
  recipient: [{ reference: 'Organization/h1' }],
}

let ward: Ward
beforeAll(async () => {
  ward = await openWard()
  // Whatever the patient permits, to everybody and for every purpose.
  await ward.put(consent('all', 'p1', { type: 'permit' }))
  await ward.put({ ...LETTER, id: 'letter' })
  await ward.ask(
    'mutation { emergencyAccess(patient: "p1", reasonCode: "unresponsive", reasonText: "Found unconscious at home.") { id } }',
    {},
    emergency,
  )
  await escalateReviews(await operatorInteraction(ward.database, 'reviews'), now() + 80 * 3_600_000)
})
afterAll(() => ward.close())

const letters = async (who = officer) => {
  const { data, errors } = await ward.ask(
    '{ CommunicationList { id recipient { reference } payload { contentString } } }',
    {},
    who,
  )
  expect(errors).toBeUndefined()
  return data.CommunicationList
}

test('the notice and the reminder, of their own organisation', async () => {
  const told = await letters()
  expect(told.map((one: { payload: { contentString: string }[] }) => one.payload[0]!.contentString).sort()).toEqual([
    expect.stringMatching(/^A record was opened/),
    expect.stringMatching(/overdue/),
  ])
  expect(told.map((one: { recipient: object[] }) => one.recipient)).toEqual(
    Array(2).fill([{ reference: 'Organization/h1' }]),
  )
  expect(await letters({ ...officer, organisation: 'h2' })).toEqual([])
  const { data } = await ward.ask(`{ Communication(id: "${told[0].id}") { status } }`, {}, officer)
  expect(data.Communication).toEqual({ status: 'completed' })
})

test('attack: an administrator reads letters that a patient permits to be read', async () => {
  expect((await letters(doctor)).map(({ id }: { id: string }) => id)).toContain('letter')
  expect((await letters()).map(({ id }: { id: string }) => id)).not.toContain('letter')
  expect(reasons(await ward.ask('{ Communication(id: "letter") { status } }', {}, officer))).toEqual(['not-found'])
})

test('attack: somebody writes a letter that looks like a notice, so that an administrator reads it', async () => {
  const create = 'mutation($res: CommunicationInput!) { CommunicationCreate(res: $res) { id } }'
  const { resourceType: _, ...letter } = LETTER
  expect(reasons(await ward.ask(create, { res: letter }, doctor))).toBeUndefined()
  expect(reasons(await ward.ask(create, { res: { ...letter, category: [NOTICE] } }, doctor))).toEqual(['review'])
})

test('an administrator writes none', async () => {
  const create = 'mutation { CommunicationCreate(res: { status: "completed" }) { id } }'
  expect(reasons(await ward.ask(create, {}, officer))).toEqual(['role'])
})
