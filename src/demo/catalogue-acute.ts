// Short illnesses and injuries, each the reason of one visit. Data only. SNOMED CT, and ICD-10-CM where one to one.
import type { DrugKey } from './catalogue-drugs.ts'
import type { DepartmentKey } from './hospitals.ts'
import type { Sex } from './naming.ts'

export interface Acute {
  key: string
  snomed: readonly [code: string, display: string]
  icd10?: readonly [code: string, display: string]
  ages: readonly [number, number]
  sex?: Sex
  weight: number
  /** Where it is seen; an inpatient stays for a few days. */
  seen: 'office' | 'emergency' | 'inpatient' | 'infectious-diseases'
  /** Of inpatients; general medicine unless said. */
  ward?: DepartmentKey
  /** Degrees Celsius above normal, and lost percent of oxygen saturation. */
  fever?: number
  hypoxia?: number
  /** The first drug that no allergy forbids is given. */
  drugs?: readonly DrugKey[]
  /** Days from the visit to recovery. */
  lasts: number
  procedure?: 'appendectomy' | 'suture' | 'chest-x-ray' | 'hip-replacement' | 'coronary-intervention'
}

const entry = (
  key: string,
  snomed: Acute['snomed'],
  icd10: Acute['icd10'] | undefined,
  rest: Omit<Acute, 'key' | 'snomed' | 'icd10'>,
): Acute => ({
  key,
  snomed,
  ...(icd10 ? { icd10 } : {}),
  ...rest,
})

export const ACUTE: readonly Acute[] = [
  entry(
    'cold',
    ['54150009', 'Upper respiratory infection (disorder)'],
    ['J06.9', 'Acute upper respiratory infection, unspecified'],
    { ages: [0, 110], weight: 12, seen: 'office', fever: 0.6, lasts: 8 },
  ),
  entry('pharyngitis', ['43878008', 'Streptococcal sore throat (disorder)'], ['J02.0', 'Streptococcal pharyngitis'], {
    ages: [3, 45],
    weight: 7,
    seen: 'office',
    fever: 1.4,
    drugs: ['amoxicillin', 'azithromycin'],
    lasts: 10,
  }),
  entry('otitis', ['65363002', 'Otitis media (disorder)'], undefined, {
    ages: [0, 9],
    weight: 14,
    seen: 'office',
    fever: 1.2,
    drugs: ['amoxicillin', 'azithromycin'],
    lasts: 9,
  }),
  entry('bronchitis', ['10509002', 'Acute bronchitis (disorder)'], ['J20.9', 'Acute bronchitis, unspecified'], {
    ages: [16, 110],
    weight: 8,
    seen: 'office',
    fever: 0.7,
    hypoxia: 1,
    lasts: 16,
  }),
  entry(
    'cystitis',
    ['68566005', 'Urinary tract infectious disease (disorder)'],
    ['N39.0', 'Urinary tract infection, site not specified'],
    { ages: [16, 110], sex: 'female', weight: 8, seen: 'office', fever: 0.3, drugs: ['nitrofurantoin'], lasts: 7 },
  ),
  entry('back-pain', ['279039007', 'Low back pain (finding)'], undefined, {
    ages: [20, 90],
    weight: 9,
    seen: 'office',
    drugs: ['naproxen', 'paracetamol'],
    lasts: 25,
  }),
  entry(
    'covid-19',
    ['840539006', 'Disease caused by severe acute respiratory syndrome coronavirus 2 (disorder)'],
    ['U07.1', 'COVID-19'],
    { ages: [1, 110], weight: 5, seen: 'office', fever: 1.3, hypoxia: 2, lasts: 12 },
  ),
  entry('ankle-sprain', ['44465007', 'Sprain of ankle (disorder)'], undefined, {
    ages: [8, 70],
    weight: 5,
    seen: 'emergency',
    drugs: ['ibuprofen', 'paracetamol'],
    lasts: 30,
  }),
  entry('forearm-fracture', ['65966004', 'Fracture of forearm (disorder)'], undefined, {
    ages: [5, 95],
    weight: 3,
    seen: 'emergency',
    drugs: ['paracetamol'],
    lasts: 60,
  }),
  entry('hand-wound', ['284549007', 'Laceration of hand (disorder)'], undefined, {
    ages: [4, 80],
    weight: 3,
    seen: 'emergency',
    lasts: 18,
    procedure: 'suture',
  }),
  entry('chest-pain', ['29857009', 'Chest pain (finding)'], undefined, {
    ages: [35, 95],
    weight: 3,
    seen: 'emergency',
    lasts: 2,
  }),
  entry('appendicitis', ['74400008', 'Appendicitis (disorder)'], undefined, {
    ages: [7, 45],
    weight: 1.2,
    seen: 'inpatient',
    fever: 1.2,
    lasts: 20,
    procedure: 'appendectomy',
  }),
  entry('pneumonia', ['233604007', 'Pneumonia (disorder)'], ['J18.9', 'Pneumonia, unspecified organism'], {
    ages: [1, 110],
    weight: 2.5,
    seen: 'inpatient',
    fever: 1.9,
    hypoxia: 7,
    drugs: ['amoxicillin', 'azithromycin'],
    lasts: 21,
    procedure: 'chest-x-ray',
  }),
  entry('hip-fracture', ['5913000', 'Fracture of neck of femur (disorder)'], undefined, {
    ages: [70, 110],
    weight: 5,
    seen: 'inpatient',
    drugs: ['paracetamol'],
    lasts: 110,
    procedure: 'hip-replacement',
  }),
  entry('heart-attack', ['22298006', 'Myocardial infarction (disorder)'], undefined, {
    ages: [46, 95],
    weight: 1.8,
    seen: 'inpatient',
    hypoxia: 3,
    drugs: ['clopidogrel'],
    lasts: 40,
    procedure: 'coronary-intervention',
    ward: 'cardiology',
  }),
  entry('chlamydia', ['240589008', 'Chlamydia trachomatis infection (disorder)'], undefined, {
    ages: [17, 45],
    weight: 3.5,
    seen: 'infectious-diseases',
    drugs: ['doxycycline'],
    lasts: 14,
  }),
  entry('gonorrhoea', ['15628003', 'Gonorrhea (disorder)'], undefined, {
    ages: [17, 45],
    weight: 1.2,
    seen: 'infectious-diseases',
    drugs: ['azithromycin'],
    lasts: 14,
  }),
]
