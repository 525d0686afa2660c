// Who hears of a broken glass: the patient and the privacy officer of the organisation at once, and whoever reviews it
// within three days. https://hl7.org/fhir/R4/communication.html, https://hl7.org/fhir/R4/task.html
import { CONFIDENTIALITY } from '../../consent/labels.ts'
import { NOTICE, REVIEW } from '../../consent/read-scope.ts'
import { instant } from '../../kernel/clock.ts'
import type { Call } from '../pipeline.ts'
import { concept, type Reason } from './reasons.ts'

type Node = Record<string, unknown>

export const REVIEW_HOURS = 72
const HOUR = 3_600_000

export interface Breach {
  /** Of the emergency access and of its review. */
  readonly id: string
  readonly user: string
  readonly organisation: string
  readonly patient: string
  readonly reason: Reason
  /** Milliseconds. */
  readonly at: number
}

/** What R4 lets send and ask; a Person can do neither. */
const SENDER = /^(?:Practitioner|PractitionerRole|Device|Organization)\//
// Free text about an emergency is nothing for everybody who may see the record.
const RESTRICTED = { security: [{ system: CONFIDENTIALITY, code: 'R' }] }

const senderOf = ({ user, organisation }: Breach) => ({
  reference: SENDER.test(user) ? user : `Organization/${organisation}`,
})

const ALERT = { system: 'http://terminology.hl7.org/CodeSystem/communication-category', code: 'alert' }

export function communication(
  breach: Pick<Breach, 'patient' | 'at'>,
  recipient: string,
  text: string,
  more: Node,
): Node {
  return {
    resourceType: 'Communication',
    meta: RESTRICTED,
    status: 'completed',
    // Who reviews emergencies is told of them; the patient's own notice is the patient's.
    category: [ALERT, ...(recipient.startsWith('Organization/') ? [NOTICE] : [])].map((coding) => ({
      coding: [coding],
    })),
    priority: 'urgent',
    subject: { reference: `Patient/${breach.patient}` },
    sent: instant(breach.at),
    recipient: [{ reference: recipient }],
    payload: [{ contentString: text }],
    ...more,
  }
}

const TO_PATIENT = 'Your record was opened in an emergency, whatever you have permitted. Every such access is reviewed.'
const TO_OFFICER = 'A record was opened in an emergency. Review it, and record the outcome in the Task.'

function review(breach: Breach): Node {
  return {
    resourceType: 'Task',
    status: 'requested',
    intent: 'order',
    priority: 'routine',
    code: { coding: [REVIEW] },
    for: { reference: `Patient/${breach.patient}` },
    authoredOn: instant(breach.at),
    requester: senderOf(breach),
    owner: { reference: `Organization/${breach.organisation}` },
    reasonCode: concept({ code: breach.reason.code }),
    restriction: { period: { end: instant(breach.at + REVIEW_HOURS * HOUR) } },
  }
}

/** Two Communications and a Task, to be written with the access itself. */
export function notices(breach: Breach): Call[] {
  const { patient, organisation, reason } = breach
  const said = { sender: senderOf(breach), reasonCode: [concept(reason)] }
  const told = (recipient: string, text: string): Call => ({
    kind: 'create',
    type: 'Communication',
    resource: communication(breach, recipient, text, said),
  })
  return [
    told(`Patient/${patient}`, TO_PATIENT),
    told(`Organization/${organisation}`, TO_OFFICER),
    { kind: 'update', type: 'Task', id: breach.id, resource: review(breach), expected: 0 },
  ]
}
