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
import { type ErasureReport, type ErasureRequest, erasePatient } from './erasure/erase.ts'
import { erasuresOf, type ToldErasure } from './erasure/erasures-of.ts'
import { liftHold, type PlacedHold, placeHold } from './erasure/legal-hold.ts'
import { exportProof, type ProofExport } from './provenance/export.ts'
import type { Entry } from './provenance/log-view.ts'
import { recordOf } from './provenance/record.ts'
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
  patientErase(request: ErasureRequest): Promise<ErasureReport> {
    return erasePatient(this.#interaction, request)
  }
  legalHoldPlace(patient: string, reason: string, until?: string): Promise<PlacedHold> {
    return placeHold(this.#interaction, patient, reason, until)
  }
  legalHoldLift(patient: string, reason: string): Promise<true> {
    return liftHold(this.#interaction, patient, reason)
  }
  erasuresOf(patient: string): Promise<ToldErasure[]> {
    return erasuresOf(this.#interaction, patient)
  }
  accessHistory(patient: string, count?: number, before?: string): Promise<AccessEntry[]> {
    return accessHistory(this.#interaction, patient, count, before)
  }
  logCheckpoint(): Promise<string | null> {
    return this.#interaction.log.checkpoint()
  }
  /** @param event one of the batch that the entry is of */
  inclusionProof(entry: string, event?: object): Promise<string | null> {
    return this.#interaction.log.inclusionProof(entry, undefined, event)
  }
  consistencyProof(from: number, to: number): Promise<string[]> {
    return this.#interaction.log.consistencyProof(from, to)
  }
  /** Of a resource that was told. */
  provenanceOf(resource: object): Promise<Entry | null> {
    return this.#interaction.log.entryOf(resource)
  }
  provenanceRecord(entry: { readonly entry: string }): Promise<object | null> {
    return recordOf(this.#interaction, entry)
  }
  exportProof(patient: string, after?: string): Promise<ProofExport> {
    return exportProof(this.#interaction, patient, after)
  }
}
