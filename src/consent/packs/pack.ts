// The shape of a jurisdiction pack: what a law says of health data, as versioned data. Types only.
import type { Role } from '../../kernel/asker.ts'
import type { Sensitivity } from '../labels.ts'

/**
 * - `deny`: no consent opens the data.
 * - `explicit`: a consent's own permit is needed; no implicit policy will do.
 * - `permit`: nobody can refuse; today only of one's own record.
 */
export type LawEffect = 'deny' | 'explicit' | 'permit'

/** Whom a rule or an obligation is about; what is absent asks nothing. */
export interface Reach {
  /** v3-ActReason codes; each stands for all below it. */
  readonly purposes?: readonly string[]
  readonly exceptPurposes?: readonly string[]
  readonly roles?: readonly Role[]
  readonly exceptRoles?: readonly Role[]
}

/** What a pack says of some data for some asker. */
export interface PackRule extends Reach {
  /** `hipaa/psychotherapy-notes` */
  readonly id: string
  readonly effect: LawEffect
  /** Any of them or below; absent: all data. */
  readonly sensitivities?: readonly Sensitivity[]
  /** Only the patient's own record, asked for by the patient. */
  readonly own?: true
  /** Whether an emergency passes the rule: never, or only one that is documented as medical (42 CFR 2.51). */
  readonly breakGlass?: 'never' | 'emergency'
  /** `45 CFR 164.508(a)(2)` */
  readonly source: string
  /** One plain sentence for people. */
  readonly says: string
}

/** v3-ActCode obligations and refrains; NOTICE is our own: a text that goes along with the data. */
export type ObligationCode = 'MASK' | 'REDACT' | 'NOTICE' | 'AOD' | 'CPLYCD' | 'DELAU' | 'NORDSCLCD'

export interface Obligation extends Reach {
  readonly id: string
  readonly code: ObligationCode
  /** Only with data of these sensitivities or below; absent: with all. */
  readonly sensitivities?: readonly Sensitivity[]
  /** Resource type -> elements that are left out, `{ Patient: ['photo'] }`. */
  readonly elements?: Readonly<Record<string, readonly string[]>>
  readonly text?: string
  readonly source: string
}

export interface JurisdictionPack {
  readonly id: 'hipaa' | '42cfr2' | 'gdpr' | 'dpdp'
  readonly version: string
  readonly title: string
  readonly rules: readonly PackRule[]
  readonly obligations: readonly Obligation[]
}
