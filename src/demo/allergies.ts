// Allergies and intolerances, https://hl7.org/fhir/R4/allergyintolerance.html. Pure. SNOMED CT and RxNorm codes.
import { dateText, moment, yearsAfter } from './calendar.ts'
import type { Drug } from './catalogue-drugs.ts'
import type { History } from './history.ts'
import type { Person } from './people.ts'
import { type Concept, concept, type Resource, RXNORM, SNOMED, terminology } from './resource.ts'

type Group = NonNullable<Drug['group']>

interface Allergen {
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

const ALLERGENS: readonly Allergen[] = [
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

/** Intolerances show only in those who take the drug, pollen mostly in those with hay fever. */
function chance({ key, chance: usual }: Allergen, history: History): number {
  if (key === 'metformin' && history.get('diabetes-2')) return 0.07
  if (key === 'lisinopril' && history.get('hypertension')) return 0.05
  return key === 'grass-pollen' && history.get('rhinitis') ? 0.8 : usual
}

export interface Allergies {
  known: readonly Allergen[]
  /** Whether the drug may be given; kidney disease forbids anti-inflammatory drugs as an allergy would. */
  permit(drug: Drug): boolean
}

export function allergiesOf(person: Person, history: History): Allergies {
  const known = ALLERGENS.filter((each) => person.random.branch(`allergy-${each.key}`).chance(chance(each, history)))
  const kidneys = history.get('kidney-3') ?? history.get('kidney-4')
  const forbidden = new Set<Group | undefined>(known.map((each) => each.group))
  if (kidneys) forbidden.add('nsaid')
  if (history.get('kidney-4')) forbidden.add('biguanide')
  return { known, permit: (drug) => drug.group === undefined || !forbidden.has(drug.group) }
}

const status = (code: string) => concept(terminology('allergyintolerance-clinical'), code)

/** ait-1 and ait-2: a clinical status unless entered in error, and then none. */
function states(mistaken: boolean, outgrown: boolean) {
  const verification = mistaken ? 'entered-in-error' : 'confirmed'
  return {
    ...(mistaken ? {} : { clinicalStatus: status(outgrown ? 'resolved' : 'active') }),
    verificationStatus: concept(terminology('allergyintolerance-verification'), verification),
  }
}

export function* allergyResources(person: Person, { known }: Allergies): Generator<Resource, void> {
  for (const allergen of known) {
    const random = person.random.branch(`allergy-facts-${allergen.key}`)
    const onset = Math.max(person.born + 1, Math.min(person.until, yearsAfter(person.born, random.between(1, 30))))
    const recorded = Math.min(person.until, Math.max(onset, person.from) + random.int(0, 40))
    yield {
      resourceType: 'AllergyIntolerance',
      id: `demo-${person.key}-allergy-${allergen.key}`,
      ...states(
        allergen.group === undefined && random.chance(0.03),
        allergen.key === 'cows-milk' && random.chance(0.5),
      ),
      type: allergen.type,
      category: [allergen.category],
      criticality: allergen.severe ? 'high' : 'low',
      code: allergen.code,
      patient: person.reference,
      onsetDateTime: dateText(onset),
      recordedDate: moment(recorded, 600, person.hospital.offset),
      recorder: person.gp.practitioner,
      reaction: [{ manifestation: [...allergen.reactions], severity: allergen.severe ? 'severe' : 'moderate' }],
    }
  }
}
