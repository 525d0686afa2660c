// Who asks: the one description of a caller that every decision reads. Made from a verified token, by src/auth alone.

export const ROLES = [
  'patient',
  'proxy',
  'practitioner',
  'nurse',
  'pharmacist',
  'payer',
  'researcher',
  'auditor',
  'admin',
  'device',
  'system',
] as const
export type Role = (typeof ROLES)[number]

/** Letters of SMART scopes v2: create, read, update, delete, search. */
export type Right = 'c' | 'r' | 'u' | 'd' | 's'

/** One SMART scope, `patient/Observation.rs?category=laboratory`, http://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html */
export interface Scope {
  readonly context: 'patient' | 'user' | 'system'
  /** A resource type, or `*`. */
  readonly type: string
  readonly rights: readonly Right[]
  /** Search parameters that narrow the scope: all of them hold. Values of one parameter are alternatives. */
  readonly filter: readonly (readonly [parameter: string, values: readonly string[]])[]
}

export interface Asker {
  /** `iss` and `sub` of the token. */
  readonly issuer: string
  readonly subject: string
  readonly client: string
  /** `Practitioner/123`, the FHIR resource of the person, device or organisation that asks. */
  readonly user: string
  readonly role: Role
  /** Id of the Organization on whose behalf. */
  readonly organisation?: string
  /** Ids of the Organizations that it is part of, through all that are in between. */
  readonly partOf?: readonly string[]
  /** `Group/…`, `CareTeam/…`, `PractitionerRole/…` that the user belongs to. */
  readonly groups: readonly string[]
  readonly scopes: readonly Scope[]
  /** v3-ActReason code: TREAT, HRESCH … */
  readonly purpose: string
  /** The patient in context: `patient/` scopes reach nobody else. */
  readonly patient?: string
  /** How strongly the user signed in; `mfa`: with a second factor. */
  readonly acr?: string
  /** `jti` of the token. */
  readonly token?: string
}
