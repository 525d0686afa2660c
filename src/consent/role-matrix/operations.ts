// Named operations beside the interactions: who may ask for them, for which purposes, with which scopes. Data only.
import { type Right, ROLES, type Role } from '../../kernel/asker.ts'

export interface Operation {
  readonly on: 'Query' | 'Mutation'
  readonly roles: readonly Role[]
  /** Only for these, of the purposes that the role may act for; a code stands for all kinds of it but BTG. */
  readonly purposes?: readonly string[]
  /** All of them. */
  readonly scopes: readonly (readonly [type: string, right: Right])[]
}

// biome-ignore format: one line per operation
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  consentGrant:       { on: 'Mutation', roles: ['patient', 'proxy', 'practitioner', 'nurse', 'system'],         scopes: [['Consent', 'c']] },
  consentRevoke:      { on: 'Mutation', roles: ['patient', 'proxy', 'system'],                                  scopes: [['Consent', 'u']] },
  consentDecision:    { on: 'Query',    roles: ['patient', 'proxy', 'practitioner', 'nurse', 'auditor', 'system'], scopes: [['Consent', 'r']] },
  consentSimulate:    { on: 'Query',    roles: ['patient', 'proxy', 'practitioner', 'system'],                  scopes: [['Consent', 'r']] },
  emergencyAccess:    { on: 'Mutation', roles: ['practitioner'], purposes: ['BTG'],                             scopes: [['Patient', 'r']] },
  emergencyTerminate: { on: 'Mutation', roles: ['practitioner'], purposes: ['BTG', 'TREAT'],                    scopes: [['Patient', 'r']] },
  patientErase:       { on: 'Mutation', roles: ['admin'],                                                       scopes: [['Patient', 'd']] },
  legalHoldPlace:     { on: 'Mutation', roles: ['admin'],                                                       scopes: [['Patient', 'u']] },
  legalHoldLift:      { on: 'Mutation', roles: ['admin'],                                                       scopes: [['Patient', 'u']] },
  provenanceLog:      { on: 'Query',    roles: ROLES,                                                           scopes: [] },
  exportProof:        { on: 'Query',    roles: ['patient', 'auditor', 'admin', 'system'],                       scopes: [['Patient', 'r']] },
  accessHistory:      { on: 'Query',    roles: ['patient', 'proxy', 'auditor'],                                 scopes: [['AuditEvent', 's']] },
}
