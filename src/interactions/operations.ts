// The named operations of one caller: the face that resolvers see, beside Records. Shield has asked role, purpose and scope.
import { type AccessEntry, accessHistory } from './access-history.ts'
import { type Decision, type DecisionQuestion, decision } from './consent/decision.ts'
import { type Grant, grant } from './consent/grant.ts'
import type { Policies } from './consent/policies.ts'
import { revoke } from './consent/revoke.ts'
import { type Simulation, simulate } from './consent/simulate.ts'
import type { Interaction } from './context.ts'
import { type EmergencyRequest, type Opened, openEmergency } from './emergency/access.ts'
import { terminate } from './emergency/terminate.ts'
import { exportProof, type ProofExport } from './provenance/export.ts'
import { plain } from './records.ts'

export class Operations {
  readonly #interaction: Interaction
  readonly #policies: Policies
  constructor(interaction: Interaction, policies: Policies) {
    this.#interaction = interaction
    this.#policies = policies
  }

  /** The Consent, or null where the asker may write but not read it. */
  consentGrant(terms: Grant): Promise<object | null> {
    return grant(this.#interaction, terms)
  }
  consentRevoke(id: string, reason?: string): Promise<object | null> {
    return revoke(this.#interaction, id, reason)
  }
  consentDecision(question: DecisionQuestion): Promise<Decision> {
    return decision(this.#interaction, this.#policies, question)
  }
  consentSimulate(draft: object): Promise<Simulation> {
    return simulate(this.#interaction, this.#policies, plain('Consent', draft))
  }
  emergencyAccess(request: EmergencyRequest): Promise<Opened> {
    return openEmergency(this.#interaction, this.#policies, request)
  }
  emergencyTerminate(patient: string): Promise<true> {
    return terminate(this.#interaction, patient)
  }
  accessHistory(patient: string, count?: number, before?: string): Promise<AccessEntry[]> {
    return accessHistory(this.#interaction, patient, count, before)
  }
  logCheckpoint(): Promise<string | null> {
    return this.#interaction.log.checkpoint()
  }
  inclusionProof(entry: string): Promise<string | null> {
    return this.#interaction.log.inclusionProof(entry)
  }
  consistencyProof(from: number, to: number): Promise<string[]> {
    return this.#interaction.log.consistencyProof(from, to)
  }
  /** Of a resource that was told. */
  provenanceOf(resource: object): Promise<{ entry: string } | null> {
    return this.#interaction.log.entryOf(resource)
  }
  exportProof(patient: string, after?: string): Promise<ProofExport> {
    return exportProof(this.#interaction, patient, after)
  }
}
