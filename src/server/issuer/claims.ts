// What an access token says about who asks: IUA claims (https://profiles.ihe.net/ITI/IUA) beside SMART's. Pure.
import type { Role } from '../../kernel/asker.ts'
import { ACT_REASON } from '../../kernel/purpose.ts'

/** Seconds. */
export const LIFETIME = { user: 30 * 60, service: 5 * 60, refresh: 7 * 24 * 60 * 60 } as const
export const ROLE_SYSTEM = 'urn:healthchain:role'

export interface Identity {
  /** `Practitioner/123`. */
  readonly user: string
  readonly role: Role
  /** `Organization/123`. */
  readonly organisation?: string
  /** v3-ActReason codes. */
  readonly purposes: readonly string[]
  /** Id of the patient in context. */
  readonly patient?: string
  /** `Group/…`, `CareTeam/…`, `PractitionerRole/…`. */
  readonly groups?: readonly string[]
  readonly acr?: string
}

export type IdentityClaims = Record<string, unknown>

export function identityClaims({ user, role, organisation, purposes, patient, groups, acr }: Identity): IdentityClaims {
  return {
    fhirUser: user,
    extensions: {
      ihe_iua: {
        subject_role: [{ system: ROLE_SYSTEM, code: role }],
        ...(organisation && { subject_organization_id: organisation }),
        purpose_of_use: purposes.map((code) => ({ system: ACT_REASON, code })),
      },
    },
    ...(patient && { patient }),
    groups: groups ?? [],
    ...(acr && { acr }),
  }
}
