// Who a demo patient is before anything happens to them. Pure.
import { type Day, dayOf, YEAR, yearsAfter } from './calendar.ts'
import { HOSPITALS, type Hospital } from './hospitals.ts'
import { type PersonName, personName, type Sex } from './naming.ts'
import { type Reference, reference } from './resource.ts'
import { type Seeded, spread } from './seeded.ts'
import type { Member, Roster } from './staff.ts'

export interface Person {
  /** `001`, part of the id of everything that belongs to this person. */
  key: string
  index: number
  random: Seeded
  reference: Reference
  /** Decides the body; `gender` is what the record says. */
  sex: Sex
  gender: 'female' | 'male' | 'other' | 'unknown'
  name: PersonName
  born: Day
  died?: Day
  /** The first and the last day on which something may be recorded. */
  from: Day
  until: Day
  hospital: Hospital
  gp: Member
  nurse: Member
}

/** Years of record that a person has at most. */
const RECORD = 4.5

/** Upper age of each band and its share: a whole town, a little older than average as patients are. */
const AGES: readonly (readonly [number, number])[] = [
  [5, 0.06],
  [18, 0.13],
  [35, 0.21],
  [50, 0.2],
  [65, 0.19],
  [80, 0.14],
  [90, 0.05],
  [101, 0.02],
]

/** The age at a point of the distribution, 0 the youngest and 1 the oldest. */
export function ageAt(point: number): number {
  let [low, left] = [0, point]
  for (const [high, share] of AGES) {
    if (left < share) return low + ((high - low) * left) / share
    left -= share
    low = high
  }
  return low
}

function death(random: Seeded, age: number, today: Day): Day | undefined {
  const risk = age > 85 ? 0.28 : age > 70 ? 0.12 : age > 45 ? 0.025 : 0
  const day = today - random.int(8, 1300)
  return random.chance(risk) ? day : undefined
}

const genderOf = (random: Seeded, sex: Sex): Person['gender'] =>
  random.weighted([
    [sex, 976],
    ['other', 16],
    ['unknown', 8],
  ] as const)

/** Patient number `index` (from 0); does not depend on how many others there are. */
export function meet(all: Seeded, roster: Roster, today: string, index: number): Person {
  const random = all.branch(`patient-${index}`)
  const key = String(index + 1).padStart(3, '0')
  const age = ageAt(spread(index, all.branch('ages').next()))
  const end = dayOf(today)
  // At least ten days of life, so that there is something to tell.
  const born = Math.min(end - Math.round(age * YEAR), end - 10)
  const sex: Sex = random.chance(0.51) ? 'female' : 'male'
  const died = death(random.branch('death'), age, end)
  const hospital = random.weighted(HOSPITALS.map((each) => [each, each.share] as const))
  const doctor = age < 16 ? 'paediatrician' : random.pick(['gp-1', 'gp-2'])
  return {
    key,
    index,
    random,
    reference: reference('Patient', `demo-patient-${key}`),
    sex,
    gender: genderOf(random, sex),
    name: personName(random.branch('name'), sex),
    born,
    ...(died === undefined ? {} : { died }),
    from: Math.max(born, yearsAfter(end, -RECORD)),
    until: (died ?? end) - 1,
    hospital,
    gp: roster.one(hospital, doctor),
    nurse: roster.one(hospital, 'nurse'),
  }
}
