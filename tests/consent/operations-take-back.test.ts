// A representative cannot write over what the patient said. Over HTTP.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { consent, openWard, proxy, purposes, reasons, type Ward } from './ward.ts'

let ward: Ward
beforeAll(async () => {
  ward = await openWard()
  const kin = [{ role: { coding: [{ code: 'IRCP' }] }, reference: { reference: 'RelatedPerson/kin-p1' } }]
  await ward.put(consent('let-in', 'p1', { type: 'permit', actor: kin, purpose: purposes('PATRQT') }))
})
afterAll(() => ward.close())

const self = { performer: [{ reference: 'RelatedPerson/kin-p1' }] }
const update = (id: string) =>
  ward.ask(
    'mutation($id: ID!, $res: ConsentInput!) { ConsentUpdate(id: $id, res: $res) { id } }',
    { id, res: consent(id, 'p1', { type: 'permit', purpose: purposes('TREAT') }, self) },
    proxy('p1'),
  )

test('attack: a representative updates the deny of the patient into a permit of their own', async () => {
  await ward.put(consent('mine', 'p1', { type: 'deny', purpose: purposes('TREAT') }))
  expect(reasons(await update('mine'))).toEqual(['not-yours'])
})

test('what they gave themselves they change', async () => {
  await ward.put(consent('theirs', 'p1', { type: 'deny', purpose: purposes('TREAT') }, self))
  expect((await update('theirs')).errors).toBeUndefined()
})
