// Draws names, telephone numbers and addresses from `names.ts`. Pure.
import { NAMINGS, type Naming, STREETS, TOWNS } from './names.ts'
import type { Seeded } from './seeded.ts'

export type Sex = 'female' | 'male'

export interface PersonName {
  given: string[]
  family: string
  naming: Naming
}

/** Two sexes of one family differ only in the ending; some people carry two names. */
function familyName(random: Seeded, naming: Naming, sex: Sex): string {
  const one = () => random.pick(naming.stems) + random.pick(naming.endings)[sex === 'female' ? 0 : 1]
  if (naming.two) return `${one()} ${one()}`
  return random.chance(0.06) ? `${one()}-${one()}` : one()
}

export const anyNaming = (random: Seeded): Naming =>
  random.weighted(NAMINGS.map((naming) => [naming, naming.share] as const))

export function personName(random: Seeded, sex: Sex, naming = anyNaming(random)): PersonName {
  const first = random.pick(naming[sex])
  const second = random.chance(0.18) ? random.pick(naming[sex]) : first
  return { given: second === first ? [first] : [first, second], family: familyName(random, naming, sex), naming }
}

/** Letters and digits only, for mail addresses: `Söderström` -> `soderstrom`. */
export const plain = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/ß/g, 'ss')
    .replace(/[łŁ]/g, 'l')
    .replace(/[øØ]/g, 'o')
    .replace(/[þÞ]/g, 'th')
    .replace(/[æÆ]/g, 'ae')
    .replace(/ı/g, 'i')
    .replace(/[^a-zA-Z0-9]/g, '')
    .toLowerCase()

export const fullName = (name: PersonName): string => `${name.given.join(' ')} ${name.family}`

/** Numbers 555-0100 to 555-0199 are kept for fiction; example.org is kept by RFC 2606. */
export const telephone = (random: Seeded): string => `+1-555-01${random.int(10, 99)}`

export function homeAddress(random: Seeded) {
  const { city, postal } = random.pick(TOWNS)
  return {
    use: 'home',
    line: [`${random.int(1, 180)} ${random.pick(STREETS)}`],
    city,
    state: 'EX',
    postalCode: postal,
    country: 'ZZ',
  }
}
