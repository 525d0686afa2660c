// One rule of a consent, flat: what its provision says together with what it inherits. Everything that decides — SQL,
// the judge in the process — reads rules of this shape. Pure data. standards: HL7 R4 Consent.provision, IHE PCF.

/** Masks of sensitivities that the rule is about, one per level of confidentiality (src/consent/labels.ts). */
export type LabelMasks = readonly [u: number, l: number, m: number, n: number, r: number, v: number]

/** Actions as bits, http://terminology.hl7.org/CodeSystem/consentaction */
export const ACTIONS = { collect: 1, access: 2, use: 4, disclose: 8, correct: 16 } as const
export type Action = keyof typeof ACTIONS
export const ANY_ACTION = 31

/** An absent criterion holds for everything; of a list, one is enough. */
export interface Rule {
  /** 0: the root. The deepest rule that matches speaks for its consent. */
  readonly depth: number
  readonly deny: boolean
  /** Of a consent to research: heard only where research asks. */
  readonly research: boolean
  /** v3-ActReason codes, each for all below it. */
  readonly purposes?: readonly string[]
  /** `Practitioner/1`, `Organization/2`: who receives. */
  readonly recipients?: readonly string[]
  readonly labels: LabelMasks
  readonly actions: number
  /** Ids of organisations that hold the data. */
  readonly custodians?: readonly string[]
  /** Actors who made the data. */
  readonly authors?: readonly string[]
  /** Class: resource types, or profiles; one of either is enough. */
  readonly types?: readonly string[]
  readonly profiles?: readonly string[]
  /** `system|code` of a coding anywhere in the resource. */
  readonly codes?: readonly string[]
  /** Clinical time, milliseconds, half-open; null: without end. */
  readonly dataPeriod?: { readonly from: number | null; readonly until: number | null }
  readonly data?: DataCriterion
}

/** Resources by name; one of the four is enough. All are local references. */
export interface DataCriterion {
  /** These themselves. */
  readonly instances: readonly string[]
  /** What refers to these. */
  readonly dependents: readonly string[]
  /** What these refer to. */
  readonly related: readonly string[]
  /** What these wrote. */
  readonly authors: readonly string[]
}

/** Whether the rule asks more of a resource than its type and labels. */
export const isDynamic = (rule: Rule): boolean =>
  rule.actions !== ANY_ACTION ||
  rule.custodians !== undefined ||
  rule.authors !== undefined ||
  rule.profiles !== undefined ||
  rule.codes !== undefined ||
  rule.dataPeriod !== undefined ||
  rule.data !== undefined
