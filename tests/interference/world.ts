// Worlds: patients with records, consents and labels, and the evil in between. References lead into other records, resources
// belong to several patients or to none, change their labels and their subject, are deleted and come back. Pure.
import fc from 'fast-check'
import { holdsPatients } from '../../src/fhir/compartment.ts'
import { SEARCH } from '../../src/fhir/generated/search-parameters.ts'
import { RESOURCE_TYPES } from '../../src/fhir/generated/types.ts'
import { consentsArbitrary } from '../consent/arbitraries/consent.ts'
import { coding, POOLS, type Pools, PROFILES } from '../consent/arbitraries/pools.ts'
import { recordArbitrary } from '../consent/arbitraries/resource.ts'
import { Dice } from './dice.ts'
import { grow, type Node, pruned, type Soil } from './grow.ts'
import { loosened } from './loosen.ts'
import { ownerPaths, put } from './place.ts'

export interface Put {
  readonly type: string
  readonly id: string
  /** Absent: delete. */
  readonly resource?: Node
}
/** Each round is written at once; the next ones write new versions. */
export type Rounds = readonly (readonly Put[])[]

/** Whom consents name: they stand under the ids that the arbitraries use. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  Organization: ['org-a', 'org-b'],
  Practitioner: ['dr-a', 'dr-b'],
  PractitionerRole: ['role-a'],
  Group: ['group-a'],
  CareTeam: ['team-a'],
  RelatedPerson: ['rel-a'],
  Device: ['dev-a'],
}
const DIRECTORY = RESOURCE_TYPES.filter((type) => SEARCH[type]!.directory)
/** Grown for each patient beside the record that the consents name. The platform alone writes AuditEvents. */
const GROWN = RESOURCE_TYPES.filter((type) => !['Patient', 'Consent', 'AuditEvent'].includes(type))
const OWNED = GROWN.filter(holdsPatients)

