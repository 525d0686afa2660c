// Allergies and intolerances, https://hl7.org/fhir/R4/allergyintolerance.html. Pure.
import { dateText, moment, yearsAfter } from './calendar.ts'
import { ALLERGENS, type Allergen, type Group } from './catalogue-allergens.ts'
import type { Drug } from './catalogue-drugs.ts'
import type { History } from './history.ts'
import type { Person } from './people.ts'
import { concept, type Resource, terminology } from './resource.ts'

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
