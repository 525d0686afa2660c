// consentGrant: a Consent in the form of IHE PCF from a few plain arguments, on the ordinary way of every write.
import { instant, now } from '../../kernel/clock.ts'
import { HealthChainError } from '../../kernel/errors.ts'
import { newId } from '../../kernel/random.ts'
import type { Resource } from '../../store/reader.ts'
import type { Interaction } from '../context.ts'
import { perform } from '../pipeline.ts'
import { signature } from './signed.ts'
import { given, provisionOf, type Terms } from './terms.ts'

export interface Grant extends Terms {
  readonly patient: string
  readonly deny?: boolean | null
  /** Id of the organisation that keeps the consent. */
  readonly organization?: string | null
  readonly scope?: string | null
  /** Of consents to the same policy only the latest is heard. */
  readonly policy?: string | null
  readonly signedBy?: string | null
  readonly form?: string | null
}

const TERMINOLOGY = 'http://terminology.hl7.org/CodeSystem'
const SCOPES: Readonly<Record<string, readonly [code: string, category: string]>> = {
  privacy: ['patient-privacy', 'INFA'],
  research: ['research', 'RESEARCH'],
}

const concept = (system: string, code: string) => ({ coding: [{ system, code }] })

/** In an emergency others decide for the patient; nobody may then make the patient agree to more. */
export function refuseEmergency({ asker }: Interaction): void {
  if (asker.purpose === 'BTG')
    throw new HealthChainError('forbidden', 'emergency', 'Nobody agrees to anything while the glass is broken.')
}

/** @throws HealthChainError as every write does, and incorrect for terms that say too little. */
export async function grant(interaction: Interaction, terms: Grant): Promise<Resource | null> {
  refuseEmergency(interaction)
  const { asker } = interaction
  const { patient, deny, organization = asker.organisation, purposes } = terms
  if ((asker.role === 'patient' || asker.role === 'proxy') && asker.patient !== patient)
    throw new HealthChainError('forbidden', 'compartment', 'The token reaches another patient only.')
  // Others would be held to a consent that they have never seen.
  const foreign = asker.organisation !== undefined && organization !== asker.organisation
  if (foreign && asker.role !== 'system')
    throw new HealthChainError('forbidden', 'custodian', 'Name your own organisation, or none.')
  const [scope, category] = SCOPES[terms.scope ?? 'privacy'] ?? []
  if (!scope) throw new HealthChainError('incorrect', 'bad-scope', 'scope is privacy or research.')
  const research = scope === 'research'
  if (!deny && !purposes && !research)
    throw new HealthChainError('incorrect', 'no-purpose', 'Say for which purposes: who permits all permits too much.')
  const meant = { ...terms, ...(research && { purposes: purposes ?? ['HRESCH'] }) }
  const resource = given({
    resourceType: 'Consent',
    status: 'active',
    scope: concept(`${TERMINOLOGY}/consentscope`, scope),
    category: [concept('http://loinc.org', '59284-0'), concept(`${TERMINOLOGY}/v3-ActCode`, category!)],
    patient: { reference: `Patient/${patient}` },
    dateTime: instant(),
    ...(await signature(interaction, patient, terms.signedBy ?? undefined, terms.form ?? undefined)),
    organization: organization ? [{ reference: `Organization/${organization}` }] : undefined,
    // A policy of its own: grants stand side by side until each is revoked.
    policy: [{ uri: terms.policy ?? `urn:uuid:${newId()}` }],
    provision: provisionOf(meant, deny === true, now()),
  })
  return perform({ kind: 'create', type: 'Consent', resource }, interaction)
}
