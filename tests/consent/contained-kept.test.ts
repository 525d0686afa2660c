// Attack: an update by whoever was not told all that a resource contains takes the rest away. Over HTTP. Decision 0013.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { consent, doctor, openWard, patient, purposes, type Ward } from './ward.ts'

type Node = Record<string, unknown>

const TEXT = { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">Told in words</div>' }
const CONDITION = {
  resourceType: 'Condition',
  id: 'c',
  subject: { reference: 'Patient/p1' },
  asserter: { reference: '#w' },
  code: { text: 'A cold' },
}
const DOCTOR = { resourceType: 'Practitioner', id: 'w', gender: 'unknown' }
const visit: Node = {
  resourceType: 'Encounter',
  id: 'visit',
  text: TEXT,
  contained: [CONDITION, DOCTOR],
  status: 'in-progress',
  class: { code: 'AMB' },
  subject: { reference: 'Patient/p1' },
  reasonReference: [{ reference: '#c', display: 'A cold' }],
  diagnosis: [{ condition: { reference: '#c' }, rank: 1 }],
}
/** As the doctor sees it. */
const seen: Node = {
  resourceType: 'Encounter',
  id: 'visit',
  status: 'in-progress',
  class: { code: 'AMB' },
  subject: { reference: 'Patient/p1' },
}

let ward: Ward
beforeAll(async () => {
  ward = await openWard()
  const types = [{ system: 'http://hl7.org/fhir/resource-types', code: 'Condition' }]
  const provision = { type: 'permit', purpose: purposes('TREAT'), provision: [{ type: 'deny', class: types }] }
  await ward.put(consent('c1', 'p1', provision))
})
afterAll(async () => {
  expect(ward.faults).toEqual([])
  await ward.close()
})
beforeEach(() => ward.put(visit))

const update = (res: Node) =>
  ward.ask(
    'mutation($res: EncounterInput!) { EncounterUpdate(id: "visit", res: $res) { contained { __typename } extension { url } } }',
    { res },
    doctor,
  )
async function stored(): Promise<Node> {
  const [row] = await ward.sql("select content from encounter where id = 'visit'")
  return JSON.parse(row!.content as string)
}
const ANSWER =
  '{ Encounter(id: "visit") { text { div } contained { __typename } reasonReference { reference } diagnosis { rank } extension { url } } }'

describe('an Encounter that contains a Condition which the doctor is not told', () => {
  test('attack: nothing in the answer says that something is missing', async () => {
    const { data } = await ward.ask(ANSWER, {}, doctor)
    expect(data.Encounter).toEqual({
      text: null,
      contained: null,
      reasonReference: null,
      diagnosis: null,
      extension: null,
    })
  })

  test('attack: written back as it was read', async () => {
    expect((await update({ ...seen, status: 'finished' })).errors).toBeUndefined()
    const { meta: _, ...now } = await stored()
    expect(now).toEqual({ ...visit, status: 'finished' })
  })

  test('attack: with a contained resource of the same id', async () => {
    const other = { ...CONDITION, asserter: undefined, code: { text: 'Mine' } }
    const { errors } = await update({ ...seen, contained: [other], reasonReference: [{ reference: '#c' }] })
    expect(errors).toBeUndefined()
    const now = await stored()
    expect(now.contained).toMatchObject([
      { code: { text: 'Mine' } },
      { id: 'kept-1', code: { text: 'A cold' } },
      { id: 'w' },
    ])
    expect(now.reasonReference).toEqual([{ reference: '#c' }, { reference: '#kept-1', display: 'A cold' }])
    expect(now.diagnosis).toEqual([{ condition: { reference: '#kept-1' }, rank: 1 }])
  })

  test('attack: with another in place of the only one that names it', async () => {
    await ward.put({
      ...visit,
      reasonReference: undefined,
      diagnosis: undefined,
      partOf: { reference: '#e' },
      contained: [
        {
          resourceType: 'Encounter',
          id: 'e',
          status: 'finished',
          class: { code: 'AMB' },
          subject: { reference: 'Patient/p1' },
          reasonReference: [{ reference: '#c' }],
        },
        CONDITION,
        DOCTOR,
      ],
    })
    expect((await update({ ...seen, partOf: { reference: 'Encounter/other' } })).errors).toBeUndefined()
    const { data } = await ward.ask(ANSWER, {}, doctor)
    expect(data.Encounter).toMatchObject({ contained: null, extension: null })
    expect((await stored()).contained).toMatchObject([{ id: 'c' }, { id: 'w' }])
  })

  test('the patient still reads all of it, and the operator can store it again', async () => {
    await update({ ...seen, status: 'finished' })
    const { data } = await ward.ask(ANSWER, {}, patient('p1'))
    expect(data.Encounter).toMatchObject({
      text: { div: TEXT.div },
      contained: [{ __typename: 'Condition' }, { __typename: 'Practitioner' }],
    })
    await ward.put(await stored())
  })
})
