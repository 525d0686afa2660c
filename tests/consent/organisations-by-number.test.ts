// A consent takes the place of an earlier one about the same matter. Given to two organisations it is two matters, also
// where we know no more of them than a number or a name. Decision 0011.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { consent, doctor, openWard, purposes, type Ward } from './ward.ts'

type Node = Record<string, unknown>

let ward: Ward
beforeAll(async () => {
  ward = await openWard()
})
afterAll(async () => {
  expect(ward.faults).toEqual([])
  await ward.close()
})
beforeEach(() => ward.withdrawAll())

const given = (id: string, house: Node | undefined, month: string, provision: Node) =>
  ward.put({
    ...consent(id, 'p1', { type: 'permit', purpose: purposes('TREAT'), ...provision }),
    ...{ policy: [{ uri: 'urn:test:sharing' }], dateTime: `2026-${month}-01T00:00:00Z` },
    ...(house && houseIn(house)),
  })

const houseIn = (house: Node) =>
  house.inside === undefined
    ? { organization: [house] }
    : {
        organization: [{ reference: '#house' }],
        contained: [{ resourceType: 'Organization', id: 'house', name: house.inside }],
      }

/** What the doctor sees after a deny for the one and a later permit for the other. */
async function seenAfter(denied?: Node, permitted?: Node): Promise<string[]> {
  const actor = [{ role: { coding: [{ code: 'IRCP' }] }, reference: { reference: 'Practitioner/gp' } }]
  await given('deny', denied, '01', { provision: [{ type: 'deny', actor }] })
  expect(await ward.sees(doctor, 'p1')).toEqual([])
  await given('permit', permitted, '02', {})
  return ward.sees(doctor, 'p1')
}

const number = (value: string, system = 'urn:test:houses') => ({ identifier: { system, value } })
const name = (display: string) => ({ display })
const empty = (display: string) => ({ identifier: { system: 'urn:test:houses' }, display })
/** Of which `given` makes a contained Organization. */
const inside = (called: string) => ({ inside: called })

describe('attack: a later permit for another organisation takes back the deny for the first', () => {
  test.each([
    ['another number', number('A'), number('B')],
    ['the same number of another system', number('A'), number('A', 'urn:test:wards')],
    ['another number, the same name', { ...number('A'), ...name('House') }, { ...number('B'), ...name('House') }],
    ['another name', name('A'), name('B')],
    ['a name, where the first had a number', number('A'), name('A')],
    ['another name, both with a number that has no value', empty('A'), empty('B')],
    ['another one that stands inside', inside('A'), inside('B')],
    ['a record of ours, where the first had a number', number('A'), { reference: 'Organization/h1' }],
  ])('%s', async (_, first, second) => {
    expect(await seenAfter(first, second)).toEqual([])
  })
})

describe('the same organisation may change its mind', () => {
  test.each([
    ['the same number', number('A'), number('A')],
    ['the same number, another name', { ...number('A'), ...name('House') }, { ...number('A'), ...name('Clinic') }],
    ['the same name', name('A'), name('A')],
    ['the same one inside', inside('A'), inside('A')],
    ['none, twice', undefined, undefined],
  ])('%s', async (_, first, second) => {
    expect(await seenAfter(first, second)).toContain('p1-normal')
  })
})
