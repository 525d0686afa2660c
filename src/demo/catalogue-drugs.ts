// The formulary: RxNorm clinical drugs with their ordinary dose. Data only. https://www.nlm.nih.gov/research/umls/rxnorm

export interface Drug {
  key: DrugKey
  rxnorm: string
  display: string
  /** What one takes, `tablet`, `puff`, and how many of them each time. */
  form: string
  dose: number
  /** Times per day; 0 stands for as needed. */
  times: number
  route: RouteKey
  /** Group that an allergy forbids. */
  group?: 'penicillin' | 'nsaid' | 'biguanide' | 'ace-inhibitor'
  /** Days that one dispense lasts. */
  days: number
}

export type RouteKey = 'oral' | 'subcutaneous' | 'respiratory' | 'sublingual'

/** SNOMED CT, https://hl7.org/fhir/R4/valueset-route-codes.html */
export const ROUTES: Record<RouteKey, readonly [code: string, display: string]> = {
  oral: ['26643006', 'Oral route'],
  subcutaneous: ['34206005', 'Subcutaneous route'],
  respiratory: ['447694001', 'Respiratory tract route'],
  sublingual: ['37839007', 'Sublingual route'],
}

const tablet = (rxnorm: string, display: string, times: number, rest: Partial<Drug> = {}): Omit<Drug, 'key'> => ({
  rxnorm,
  display,
  form: 'tablet',
  dose: 1,
  times,
  route: 'oral',
  days: 90,
  ...rest,
})

const capsule = (rxnorm: string, display: string, times: number, rest: Partial<Drug> = {}): Omit<Drug, 'key'> =>
  tablet(rxnorm, display, times, { form: 'capsule', ...rest })

const inhaler = (rxnorm: string, display: string, times: number): Omit<Drug, 'key'> =>
  tablet(rxnorm, display, times, { form: 'puff', dose: 2, route: 'respiratory' })

const DRUGS = {
  metformin: tablet('861007', 'metformin hydrochloride 500 MG Oral Tablet', 2, { group: 'biguanide' }),
  'insulin-glargine': tablet('311041', 'insulin glargine 100 UNT/ML Injectable Solution', 1, {
    form: 'unit',
    dose: 18,
    route: 'subcutaneous',
  }),
  lisinopril: tablet('314076', 'lisinopril 10 MG Oral Tablet', 1, { group: 'ace-inhibitor' }),
  losartan: tablet('979492', 'losartan potassium 50 MG Oral Tablet', 1),
  amlodipine: tablet('197361', 'amlodipine 5 MG Oral Tablet', 1),
  hydrochlorothiazide: tablet('310798', 'hydrochlorothiazide 25 MG Oral Tablet', 1),
  metoprolol: tablet('866514', 'metoprolol tartrate 50 MG Oral Tablet', 2),
  furosemide: tablet('313988', 'furosemide 40 MG Oral Tablet', 1),
  simvastatin: tablet('312961', 'simvastatin 20 MG Oral Tablet', 1),
  atorvastatin: tablet('259255', 'atorvastatin 80 MG Oral Tablet', 1),
  aspirin: tablet('243670', 'aspirin 81 MG Oral Tablet', 1, { group: 'nsaid' }),
  clopidogrel: tablet('309362', 'clopidogrel 75 MG Oral Tablet', 1),
  apixaban: tablet('1364445', 'apixaban 5 MG Oral Tablet', 2),
  levothyroxine: tablet('966222', 'levothyroxine sodium 0.075 MG Oral Tablet', 1),
  albuterol: inhaler('745679', '200 ACTUAT albuterol 0.09 MG/ACTUAT Metered Dose Inhaler', 0),
  fluticasone: inhaler('895994', '120 ACTUAT fluticasone propionate 0.044 MG/ACTUAT Metered Dose Inhaler', 2),
  'fluticasone-salmeterol': inhaler(
    '896209',
    '60 ACTUAT fluticasone propionate 0.25 MG/ACTUAT / salmeterol 0.05 MG/ACTUAT Dry Powder Inhaler',
    2,
  ),
  sertraline: tablet('312941', 'sertraline 50 MG Oral Tablet', 1),
  fluoxetine: capsule('310385', 'fluoxetine 20 MG Oral Capsule', 1),
  risperidone: tablet('312831', 'risperidone 2 MG Oral Tablet', 2, { days: 30 }),
  olanzapine: tablet('314154', 'olanzapine 10 MG Oral Tablet', 1, { days: 30 }),
  lithium: capsule('197889', 'lithium carbonate 300 MG Oral Capsule', 3),
  methadone: tablet('864706', 'methadone hydrochloride 10 MG Oral Tablet', 1, { dose: 6, days: 30 }),
  'buprenorphine-naloxone': tablet('351266', 'buprenorphine 2 MG / naloxone 0.5 MG Sublingual Tablet', 1, {
    dose: 4,
    route: 'sublingual',
    days: 30,
  }),
  bictegravir: tablet(
    '1999667',
    'bictegravir 50 MG / emtricitabine 200 MG / tenofovir alafenamide 25 MG Oral Tablet',
    1,
  ),
  levetiracetam: tablet('311289', 'levetiracetam 500 MG Oral Tablet', 2),
  'carbidopa-levodopa': tablet('197444', 'carbidopa 25 MG / levodopa 100 MG Oral Tablet', 3),
  donepezil: tablet('997223', 'donepezil hydrochloride 10 MG Oral Tablet', 1),
  methylphenidate: tablet('1091392', 'methylphenidate hydrochloride 20 MG Oral Tablet', 1, { days: 30 }),
  omeprazole: capsule('198051', 'omeprazole 20 MG Delayed Release Oral Capsule', 1),
  tamoxifen: tablet('198240', 'tamoxifen 10 MG Oral Tablet', 2),
  'alendronic-acid': tablet('904419', 'alendronic acid 10 MG Oral Tablet', 1),
  'ferrous-sulfate': tablet('310325', 'ferrous sulfate 325 MG Oral Tablet', 1),
  loratadine: tablet('311372', 'loratadine 10 MG Oral Tablet', 1),
  naproxen: tablet('198014', 'naproxen 500 MG Oral Tablet', 2, { group: 'nsaid', days: 14 }),
  ibuprofen: tablet('310965', 'ibuprofen 200 MG Oral Tablet', 3, { group: 'nsaid', days: 7 }),
  paracetamol: tablet('313782', 'acetaminophen 325 MG Oral Tablet', 3, { days: 10 }),
  amoxicillin: capsule('308182', 'amoxicillin 250 MG Oral Capsule', 3, { group: 'penicillin', days: 10 }),
  azithromycin: tablet('308460', 'azithromycin 250 MG Oral Tablet', 1, { days: 5 }),
  doxycycline: tablet('1650142', 'doxycycline monohydrate 100 MG Oral Tablet', 2, { days: 7 }),
  nitrofurantoin: capsule('311995', 'nitrofurantoin, macrocrystals 50 MG Oral Capsule', 4, { days: 5 }),
}

export type DrugKey = keyof typeof DRUGS

export const drug = (key: DrugKey): Drug => ({ key, ...DRUGS[key] })

export const FORMULARY: readonly Drug[] = (Object.keys(DRUGS) as DrugKey[]).map(drug)
