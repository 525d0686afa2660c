// What is prescribed for which long-term problem. Data only; ordinary first choices, no advice.

import type { DrugKey } from './catalogue-drugs.ts'
import type { ChronicKey } from './chronic.ts'

export interface Step {
  /** One of these, the first that is permitted after a random start. */
  any: readonly DrugKey[]
  /** Days from the onset to the first visit at which it is prescribed. */
  after: number
  chance: number
  /** Days after which it is stopped with this reason. */
  ends?: readonly [days: number, reason: string]
}

const step = (any: readonly DrugKey[], after = 0, chance = 1, ends?: Step['ends']): Step => ({
  any,
  after,
  chance,
  ...(ends ? { ends } : {}),
})

export const TREATMENTS: Partial<Record<ChronicKey, readonly Step[]>> = {
  'diabetes-1': [step(['insulin-glargine'])],
  // Insulin stands in where metformin is not tolerated; `courses.ts` takes the first that is permitted.
  'diabetes-2': [step(['metformin', 'insulin-glargine']), step(['insulin-glargine'], 700, 0.28)],
  hypertension: [
    step(['lisinopril', 'amlodipine', 'losartan', 'hydrochlorothiazide'], 45),
    step(['amlodipine', 'hydrochlorothiazide'], 400, 0.3),
  ],
  hyperlipidaemia: [step(['simvastatin'], 60, 0.85)],
  coronary: [step(['aspirin', 'clopidogrel']), step(['atorvastatin'], 20, 0.9), step(['metoprolol'], 20, 0.7)],
  'heart-failure': [step(['furosemide']), step(['lisinopril', 'losartan'], 0, 0.9), step(['metoprolol'], 30, 0.7)],
  'atrial-fibrillation': [step(['apixaban']), step(['metoprolol'], 0, 0.6)],
  asthma: [step(['albuterol']), step(['fluticasone'], 90, 0.5)],
  copd: [step(['fluticasone-salmeterol']), step(['albuterol'], 0, 0.8)],
  hypothyroidism: [step(['levothyroxine'])],
  depression: [step(['sertraline', 'fluoxetine'], 10, 0.85, [540, 'Remission, tapered off'])],
  anxiety: [step(['sertraline'], 10, 0.5)],
  schizophrenia: [step(['risperidone', 'olanzapine'])],
  bipolar: [step(['lithium'])],
  ptsd: [step(['sertraline'], 30, 0.6)],
  hiv: [step(['bictegravir'], 14)],
  opioid: [step(['methadone', 'buprenorphine-naloxone'])],
  epilepsy: [step(['levetiracetam'])],
  parkinson: [step(['carbidopa-levodopa'])],
  alzheimer: [step(['donepezil'], 30, 0.7)],
  arthrosis: [step(['naproxen', 'paracetamol'], 0, 0.4, [120, 'Pain relieved'])],
  osteoporosis: [step(['alendronic-acid'], 0, 0.7)],
  reflux: [step(['omeprazole'], 0, 0.6, [700, 'Symptoms gone'])],
  adhd: [step(['methylphenidate'], 60, 0.7)],
  'breast-cancer': [step(['tamoxifen'], 120, 0.8)],
  rhinitis: [step(['loratadine'], 0, 0.3)],
  'iron-deficiency': [step(['ferrous-sulfate'], 0, 0.9, [270, 'Iron stores refilled'])],
}

/** Drugs that start with the first of the list, not with a random one: the rest is for those who cannot take it. */
export const ORDERED: ReadonlySet<ChronicKey> = new Set(['diabetes-2', 'coronary', 'arthrosis'])
