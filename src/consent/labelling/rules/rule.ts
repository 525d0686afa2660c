// The shape of a labelling rule: which codes make a resource sensitive, and how.
import type { Level, Sensitivity } from '../../labels.ts'

/** Code systems that rules speak of; `systems.ts` knows under which names they travel. */
export const CODE_SYSTEMS = [
  ...(['snomed', 'icd10', 'icd9', 'icd11', 'loinc'] as const),
  ...(['rxnorm', 'atc', 'cpt', 'hcpcs', 'actcode'] as const),
] as const
export type CodeSystem = (typeof CODE_SYSTEMS)[number]

/** Code -> its name, for the reader of the rule. Those of ICD and ATC are the beginning of a code: `F32` is F32.1 too. */
export type Concepts = Readonly<Record<string, string>>

/** The law that asks for the label, v3-ActCode policy codes of HL7's DS4P `sec-label-basis`. */
export type Basis = '42CFRPart2' | 'HIPAAPsyNotes'

export interface LabelRule {
  /** `substance-use/alcohol` */
  readonly id: string
  /** None: stigmatising, but no sensitivity code of HL7 says what it is. */
  readonly sensitivities: readonly Sensitivity[]
  readonly confidentiality: Level
  readonly basis?: Basis
  readonly codes: Readonly<Partial<Record<CodeSystem, Concepts>>>
}
