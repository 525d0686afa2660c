// Whole questions: a record, its consents, somebody who asks, the policies of the house. Pure.
import fc, { type Arbitrary } from 'fast-check'
import type { Asker } from '../../../src/kernel/asker.ts'
import { clinicalPeriod, custodianOf, namesCustodian } from '../clinical.ts'
import type { Action, Emergency, ImplicitPolicy, OracleQuestion, Resource, Statutory } from '../oracle/question.ts'
import { askerArbitrary } from './asker.ts'
import { consentsArbitrary } from './consent.ts'
import { emergenciesArbitrary } from './emergency.ts'
import { POOLS, type Pools, pick, weighted } from './pools.ts'
import { linkedIn, recordArbitrary } from './resource.ts'

/** A question's parts that do not depend on which resource is asked for. */
export interface World {
  readonly record: readonly Resource[]
  readonly consents: readonly Resource[]
  readonly asker: Asker
  readonly policy: ImplicitPolicy
  readonly statutory: Statutory
  readonly emergencies: readonly Emergency[]
  readonly now: number
  readonly patient: string
}

const codes = (table: readonly (readonly [number, string[]])[]) => weighted(table).map((all) => new Set(all))
const SUBSTANCES = ['SUD', 'ETHUD', 'OPIOIDUD', 'ETH']

const statutory: Arbitrary<Statutory> = fc.record({
  deniedCodes: codes([
    [3, []],
    [1, ['PSYTHPN']],
  ]),
  neverInEmergency: codes([
    [1, []],
    [2, ['PSYTHPN', 'PSY']],
  ]),
  onlyDocumented: codes([
    [1, []],
    [2, SUBSTANCES],
  ]),
  explicitCodes: weighted<string[] | 'all'>([
    [5, []],
    [3, SUBSTANCES],
    [1, 'all'],
  ]).map((all) => (all === 'all' ? all : new Set(all))),
  ownRecord: weighted([
    [2, true],
    [1, false],
  ]),
})

const policy = weighted<ImplicitPolicy>([
  [3, 'basic-normal'],
  [3, 'all-normal'],
  [1, 'deny'],
  [1, 'break-glass-only'],
])

export const worldArbitrary = (
  pools: Pools = POOLS,
  askers: Arbitrary<Asker> = askerArbitrary(pools),
): Arbitrary<World> =>
  askers.chain((asker) =>
    fc.record({
      record: recordArbitrary(pools),
      consents: consentsArbitrary(pools),
      asker: fc.constant(asker),
      emergencies: emergenciesArbitrary(pools, asker),
      policy,
      statutory,
      now: fc.constant(pools.now),
      patient: fc.constant(pools.patient),
    }),
  )

/** A read, which also discloses unless asker and holder are one organisation. */
export const readActions = ({ organisation }: Asker, custodian: string | undefined): Action[] =>
  organisation !== undefined && organisation === custodian ? ['access'] : ['access', 'disclose']

/** May this resource of the world be told? The custodian is the one that the resource names, unless another is given. */
export function questionOf(
  world: World,
  resource: Resource,
  custodian: string | undefined = custodianOf(resource),
  actions: readonly Action[] = readActions(world.asker, custodian),
): OracleQuestion {
  const { asker, consents, emergencies, now, patient, record } = world
  const clinical = clinicalPeriod(resource)
  return {
    asker,
    actions,
    resource,
    patient,
    custodian,
    ...(clinical && { clinical }),
    consents,
    linked: linkedIn(record),
    now,
    implicit: () => world.policy,
    statutory: world.statutory,
    emergencies,
  }
}

const actions = (asker: Asker, custodian: string | undefined): Arbitrary<readonly Action[]> =>
  weighted<readonly Action[]>([
    [17, readActions(asker, custodian)],
    [1, ['collect']],
    [1, ['correct']],
    [1, ['use']],
  ])

/** Types that name no custodian get any, or none. */
const custodians = (pools: Pools, resource: Resource): Arbitrary<string | undefined> =>
  namesCustodian(String(resource.resourceType))
    ? fc.constant(custodianOf(resource))
    : fc.oneof(
        { weight: 5, arbitrary: pick(pools.organisations) },
        { weight: 1, arbitrary: fc.constant<string | undefined>(undefined) },
      )

export const questionArbitrary = (pools: Pools = POOLS): Arbitrary<OracleQuestion> =>
  worldArbitrary(pools)
    .chain((world) => fc.tuple(fc.constant(world), pick(world.record)))
    .chain(([world, resource]) => fc.tuple(fc.constant(world), fc.constant(resource), custodians(pools, resource)))
    .chain(([world, resource, custodian]) =>
      actions(world.asker, custodian).map((asked) => questionOf(world, resource, custodian, asked)),
    )