const IDS = /\b((?:obs|con|med|enc|doc|all)-\d|c\d)(?=")/g
const renamed = <T>(value: T, patient: string): T => JSON.parse(JSON.stringify(value).replaceAll(IDS, `${patient}-$1`))

const kebab = (type: string) => type.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()

export class WorldBuilder {
  readonly #dice: Dice
  readonly #now: number
  readonly patients: readonly string[]
  readonly #names = new Map<string, string[]>()
  /** Types of which there are several for most patients. */
  readonly #crowd: readonly string[]
  /** What stands by now, as it was last written. */
  readonly #standing = new Map<string, Put>()

  constructor(seed: number, patients: number, now: number) {
    this.#dice = new Dice(seed)
    this.#now = now
    this.#crowd = this.#dice.some(OWNED, 2)
    this.patients = Array.from({ length: patients }, (_, n) => `p${n + 1}`)
  }

  build(): Rounds {
    this.#name('Patient', ...this.patients)
    for (const [type, ids] of Object.entries(NAMED)) this.#name(type, ...ids)
    for (const type of DIRECTORY) {
      // What is in a directory and may name patients all the same: a group of them.
      const count = holdsPatients(type) ? 8 : 2
      this.#name(type, ...Array.from({ length: count }, (_, n) => `any-${kebab(type)}-${n + 1}`))
    }
    const mine = this.patients.map((patient) => this.#record(patient))
    for (const { type, id } of mine.flat()) this.#name(type, id)
    const directory = [...DIRECTORY, ...Object.keys(NAMED)].flatMap((type) =>
      this.#idsOf(type).map((id) => this.#grown(type, id, [])),
    )
    const people = this.patients.map((patient) => this.#grown('Patient', patient, [patient]))
    const first = unique([...directory, ...people])
    const second = mine.flat().map(({ type, id, owner, resource }) => {
      const grown = this.#grown(type, id, [owner])
      if (!resource) return grown
      // What a consent can name stands as the arbitraries drew it, half of the time with something beside it.
      const merged = this.#dice.chance(60) ? pruned({ ...grown.resource, ...resource }) : undefined
      return { type, id, resource: merged ?? resource }
    })
    const rounds = [first, unique(second.filter(({ type, id }) => !first.some((p) => p.type === type && p.id === id)))]
    for (const put of rounds.flat()) this.#standing.set(`${put.type}/${put.id}`, put)
    return [...rounds, this.#again(35), this.#again(20)]
  }

  #record(patient: string): { type: string; id: string; owner: string; resource?: Node }[] {
    const dice = this.#dice
    const pools: Pools = { ...POOLS, patient, stranger: dice.pick(this.patients), now: this.#now }
    const draw = <T>(arbitrary: fc.Arbitrary<T>) => fc.sample(arbitrary, { numRuns: 1, seed: dice.seed() })[0]!
    // Where nobody signed anything the policy of the house speaks: else little would ever be told.
    const signed = (dice.chance(88) ? draw(consentsArbitrary(pools)) : []) as Node[]
    // One of several always denies something: who signed one alone is told of more.
    const consents = dice.chance(50) ? signed.slice(0, 1) : signed
    const drawn = [...(draw(recordArbitrary(pools)) as Node[]), ...consents.map((c) => loosened(c, this.#now, dice))]
    const known = renamed(drawn, patient).map((resource) => ({
      type: String(resource.resourceType),
      id: String(resource.id),
      owner: patient,
      resource,
    }))
    // Some of several: lists that are cut, and told rows behind forbidden ones.
    const types = [...new Set([...dice.some(OWNED, 12), ...(dice.chance(60) ? this.#crowd : [])])]
    const grown = types.flatMap((type) =>
      Array.from({ length: this.#crowd.includes(type) ? 5 : dice.chance(25) ? 3 : 1 }, (_, n) => ({
        ...{ type, id: `${patient}-${kebab(type)}${n === 0 ? '' : `-${n}`}`, owner: patient },
      })),
    )
    return [...known, ...grown]
  }

  /** A round of new versions: other labels, other content, another subject; some are deleted, and may come back later. */
  #again(percent: number): Put[] {
    const dice = this.#dice
    const round: Put[] = []
    for (const [name, { type, id, resource }] of this.#standing) {
      // A Consent is the oracle's and the kernel's matter: it goes and does not come back as something else.
      if (!dice.chance(percent) || (type === 'Consent' && !resource)) continue
      const next = resource && dice.chance(12) ? { type, id } : this.#changed(type, id, resource)
      round.push(next)
      this.#standing.set(name, next)
    }
    return round
  }

  #changed(type: string, id: string, resource: Node | undefined): Put {
    const dice = this.#dice
    if (type === 'Consent')
      return { type, id, resource: { ...resource, status: dice.chance(80) ? 'active' : 'inactive' } }
    const owner = dice.chance(55) ? (this.#ownerOf(type, id) ?? dice.pick(this.patients)) : dice.pick(this.patients)
    const grown = this.#grown(type, id, this.#ownerOf(type, id) === undefined ? [] : [type === 'Patient' ? id : owner])
    if (!resource || dice.chance(40)) return grown
    return {
      type,
      id,
      resource: this.#labelled({ ...resource, ...(dice.chance(45) && type !== 'Patient' && owned(type, [owner])) }),
    }
  }

  #ownerOf = (type: string, id: string) => (type === 'Patient' ? id : /^(p\d+)-/.exec(id)?.[1])

  #grown(type: string, id: string, owners: readonly string[]): Put {
    const dice = this.#dice
    const made = grow(type, id, this.#soil(dice))
    const others = dice.chance(type === 'Group' ? 60 : 16) ? [...owners, ...dice.some(this.patients, 3)] : owners
    const belongs = type === 'Patient' || dice.chance(7) ? {} : owned(type, others)
    const whole = this.#containing({ ...made, ...belongs, ...(type === 'Patient' && this.#linked()) }, owners)
    return { type, id, resource: this.#labelled(pruned(whole) ?? made) }
  }

  /** Records that are another's as well. */
  #linked(): Node {
    if (!this.#dice.chance(50)) return {}
    const others = this.#dice.some(this.patients, 3).map((id) => ({ reference: `Patient/${id}` }))
    return { link: others.map((other) => ({ other, type: 'seealso' })) }
  }

  #soil = (dice: Dice): Soil => ({
    dice,
    refer: (targets) => {
      const [type] = dice.some(targets ?? RESOURCE_TYPES, 1).filter((t) => this.#names.has(t))
      const ids = type ? this.#idsOf(type) : []
      // Some are referred to by many: whoever asks for these backwards finds something.
      const id = dice.chance(30) ? ids[0] : dice.pick(ids)
      if (id === undefined) return undefined
      return dice.weighted([
        [80, `${type}/${id}`],
        [14, `${type}/${id}/_history/${dice.int(1, 3)}`],
        [5, `${type}/nobody`],
        [1, `https://elsewhere.example/${type}/${id}`],
      ])
    },
  })

  /** A contained resource, about the same patient or with references that lead anywhere. */
  #containing(resource: Node, owners: readonly string[]): Node {
    const dice = this.#dice
    if (!dice.chance(25)) return resource
    const type = dice.pick([
      'Patient',
      'Patient',
      'RelatedPerson',
      'Practitioner',
      'Observation',
      'Device',
      'Group',
      'Medication',
    ])
    const about = dice.chance(60) && type !== 'Patient' ? owned(type, owners) : {}
    const inner = { ...grow(type, 'c1', this.#soil(dice)), ...about }
    return {
      ...resource,
      contained: [inner],
      extension: [{ url: 'http://example.org/x', valueReference: { reference: '#c1' } }],
    }
  }

  #labelled(resource: Node): Node {
    const dice = this.#dice
    // Most people are no secret: else whatever refers to them or from them would be.
    if (resource.resourceType === 'Patient' && dice.chance(65)) return resource
    const kinds = dice.chance(25) ? dice.some(['PSY', 'ETH', 'ETHUD', 'SUD', 'PSYTHPN', 'HIV', 'MH', 'SEX'], 3) : []
    // What is sensitive is mostly restricted too: each of its sensitivities must be permitted by name then.
    const level = dice.weighted([
      [55, undefined],
      [6, 'L'],
      [14, 'N'],
      [kinds.length > 0 ? 60 : 15, 'R'],
      [5, 'V'],
    ] as const)
    const security = [...(level ? [coding('v3-Confidentiality')(level)] : []), ...kinds.map(coding('v3-ActCode'))]
    const profile = dice.chance(20) ? [dice.pick(PROFILES)] : []
    const tag = dice.chance(10) ? [{ system: 'http://example.org/tags', code: dice.pick(['t1', 't2']) }] : []
    const meta = Object.fromEntries(Object.entries({ security, profile, tag }).filter(([, list]) => list.length > 0))
    const { meta: _, ...rest } = resource
    return Object.keys(meta).length > 0 ? { ...rest, meta } : rest
  }

  #name(type: string, ...ids: string[]): void {
    this.#names.set(type, [...new Set([...this.#idsOf(type), ...ids])])
  }
  #idsOf = (type: string): string[] => this.#names.get(type) ?? []
}

const unique = (puts: readonly Put[]): Put[] => [...new Map(puts.map((put) => [`${put.type}/${put.id}`, put])).values()]

/** The elements that make a resource of this type belong to these patients. */
function owned(type: string, patients: readonly string[]): Node {
  if (patients.length === 0) return {}
  const made: Node = { resourceType: type }
  const [path] = ownerPaths(type)
  if (path)
    put(
      made,
      path,
      [...new Set(patients)].map((id) => ({ reference: `Patient/${id}` })),
    )
  return made
}
