// Five consents for each patient of the bench, as people sign them: sharing with the hospital, a colleague kept out, the
// insurer, research, sensitive records. The bench asks for what they permit, so that every answer has the floor's bytes.
import type { Seeded } from '../../src/demo/seeded.ts'

type Node = Record<string, unknown>

export const HOSPITALS = 8
export const PRACTITIONERS = 50
export const hospital = (n: number): string => `hospital-${n % HOSPITALS}`

const terminology = (name: string) => `http://terminology.hl7.org/CodeSystem/${name}`
const concept = (name: string, code: string) => ({ coding: [{ system: terminology(name), code }] })
const codings = (name: string, codes: readonly string[]) => codes.map((code) => ({ system: terminology(name), code }))
const recipients = (...references: readonly string[]) =>
  references.map((reference) => ({ role: concept('v3-ParticipationType', 'IRCP'), reference: { reference } }))

const everyHospital = Array.from({ length: HOSPITALS }, (_, n) => `Organization/${hospital(n)}`)

function provisions(n: number, roll: Seeded): readonly (readonly [policy: string, provision: Node])[] {
  const colleague = `Practitioner/colleague-${roll.int(0, PRACTITIONERS - 1)}`
  const purpose = codings('v3-ActReason', ['TREAT', 'HOPERAT'])
  return [
    [
      'sharing',
      {
        type: 'permit',
        purpose,
        actor: recipients(...everyHospital),
        securityLabel: codings('v3-Confidentiality', ['N']),
      },
    ],
    ['colleague', { type: 'deny', actor: recipients(colleague) }],
    [
      'insurer',
      {
        type: 'permit',
        purpose: codings('v3-ActReason', ['HPAYMT']),
        actor: recipients(`Organization/insurer-${n % 5}`),
      },
    ],
    ['research', { type: roll.chance(0.5) ? 'permit' : 'deny', purpose: codings('v3-ActReason', ['HRESCH']) }],
    [
      'sensitive',
      {
        type: 'deny',
        securityLabel: codings('v3-ActCode', ['PSY', 'HIV']),
        provision: [{ type: 'permit', actor: recipients(`Practitioner/trusted-${roll.int(0, PRACTITIONERS - 1)}`) }],
      },
    ],
  ]
}

export function consents(n: number, patient: string, roll: Seeded): (Node & { id: string })[] {
  return provisions(n, roll).map(([policy, provision]) => ({
    resourceType: 'Consent',
    id: `${patient.slice(0, 23)}-${policy}`,
    status: 'active',
    scope: concept('consentscope', 'patient-privacy'),
    category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
    patient: { reference: `Patient/${patient}` },
    dateTime: '2025-01-01T00:00:00Z',
    performer: [{ reference: `Patient/${patient}` }],
    organization: [{ reference: `Organization/${hospital(n)}` }],
    policy: [{ uri: `https://hospital.example/policy/${policy}` }],
    provision,
  }))
}
