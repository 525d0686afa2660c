// A parent sees the child's record because a consent names them, and in the demo one does. Over HTTP.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { introduceParent } from '../../src/server/issuer/demo-parent.ts'
import { doctor, openWard, proxy, stranger, type Ward } from './ward.ts'

let ward: Ward
beforeAll(async () => {
  ward = await openWard()
})
afterAll(() => ward.close())

test('a proxy sees nothing by being one', async () => {
  expect(await ward.sees(proxy('p1'), 'p1')).toEqual([])
})

test('the parent of the demo sees what is not sensitive, and nobody else sees less', async () => {
  const before = [await ward.sees(doctor, 'p1'), await ward.sees(stranger, 'p1')]
  await introduceParent(ward.database, 'RelatedPerson/kin-p1', 'p1')
  expect(await ward.sees(proxy('p1'), 'p1')).toEqual(['p1-normal'])
  expect((await ward.ask('{ PatientList { id } }', {}, proxy('p1'))).data.PatientList).toEqual([{ id: 'p1' }])
  expect([await ward.sees(doctor, 'p1'), await ward.sees(stranger, 'p1')]).toEqual(before)
  expect(before[0]).toEqual(['p1-normal'])
})

test('attack: the parent of another child asks', async () => {
  expect(await ward.sees({ ...proxy('p1'), user: 'RelatedPerson/kin-p2' }, 'p1')).toEqual([])
  expect(await ward.sees(proxy('p1'), 'p2')).toEqual([])
})
