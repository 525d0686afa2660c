// Who asks: the one description of a caller that every decision reads.

export type Role =
  | 'patient'
  | 'proxy'
  | 'practitioner'
  | 'nurse'
  | 'pharmacist'
  | 'payer'
  | 'researcher'
  | 'auditor'
  | 'admin'
  | 'device'
  | 'system'

export interface Asker {
  readonly client: string
  /** `Practitioner/123`, the FHIR resource of the person or device. */
  readonly user: string
  readonly role: Role
  /** Id of the Organization on whose behalf. */
  readonly organisation?: string
  readonly groups: readonly string[]
  /** SMART scopes, `user/Observation.rs`. */
  readonly scopes: readonly string[]
  /** v3-ActReason code: TREAT, HRESCH … */
  readonly purpose: string
  /** The patient in context, if the token is confined to one. */
  readonly patient?: string
}
