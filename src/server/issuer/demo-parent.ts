// The parent of the demo and the child: nobody sees a record by being somebody's parent, so a consent names them.
import { perform } from '../../interactions/pipeline.ts'
import { instant } from '../../kernel/clock.ts'
import type { Database } from '../../store/database.ts'
import { operatorInteraction } from '../operator.ts'

const TERMINOLOGY = 'http://terminology.hl7.org/CodeSystem'
const concept = (system: string, code: string) => ({ coding: [{ system: `${TERMINOLOGY}/${system}`, code }] })
const purpose = (code: string) => [{ system: `${TERMINOLOGY}/v3-ActReason`, code }]

/** The permit is an exception from a deny: one at the root would make silence a no for all who treat the child. */
const consent = (parent: string, patient: string) => ({
  resourceType: 'Consent',
  id: 'demo-parent-consent',
  status: 'active',
  scope: concept('consentscope', 'patient-privacy'),
  category: [concept('v3-ActCode', 'INFA')],
  patient: { reference: `Patient/${patient}` },
  dateTime: instant(),
  performer: [{ reference: parent }],
  policy: [{ uri: 'urn:healthchain:demo:parent' }],
  provision: {
    type: 'deny',
    purpose: purpose('HMARKT'),
    provision: [
      {
        type: 'permit',
        purpose: purpose('PATRQT'),
        actor: [{ role: concept('v3-ParticipationType', 'IRCP'), reference: { reference: parent } }],
        securityLabel: [{ system: `${TERMINOLOGY}/v3-Confidentiality`, code: 'N' }],
      },
    ],
  },
})

/** Lets the parent (`RelatedPerson/1`) see what is not sensitive of the child's record. */
export async function introduceParent(database: Database, parent: string, patient: string): Promise<void> {
  const resource = consent(parent, patient)
  await perform(
    { kind: 'update', type: 'Consent', id: resource.id, resource },
    await operatorInteraction(database, 'demo accounts'),
  )
}
