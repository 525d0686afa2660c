// A small mixed history for tampering with: what was written, changed, deleted and written again, the audit events of it,
// broken glass, legal holds, a record that was erased, and versions that wait for their place. With 256 more the tree has two
// levels of tiles.
import { erasePatient } from '../../src/interactions/erasure/erase.ts'
import { liftHold, placeHold } from '../../src/interactions/erasure/legal-hold.ts'
import { type Call, perform } from '../../src/interactions/pipeline.ts'
import { instant, now } from '../../src/kernel/clock.ts'
import { parseJson } from '../../src/kernel/json.ts'
import { newId } from '../../src/kernel/random.ts'
import { operatorInteraction } from '../../src/server/operator.ts'
import { settleAll } from '../../src/store/consent/settle-all.ts'
import type { Database } from '../../src/store/database.ts'
import { beginEmergency, endEmergency, recordEvent } from '../../src/store/emergency.ts'
import { appendEvent } from '../../src/store/log/append.ts'
import { sequence } from '../../src/store/log/sequencer.ts'
import { keepFrameOf } from '../../src/store/provenance/frames.ts'
import { type Write, write } from '../../src/store/writer.ts'
import { asking } from '../erasure/asking.ts'
import { person } from '../store/people.ts'
import { observation, sign } from './world.ts'

export const TYPES = ['Condition', 'Consent', 'Medication', 'MedicationRequest', 'Observation', 'Patient']

const admin = person('Practitioner/admin', 'admin', 'HOPERAT', { organisation: 'h1' })
const subject = { reference: 'Patient/p1' }
const patient = (family: string) => ({ resourceType: 'Patient', birthDate: '1980-02-03', name: [{ family }] })
const concept = (system: string, code: string) => ({ coding: [{ system, code }] })
const condition = (code: string) => ({
  ...{ resourceType: 'Condition', subject, onsetDateTime: '2020-01-02' },
  code: concept('http://snomed.info/sct', code),
})
const HIV = '86406008'
const exact = parseJson(JSON.stringify(observation(5)).replace('"value":5', '"value":5.10')).value as Write['resource']
const request = {
  ...{ resourceType: 'MedicationRequest', status: 'active', intent: 'order', subject, authoredOn: '2021-05-06' },
  medicationReference: { reference: 'Medication/m1' },
}
const consent = (status: string) => ({
  ...{ resourceType: 'Consent', status, patient: subject, dateTime: '2022-01-01' },
  ...{ scope: concept('http://terminology.hl7.org/CodeSystem/consentscope', 'patient-privacy') },
  provision: { type: 'permit' },
})
const aspirin = { resourceType: 'Medication', code: concept('http://www.nlm.nih.gov/research/umls/rxnorm', '1191') }

/** One after the other; null deletes. */
const STORY: readonly (readonly [type: string, id: string, resource: Write['resource'] | null])[] = [
  ['Patient', 'p1', patient('Ash')],
  ['Patient', 'p2', patient('Birch')],
  ['Observation', 'o-p2', { ...observation(4), subject: { reference: 'Patient/p2' } }],
  ['Condition', 'c1', condition('38341003')],
  ['Condition', 'c2', condition(HIV)],
  ['Consent', 'k1', consent('active')],
  ['Medication', 'm1', aspirin],
  ['MedicationRequest', 'r1', request],
  ['Observation', 'o1', { ...observation(1), effectiveDateTime: '2024-05-01T10:00:00Z' }],
  ['Observation', 'o2', exact],
  ['Patient', 'p1', patient('Asher')],
  ['Condition', 'c1', condition('73211009')],
  ['Condition', 'c2', null],
  ['Consent', 'k1', consent('inactive')],
  ['Observation', 'o1', { ...observation(2), effectiveDateTime: '2024-05-02' }],
  ['Observation', 'o1', null],
  ['Observation', 'o1', observation(3)],
  ['MedicationRequest', 'r1', null],
]

const OPERATED: Record<string, Call['kind']> = { true: 'update', false: 'delete' }

/** Every other one as the operator, with an audit event and a Provenance; others as an import brings them, told of nobody. */
async function tell(database: Database): Promise<void> {
  const frame = await keepFrameOf(database, admin, false)
  for (const [i, [type, id, resource]] of STORY.entries()) {
    const kind = OPERATED[String(resource !== null)]!
    const how = { ...(i % 3 === 0 && { decision: `decision-${i}`, frame }), ...(i % 4 === 1 && { organisation: 'h1' }) }
    if (i % 2 === 0)
      await perform({ kind, type, id, ...(resource && { resource }) }, await operatorInteraction(database, 'test'))
    else await write(database, [{ type, id, ...(resource && { resource }), ...how }])
    if (i % 4 === 0) await sequence(database, sign, 100)
  }
}

/** Two glasses, of which one was ended, and two holds, of which one was lifted. */
async function deeds(database: Database): Promise<void> {
  const medic = person('Practitioner/er', 'practitioner', 'BTG', { organisation: 'h1' })
  const about = { user: medic.user, patient: 'p1', organisation: 'h1', reasonCode: 'disaster', documented: false }
  const words = 'The bridge came down.'
  for (const id of ['glass-1', 'glass-2']) {
    const { trail } = await asking(database, medic)
    const told = { patient: 'p1', references: [`Task/${id}`] }
    await database.transaction(async (session) => {
      const at = now()
      const times = { started: instant(at), expires: instant(at + 3_600_000) }
      await endEmergency(session, medic.user, 'p1')
      await beginEmergency(session, { ...about, ...times, id, reasonText: words })
      const event = newId()
      await recordEvent(session, trail.happening({ ...told, kind: 'break-glass', id: event, outcomeDesc: 'disaster' }))
      await appendEvent(session, 'btg', event)
    })
  }
  await placeHold(await asking(database, admin), 'p1', words)
  await liftHold(await asking(database, admin), 'p1', words)
  await placeHold(await asking(database, admin), 'p1', words)
}

/** One record is erased, and two versions wait at the end. @param more as many Observations beside */
export async function makeHistory(database: Database, more: number): Promise<void> {
  await tell(database)
  const many = Array.from({ length: more }, (_, n) => ({
    ...{ type: 'Observation', id: `many-${n}`, resource: observation(n) },
  }))
  await write(database, many)
  await deeds(database)
  // As every start does.
  await settleAll(database)
  await sequence(database, sign, 1000)
  await erasePatient(await asking(database, admin), {
    patient: 'p2',
    reason: 'objection',
    text: 'Asked for in a letter.',
  })
  await sequence(database, sign, 1000)
  for (const id of ['waits-1', 'waits-2'])
    await write(database, [{ type: 'Observation', id, resource: observation(9) }])
}
