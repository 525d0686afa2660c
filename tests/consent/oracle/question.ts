// What the oracle is asked. The consent kernel answers the same question from its own tables; nothing is shared but the
// words: https://hl7.org/fhir/R4/consent.html
import type { Asker } from '../../../src/kernel/asker.ts'

/** http://terminology.hl7.org/CodeSystem/consentaction */
export type Action = 'access' | 'disclose' | 'collect' | 'use' | 'correct'
export type Effect = 'permit' | 'deny'
export type Resource = Record<string, unknown>

/** What an organisation applies where no consent speaks, https://profiles.ihe.net/ITI/PCF/ch-P.html */
export type ImplicitPolicy = 'deny' | 'basic-normal' | 'all-normal' | 'break-glass-only'

/** What the law says before any consent is read. Codes are v3-ActCode sensitivities; list descendants too. */
export interface Statutory {
  /** Never told. */
  readonly deniedCodes: ReadonlySet<string>
  /** Told only where a consent permits; `all`: nothing is told without one. */
  readonly explicitCodes: ReadonlySet<string> | 'all'
  /** Patients may see their own record. */
  readonly ownRecord: boolean
  /** Not even an emergency opens these, and these only one that was documented. */
  readonly neverInEmergency?: ReadonlySet<string>
  readonly onlyDocumented?: ReadonlySet<string>
}

/** Somebody broke the glass, milliseconds. */
export interface Emergency {
  readonly user: string
  /** Id of the Organization on whose behalf. */
  readonly organisation: string | undefined
  readonly patient: string
  readonly documented: boolean
  readonly started: number
  readonly expires: number
  readonly ended?: number
}

/** Milliseconds since the epoch, high excluded. */
export interface Span {
  readonly low: number
  readonly high: number
}

export interface OracleQuestion {
  readonly asker: Asker
  /** All that is asked: a read is `access`, and `disclose` as well when the asker's organisation is not the custodian. */
  readonly actions: readonly Action[]
  readonly resource: Resource
  /** Id of the compartment's patient. */
  readonly patient: string | undefined
  /** Id of the Organization that holds the data. */
  readonly custodian: string | undefined
  /** The clinical period of the data. */
  readonly clinical?: Span
  /** Every Consent of that patient, as it stands now. */
  readonly consents: readonly Resource[]
  /** Local references that the resource named `Type/id` holds. */
  readonly linked?: (reference: string) => readonly string[]
  readonly now: number
  readonly implicit: (custodian: string | undefined) => ImplicitPolicy
  readonly statutory: Statutory
  /** Every one that is on file, whoever broke the glass and whenever. */
  readonly emergencies?: readonly Emergency[]
}

export interface Verdict {
  readonly effect: Effect
  readonly why: string
}
