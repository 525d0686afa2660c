// The form of a long-term problem: codes, whom it befalls, who follows it up. Pure.
// SNOMED CT, and ICD-10-CM where the correspondence is one to one.
import type { DepartmentKey } from './hospitals.ts'
import type { Sex } from './naming.ts'

export interface Chronic {
  key: ChronicKey
  snomed: readonly [code: string, display: string]
  icd10?: readonly [code: string, display: string]
  department: DepartmentKey
  sex?: Sex
  /** Years of age between which it begins. */
  begins: readonly [number, number]
  /** Chance that a person past the second age has it. */
  risk: number
  /** Factors on the risk for who already has another problem of the list; 0 excludes. */
  given?: Partial<Record<ChronicKey, number>>
  /** Days between follow-up visits; absent when the yearly check-up is enough. */
  every?: number
}

export type ChronicKey =
  | 'diabetes-2'
  | 'diabetes-1'
  | 'hypertension'
  | 'hyperlipidaemia'
  | 'obesity'
  | 'asthma'
  | 'copd'
  | 'hypothyroidism'
  | 'coronary'
  | 'heart-failure'
  | 'atrial-fibrillation'
  | 'kidney-3'
  | 'kidney-4'
  | 'depression'
  | 'anxiety'
  | 'schizophrenia'
  | 'bipolar'
  | 'ptsd'
  | 'hiv'
  | 'opioid'
  | 'alcohol'
  | 'hepatitis-c'
  | 'partner-abuse'
  | 'epilepsy'
  | 'parkinson'
  | 'alzheimer'
  | 'arthrosis'
  | 'osteoporosis'
  | 'reflux'
  | 'migraine'
  | 'adhd'
  | 'sickle-cell'
  | 'breast-cancer'
  | 'prostate-cancer'
  | 'rhinitis'
  | 'eczema'
  | 'iron-deficiency'

type Rest = Omit<Chronic, 'key' | 'snomed' | 'icd10' | 'department' | 'begins' | 'risk'>

export const entry = (
  key: ChronicKey,
  snomed: Chronic['snomed'],
  icd10: Chronic['icd10'] | undefined,
  department: DepartmentKey,
  begins: Chronic['begins'],
  risk: number,
  rest: Rest = {},
): Chronic => ({ key, snomed, ...(icd10 ? { icd10 } : {}), department, begins, risk, ...rest })
