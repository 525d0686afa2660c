// Who asks, under which policies of the house: every role, mostly for what the role is good for, with scopes wide and narrow.
// Read and search go together in every scope, so that a row is told to an asker or it is not.
import type { ImplicitPolicy } from '../../src/consent/implicit.ts'
import { PACKS } from '../../src/consent/packs/index.ts'
import { PURPOSES_OF } from '../../src/consent/role-matrix/cells.ts'
import type { Asker, Role, Scope } from '../../src/kernel/asker.ts'
import { isKindOf, PURPOSES } from '../../src/kernel/purpose.ts'
import type { Policies } from '../../src/server/interaction-for.ts'
import { POOLS } from '../consent/arbitraries/pools.ts'
import type { Dice } from './dice.ts'
import type { LaidDown } from './lay-down.ts'
import { textsOf } from './texts.ts'

export interface Guise {
  readonly asker: Asker
  readonly policies: Policies
}

const ROLES: readonly (readonly [number, Role])[] = [
  [40, 'practitioner'],
  [14, 'nurse'],
  [8, 'pharmacist'],
  [10, 'payer'],
  [10, 'researcher'],
  [12, 'patient'],
  [6, 'proxy'],
  [8, 'system'],
  [3, 'admin'],
  [3, 'auditor'],
  [1, 'device'],
]

/** One that the role may act for, or a kind of it; now and then one that it may not. Break-glass is judged elsewhere. */
function purposeOf(role: Role, dice: Dice): string {
  const asked = PURPOSES.filter((purpose) => !isKindOf(purpose, 'BTG'))
  const named = dice.pick(Object.keys(PURPOSES_OF[role]).filter((purpose) => purpose !== 'BTG'))
  if (dice.chance(3)) return dice.pick(asked)
  return dice.chance(65) ? named : dice.pick(asked.filter((purpose) => isKindOf(purpose, named)))
}

const RS: Scope['rights'] = ['c', 'r', 'u', 'd', 's']

function scopesOf(dice: Dice, { current }: LaidDown, bound: boolean, wanted: Wish): Scope[] {
  const context = bound ? 'patient' : 'user'
  const all: Scope = { context, type: '*', rights: RS, filter: [] }
  const narrow = (): Scope => {
    const { type, content } = dice.pick(current)
    const suffixed = [...textsOf(content)].filter(([code]) => ['status', 'code', 'category'].includes(code))
    const [code, texts] = suffixed.length > 0 ? dice.pick(suffixed) : []
    const filter: Scope['filter'] = code && dice.chance(70) ? [[code, [dice.pick(texts!)]]] : []
    return { context: dice.chance(80) ? context : 'patient', type, rights: RS, filter }
  }
  const several = Array.from({ length: 14 }, narrow)
  const mixed = [...several, ...['Patient', 'Observation'].map((type): Scope => ({ ...all, type }))]
  if (wanted.narrow) return mixed
  return dice.weighted<Scope[]>([
    [65, [all]],
    [6, [{ ...all, context: 'patient' }]],
    [27, mixed],
    [2, []],
  ])
}

function userOf(role: Role, patient: string, dice: Dice): string {
  if (role === 'patient') return `Patient/${patient}`
  if (role === 'proxy') return 'RelatedPerson/rel-a'
  return role === 'device' ? 'Device/dev-a' : dice.pick(POOLS.users)
}

export interface Wish {
  readonly role?: Role
  /** Several narrow scopes instead of a wide one. */
  readonly narrow?: true
  readonly purpose?: string
  readonly implicit?: ImplicitPolicy
  /** Ids of the packs of law. */
  readonly packs?: readonly string[]
}

export function drawGuise(dice: Dice, world: LaidDown, wish: Wish = {}): Guise {
  const role = wish.role ?? dice.weighted(ROLES)
  const patient = dice.pick(world.patients)
  const bound = role === 'patient' || role === 'proxy'
  const user = userOf(role, patient, dice)
  const scopes = scopesOf(dice, world, bound, wish)
  const inContext = bound || scopes.some(({ context }) => context === 'patient')
  const asker: Asker = {
    // Unlike anybody of another run: what a server remembers of one asker is not another's.
    ...{ issuer: 'https://issuer.example', subject: `${user}#${dice.seed()}`, client: 'app', user, role, scopes },
    groups: dice.chance(50) && !bound ? dice.some(POOLS.groups, 2) : [],
    purpose: wish.purpose ?? purposeOf(role, dice),
    ...(!bound && dice.chance(90) && { organisation: dice.pick(POOLS.organisations) }),
    ...((inContext || dice.chance(10)) && { patient }),
  }
  const implicit = (): ImplicitPolicy =>
    dice.weighted([
      [30, 'basic-normal'],
      [50, 'all-normal'],
      [14, 'deny'],
      [6, 'break-glass-only'],
    ] as const)
  const byCustodian = new Map(dice.chance(30) ? [[dice.pick(POOLS.organisations), implicit()]] : [])
  const packs = wish.packs
    ? wish.packs.map((id) => PACKS[id]!)
    : dice.chance(55)
      ? dice.some(Object.values(PACKS), 2)
      : []
  return { asker, policies: { implicit: { byDefault: wish.implicit ?? implicit(), byCustodian }, packs } }
}
