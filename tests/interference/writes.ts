// Writes as oracles: an update or a delete of what is forbidden answers like one of what is not there, and so does a write
// about a patient who is. Asked last, since some of them succeed and the two databases part.
import type { GraphQLSchema } from 'graphql'
import { RESOURCE_TYPES } from '../../src/fhir/generated/types.ts'
import type { Drawn } from './author.ts'
import type { Dice } from './dice.ts'
import type { Node } from './grow.ts'
import { Inputs } from './inputs.ts'
import type { LaidDown, StoredRow } from './lay-down.ts'
import { ownerPaths, put } from './place.ts'
import type { Removal } from './remove.ts'
import type { Stock } from './stock.ts'

const KINDS = ['Create', 'Update', 'Update', 'Delete', 'Delete'] as const

export class WriteAuthor {
  readonly #dice: Dice
  readonly #world: LaidDown
  readonly #gone: Removal
  readonly #schema: GraphQLSchema
  readonly #inputs: Inputs

  constructor(schema: GraphQLSchema, dice: Dice, world: LaidDown, gone: Removal, stock: Stock) {
    this.#schema = schema
    this.#dice = dice
    this.#world = world
    this.#gone = gone
    this.#inputs = new Inputs(dice, stock)
  }

  mutation(): Drawn {
    const dice = this.#dice
    const row =
      dice.chance(65) && this.#gone.current.length > 0 ? dice.pick(this.#gone.current) : dice.pick(this.#world.current)
    const others = Object.keys(this.#schema.getMutationType()!.getFields()).filter((name) => !isInteraction(name))
    return others.length > 0 && dice.chance(15) ? this.#operation(dice.pick(others)) : this.#interaction(row)
  }

  #interaction(row: StoredRow): Drawn {
    const dice = this.#dice
    const kind = dice.pick(KINDS)
    const name = `${row.type}${kind}`
    const id = dice.chance(85) ? row.id : 'nobody'
    const ifMatch = dice.chance(40) ? dice.pick(['1', '2', '3', 'W/"1"']) : undefined
    if (kind === 'Delete')
      return {
        text: `mutation Q($id: ID!, $m: String) { ${name}(id: $id, ifMatch: $m) }`,
        variables: { id, m: ifMatch },
      }
    const { resourceType: _, meta: __, id: ___, ...res } = this.#moved(row)
    if (kind === 'Create')
      return { text: `mutation Q($res: ${row.type}Input!) { ${name}(res: $res) { id } }`, variables: { res } }
    return {
      text: `mutation Q($id: ID!, $res: ${row.type}Input!, $m: String) { ${name}(id: $id, res: $res, ifMatch: $m) { id } }`,
      variables: { id, res, m: ifMatch },
    }
  }

  /** Often about another patient: one who is forbidden, or one who does not exist. */
  #moved({ type, content }: StoredRow): Node {
    const dice = this.#dice
    const [path] = ownerPaths(type)
    if (!path || type === 'Patient' || dice.chance(40)) return content
    const shut = this.#gone.current.filter((row) => row.type === 'Patient')
    const id = dice.chance(70) && shut.length > 0 ? dice.pick(shut).id : 'nobody'
    const moved = structuredClone(content)
    put(moved, path, [{ reference: `Patient/${id}` }])
    return moved
  }

  #operation(name: string): Drawn {
    const field = this.#schema.getMutationType()!.getFields()[name]!
    const args = field.args.map((arg) => ({
      name: arg.name,
      type: String(arg.type),
      value: this.#inputs.of(arg.type, arg.name),
    }))
    const declared = args.map((arg) => `$${arg.name}: ${arg.type}`).join(', ')
    const given = args.map((arg) => `${arg.name}: $${arg.name}`).join(', ')
    const composite =
      /^\w+$/.test(String(field.type)) && !['Boolean', 'String', 'Int', 'ID'].includes(String(field.type))
    return {
      text: `mutation Q(${declared}) { ${name}(${given}) ${composite ? '{ __typename }' : ''} }`,
      variables: Object.fromEntries(args.map((arg) => [arg.name, arg.value])),
    }
  }
}

const isInteraction = (name: string) =>
  RESOURCE_TYPES.some((type) => ['Create', 'Update', 'Delete'].some((kind) => name === type + kind))
