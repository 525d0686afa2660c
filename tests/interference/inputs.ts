// Values for whatever an operation asks: by the type of the argument, and by its name where FHIR would know the name.
import {
  type GraphQLInputType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isRequiredInputField,
} from 'graphql'
import { SEARCH } from '../../src/fhir/generated/search-parameters.ts'
import { RESOURCE_TYPES } from '../../src/fhir/generated/types.ts'
import { ROLES } from '../../src/kernel/asker.ts'
import { POOLS } from '../consent/arbitraries/pools.ts'
import type { Dice } from './dice.ts'
import type { Stock } from './stock.ts'

export class Inputs {
  readonly #dice: Dice
  readonly #stock: Stock
  constructor(dice: Dice, stock: Stock) {
    this.#dice = dice
    this.#stock = stock
  }

  /** Inputs may hold themselves: below the first level stands only what must. */
  of(type: GraphQLInputType, name: string, depth = 0): unknown {
    if (isListType(getNullableType(type))) return [this.of(getNamedType(type) as GraphQLInputType, name, depth)]
    const named = getNamedType(type)
    if (isEnumType(named)) return this.#dice.pick(named.getValues()).name
    if (!isInputObjectType(named)) return this.#scalar(named.name, name)
    const resource = named.name.replace(/Input$/, '')
    if (Object.hasOwn(SEARCH, resource)) {
      const { resourceType: _, meta: __, ...members } = this.#stock.of(resource).content
      return members
    }
    const fields = Object.values(named.getFields()).filter(
      (field) => isRequiredInputField(field) || (depth === 0 && this.#dice.chance(30)),
    )
    return Object.fromEntries(fields.map((field) => [field.name, this.of(field.type, field.name, depth + 1)]))
  }

  #scalar(type: string, name: string): unknown {
    const dice = this.#dice
    const { type: of, id } = this.#stock.focus()
    const known: Readonly<Record<string, () => unknown>> = {
      patient: () => (dice.chance(90) ? this.#stock.of('Patient').id : 'nobody'),
      resource: () => `${of}/${id}`,
      id: () => id,
      user: () => dice.pick(POOLS.users),
      recipients: () => dice.pick(POOLS.users),
      groups: () => dice.pick(POOLS.groups),
      organisation: () => dice.pick(POOLS.organisations),
      organization: () => dice.pick(POOLS.organisations),
      role: () => dice.pick(ROLES),
      purpose: () => dice.pick(['TREAT', 'HPAYMT', 'HRESCH', 'BTG', 'PATRQT']),
      purposes: () => dice.pick(['TREAT', 'HPAYMT', 'HRESCH']),
      action: () => dice.pick(['access', 'disclose', 'collect']),
      labels: () => dice.pick(['N', 'R', 'PSY']),
      type: () => dice.pick(RESOURCE_TYPES),
      types: () => dice.pick(RESOURCE_TYPES),
      reasonCode: () => dice.pick(['unresponsive', 'life-threatening', 'urgent-treatment']),
      reasonText: () => 'Found on the street without papers.',
    }
    if (type === 'Boolean') return dice.chance(50)
    if (type === 'Int') return dice.int(1, 5)
    return Object.hasOwn(known, name) ? known[name]!() : '2026-01-01'
  }
}
