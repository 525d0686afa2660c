// What people are allergic to or do not tolerate, and how it shows. Data only. SNOMED CT and RxNorm codes.
import type { Drug } from './catalogue-drugs.ts'
import { type Concept, concept, RXNORM, SNOMED } from './resource.ts'

export type Group = NonNullable<Drug['group']>

export interface Allergen {
  key: string
  code: Concept
  category: 'food' | 'medication' | 'environment'
  type: 'allergy' | 'intolerance'
  chance: number
  reactions: readonly Concept[]
  severe?: boolean
  /** The drugs that are given no longer. */
  group?: Group
}

const finding = (code: string, display: string) => concept(SNOMED, code, display)
const ANAPHYLAXIS = finding('39579001', 'Anaphylaxis (disorder)')
const HIVES = finding('126485001', 'Urticaria (disorder)')
const RASH = finding('271807003', 'Eruption of skin (disorder)')
const ITCH = finding('418290006', 'Itching (finding)')
const SNEEZE = finding('76067001', 'Sneezing (finding)')
const DIARRHOEA = finding('62315008', 'Diarrhea (finding)')
const COUGH = finding('49727002', 'Cough (finding)')

const substance = (code: string, display: string) => concept(SNOMED, code, `${display} (substance)`)

export const ALLERGENS: readonly Allergen[] = [
  {
    key: 'penicillin',
    code: concept(RXNORM, '7980', 'penicillin G'),
    category: 'medication',
    type: 'allergy',
    chance: 0.07,
    reactions: [RASH, HIVES],
    group: 'penicillin',
  },
  {
    key: 'aspirin',
    code: concept(RXNORM, '1191', 'aspirin'),
    category: 'medication',
    type: 'intolerance',
    chance: 0.02,
    reactions: [HIVES],
    group: 'nsaid',
  },
  {
    key: 'lisinopril',
    code: concept(RXNORM, '29046', 'lisinopril'),
    category: 'medication',
    type: 'intolerance',
    chance: 0,
    reactions: [COUGH],
    group: 'ace-inhibitor',
  },
  {
    key: 'metformin',
    code: concept(RXNORM, '6809', 'metformin'),
    category: 'medication',
    type: 'intolerance',
    chance: 0,
    reactions: [DIARRHOEA],
    group: 'biguanide',
  },
  {
    key: 'peanut',
    code: substance('762952008', 'Peanut'),
    category: 'food',
    type: 'allergy',
    chance: 0.02,
    reactions: [ANAPHYLAXIS, HIVES],
    severe: true,
  },
  {
    key: 'cows-milk',
    code: substance('3718001', "Cow's milk"),
    category: 'food',
    type: 'allergy',
    chance: 0.015,
    reactions: [RASH, DIARRHOEA],
  },
  {
    key: 'egg',
    code: substance('102263004', 'Eggs (edible)'),
    category: 'food',
    type: 'allergy',
    chance: 0.012,
    reactions: [HIVES],
  },
  {
    key: 'grass-pollen',
    code: substance('256277009', 'Grass pollen'),
    category: 'environment',
    type: 'allergy',
    chance: 0.07,
    reactions: [SNEEZE, ITCH],
  },
  {
    key: 'bee-venom',
    code: substance('288328004', 'Bee venom'),
    category: 'environment',
    type: 'allergy',
    chance: 0.012,
    reactions: [ANAPHYLAXIS],
    severe: true,
  },
  {
    key: 'latex',
    code: substance('111088007', 'Latex'),
    category: 'environment',
    type: 'allergy',
    chance: 0.008,
    reactions: [ITCH, RASH],
  },
]
