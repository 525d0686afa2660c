// In whose hand a consent is: what others record takes nothing back that the patient gave, and the patient can always say
// otherwise. Over HTTP.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { asker, consent, doctor, openWard, patient, proxy, purposes, reasons, type Ward } from './ward.ts'

type Node = Record<string, unknown>
const backend = asker('system', 'Device/backend', 'TREAT', { organisation: 'h1' })
const FORM = { sourceReference: { reference: 'DocumentReference/form-p1' } }
const TREAT = { type: 'permit', purpose: purposes('TREAT') }
const SHARING = { policy: [{ uri: 'urn:test:sharing' }] }

let ward: Ward
beforeAll(async () => {
  ward = await openWard()
})
afterAll(() => ward.close())
beforeEach(() => ward.withdrawAll())

function create(who: Parameters<Ward['sees']>[0], provision: Node, more: Node = {}) {
  const { id: _, ...res } = consent('x', 'p1', provision, { dateTime: new Date().toISOString(), ...SHARING, ...more })
  return ward.ask('mutation($res: ConsentInput!) { ConsentCreate(res: $res) { id } }', { res }, who)
}
const update = (who: Parameters<Ward['sees']>[0], id: string, res: Node) =>
  ward.ask('mutation($id: ID!, $res: ConsentInput!) { ConsentUpdate(id: $id, res: $res) { id } }', { id, res }, who)
const revoke = (who: Parameters<Ward['sees']>[0], id: string) =>
  ward.ask('mutation($id: ID!) { consentRevoke(id: $id) { status } }', { id }, who)

describe('a form among what one gives oneself', () => {
  test('attack: a deny that names a form could be taken back by the next form', async () => {
    expect(reasons(await create(patient('p1'), { type: 'deny' }, FORM))).toEqual(['own-signature'])
  })
  test('attack: a representative passes a permit of theirs off as a form', async () => {
    const kin = [{ role: { coding: [{ code: 'IRCP' }] }, reference: { reference: 'RelatedPerson/kin-p1' } }]
    await ward.put(consent('let-in', 'p1', { type: 'permit', actor: kin, purpose: purposes('PATRQT') }))
    const performer = [{ reference: 'RelatedPerson/kin-p1' }, { reference: 'Patient/p1' }]
    expect(reasons(await create(proxy('p1'), TREAT, { ...FORM, performer }))).toEqual(['own-signature'])
  })
  test('attack: an update brings the form in', async () => {
    await ward.put(consent('mine', 'p1', { type: 'deny' }))
    expect(reasons(await update(patient('p1'), 'mine', consent('mine', 'p1', { type: 'deny' }, FORM)))).toEqual([
      'own-signature',
    ])
  })
  test('the patient revokes what was recorded from a form', async () => {
    await ward.put(consent('paper', 'p1', TREAT, FORM))
    expect((await revoke(patient('p1'), 'paper')).data.consentRevoke).toEqual({ status: 'inactive' })
  })
})

describe('a system', () => {
  const actor = [{ role: { coding: [{ code: 'IRCP' }] }, reference: { reference: 'Device/backend' } }]
  const letIn = () => ward.put(consent('let-in', 'p1', { type: 'permit', actor, purpose: purposes('TREAT') }))
  test('attack: writes as if the patient had given it', async () => {
    expect(reasons(await create(backend, TREAT))).toEqual(['no-form'])
  })
  test('attack: takes back the deny of the patient, by an update, a form or a revocation', async () => {
    await ward.put(
      consent(
        'mine',
        'p1',
        { type: 'deny', class: [{ system: 'http://hl7.org/fhir/resource-types', code: 'Observation' }] },
        SHARING,
      ),
    )
    await letIn()
    expect(reasons(await update(backend, 'mine', consent('mine', 'p1', TREAT, FORM)))).toEqual(['not-yours'])
    expect(reasons(await revoke(backend, 'mine'))).toEqual(['not-yours'])
    expect(reasons(await ward.ask('mutation { ConsentDelete(id: "mine") }', {}, backend))).toEqual(['not-yours'])
    expect((await create(backend, TREAT, FORM)).errors).toBeUndefined()
    expect(await ward.sees(doctor, 'p1')).toEqual([])
  })
  test('records a form', async () => {
    await letIn()
    expect((await create(backend, TREAT, FORM)).errors).toBeUndefined()
  })
})

describe('a patient who denied everything', () => {
  const GRANT = 'mutation { consentGrant(patient: "p1", purposes: ["TREAT"], policy: "urn:test:sharing") { id } }'
  test('attack: a deny that nobody can lift any more', async () => {
    await ward.put(consent('all', 'p1', { type: 'deny' }, SHARING))
    expect(await ward.sees(doctor, 'p1')).toEqual([])
    expect((await ward.ask(GRANT, {}, patient('p1'))).errors).toBeUndefined()
    expect(await ward.sees(doctor, 'p1')).not.toEqual([])
    await ward.put(consent('all', 'p1', { type: 'deny' }, { ...SHARING, dateTime: new Date().toISOString() }))
    expect((await create(patient('p1'), TREAT)).errors).toBeUndefined()
  })
  test('attack: somebody else writes for them all the same', async () => {
    await ward.put(consent('all', 'p1', { type: 'deny' }, SHARING))
    expect((await create(patient('p2'), TREAT)).errors).toBeDefined()
    expect((await create(doctor, TREAT, FORM)).errors).toBeDefined()
  })
})
