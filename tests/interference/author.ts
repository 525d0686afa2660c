// Documents, drawn from the schema itself: whatever root fields, types, elements and arguments it has, or will have.
import {
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isUnionType,
} from 'graphql'
import { TYPES } from '../../src/fhir/generated/elements.ts'
import { SEARCH } from '../../src/fhir/generated/search-parameters.ts'
import { Arguments, type Asked, type HiddenBy } from './arguments.ts'
import type { Dice } from './dice.ts'
import { type Focus, type Stock, type Whose, whose } from './stock.ts'

export interface Drawn {
  readonly text: string
  /** Whose the rows are that it asks for. */
  readonly whose?: readonly Whose[]
  /** How it asks for what is hidden from the asker. */
  readonly hidden?: readonly HiddenBy[]
  /** Named operation that the document is about, if it is about no resource type. */
  readonly operation?: string
  readonly variables: Readonly<Record<string, unknown>>
}

/** Levels that a selection may still go down: of resources, and of datatypes within one. */
interface Room {
  readonly resources: number
  readonly values: number
}
const ROOM: Room = { resources: 4, values: 4 }

/** Resource type that a field's type is about: `Patient` of Patient, PatientConnection, PatientHistoryEntry. */
export const aboutType = (name: string): string | undefined =>
  [name, name.replace(/(?:Connection|HistoryEntry|Edge)$/, '')].find((type) => Object.hasOwn(SEARCH, type))

export class Author {
  readonly #dice: Dice
  readonly #stock: Stock
  readonly #arguments: Arguments
  readonly #roots: ReadonlyMap<string | undefined, GraphQLField<unknown, unknown>[]>
  #aliases = 0
  #variables: Record<string, { type: string; value: unknown }> = {}
  #fragments: string[] = []
  /** Type of the row that a field is about, if that contains something. */
  #containing: string | undefined
  /** Something was selected inside what contains it that the asker never sees. */
  #masked = false

  constructor(schema: GraphQLSchema, dice: Dice, stock: Stock) {
    this.#dice = dice
    this.#stock = stock
    this.#arguments = new Arguments(dice, stock)
    const fields = Object.values(schema.getQueryType()!.getFields())
    this.#roots = Map.groupBy(fields, (field) => aboutType(getNamedType(field.type).name))
  }

  document(): Drawn {
    const dice = this.#dice
    const operations = this.#roots.get(undefined) ?? []
    if (operations.length > 0 && dice.chance(3)) {
      const field = dice.pick(operations)
      return { ...this.#finish([this.#field(field, ROOM, {})]), operation: field.name }
    }
    const rows = Array.from({ length: dice.chance(75) ? 1 : dice.int(2, 3) }, () => this.#focus())
    return { ...this.#finish(rows.map((focus) => this.#root(focus))), whose: rows.map(({ content }) => whose(content)) }
  }

  #focus(): Focus {
    const focus = this.#stock.focus()
    const owner = /"reference":"Patient\/([^"/]+)"/.exec(JSON.stringify(focus.content))?.[1]
    return owner && this.#dice.chance(25) ? { ...this.#stock.of('Patient'), id: owner } : focus
  }

  #root(focus: Focus): string {
    const dice = this.#dice
    this.#containing = Array.isArray(focus.content.contained) ? focus.type : undefined
    const weight = ({ name }: { name: string }) =>
      /List$/.test(name) ? 4 : /Connection$/.test(name) ? 3 : focus.version ? 12 : 2
    const fields = this.#roots.get(focus.type) ?? []
    return this.#field(dice.weighted(fields.map((field) => [weight(field), field])), ROOM, { focus })
  }

  #finish(roots: readonly string[]): Drawn {
    const declared = Object.entries(this.#variables).map(([name, { type }]) => `$${name}: ${type}`)
    const head = declared.length > 0 ? `query Q(${declared.join(', ')})` : 'query Q'
    const text = `${head} { ${roots.join(' ')} } ${this.#fragments.join(' ')}`.trim()
    const values = Object.entries(this.#variables).map(([name, { value }]) => [name, value])
    const hidden = [...this.#arguments.asked(), ...(this.#masked ? (['contained'] as const) : [])]
    this.#variables = {}
    this.#fragments = []
    this.#aliases = 0
    this.#masked = false
    return { ...(hidden.length > 0 && { hidden }), text, variables: Object.fromEntries(values) }
  }

  /** A field with arguments and selection; empty where nothing can be selected below it any more. */
  #field(
    field: GraphQLField<unknown, unknown>,
    room: Room,
    at: { focus?: Focus; inside?: string; alias?: boolean },
  ): string {
    const named = getNamedType(field.type)
    const type = aboutType(named.name)
    const focus = at.focus ?? (type ? this.#stock.of(type) : undefined)
    const asked: Asked | undefined =
      type && focus ? { type, focus, ...(at.inside && { inside: at.inside }) } : undefined
    const below = isCompositeType(named) ? this.#selection(named, room, field.name === 'contained') : ''
    if (isCompositeType(named) && below === '') return ''
    const args = [...this.#arguments.draw(field.args, asked)].map(([name, value]) => {
      const declared = field.args.find((arg) => arg.name === name)!
      return `${name}: ${this.#value(String(declared.type), value)}`
    })
    const alias = at.alias || args.length > 0 || this.#dice.chance(15) ? `a${++this.#aliases}: ` : ''
    return `${alias}${field.name}${args.length > 0 ? `(${args.join(', ')})` : ''} ${below}`
  }

  #value(type: string, value: unknown): string {
    if (typeof value !== 'object' && !this.#dice.chance(25)) return JSON.stringify(value)
    const name = `v${Object.keys(this.#variables).length}`
    this.#variables[name] = { type, value }
    return `$${name}`
  }

  #selection(type: GraphQLCompositeType, room: Room, contained = false): string {
    const dice = this.#dice
    if (isUnionType(type)) {
      // Of all types, those that some resource contains.
      const within = type.getTypes().filter(({ name }) => this.#stock.contained.has(name))
      const masked = within.filter(({ name }) => this.#stock.masked(name).length > 0)
      const some = masked.length > 0 && dice.chance(40) ? masked : within
      const members = within.length > 1 && dice.chance(type.getTypes().length > 20 ? 80 : 0) ? some : type.getTypes()
      const parts = dice.some(members, 2).flatMap((member) => {
        const below = this.#selection(member, room, contained)
        return below === '' ? [] : [`... on ${member.name} ${below}`]
      })
      return parts.length === 0 ? '' : `{ __typename ${parts.join(' ')} }`
    }
    const parts = this.#parts(type as GraphQLObjectType, room, contained)
    if (parts.length === 0) return ''
    if (!Object.hasOwn(SEARCH, type.name) || !dice.chance(12)) return `{ ${parts.join(' ')} }`
    const name = `F${this.#fragments.length}`
    this.#fragments.push(`fragment ${name} on ${type.name} { ${parts.join(' ')} }`)
    return `{ ...${name} }`
  }

  #parts(type: GraphQLObjectType, room: Room, contained: boolean): string[] {
    const fields = type.getFields()
    const resource = Object.hasOwn(SEARCH, type.name)
    const left = resource ? { resources: room.resources - 1, values: 3 } : { ...room, values: room.values - 1 }
    if (left.resources < 0 || left.values < 0) return []
    const names = resource ? this.#ofResource(type, left) : this.#ofValue(type)
    if (contained && this.#stock.masked(type.name).some((name) => names.includes(name))) this.#masked = true
    // Aliases everywhere: one name has different types in different members of a union.
    const alias = { alias: true, ...(resource && { inside: type.name }) }
    const parts = names.map((name) => this.#field(fields[name]!, left, alias)).filter((part) => part !== '')
    return resource ? [`a${++this.#aliases}: id`, ...parts] : parts
  }

  /** Elements that some resource of the type holds, and what refers to it. */
  #ofResource(type: GraphQLObjectType, { resources }: Room): string[] {
    const dice = this.#dice
    const fields = Object.keys(type.getFields())
    const held = fields.filter((name) => this.#stock.held(type.name).has(name) && name !== 'id')
    const reverse = fields.filter((name) => type.getFields()[name]!.args.some((arg) => arg.name === '_reference'))
    const elements =
      held.length > 0 ? dice.some(dice.chance(92) ? held : fields.filter((f) => !reverse.includes(f)), 3) : []
    const nested =
      resources > 0 && reverse.length > 0 && dice.chance(20 + 15 * resources)
        ? Array.from({ length: dice.int(1, resources > 2 ? 2 : 1) }, () => this.#reverse(type, reverse))
        : []
    const inner =
      held.includes('contained') && dice.chance(this.#containing === type.name ? 90 : 40) ? ['contained'] : []
    const masked = this.#stock.masked(type.name).filter((name) => fields.includes(name))
    const some = masked.length > 0 && dice.chance(70) ? dice.some(masked, 3) : []
    return [...new Set([...elements, ...inner, ...some, ...nested])]
  }

  /** Mostly one by which something is found, the more often the more there is; or one that asks by what is hidden. */
  #reverse(type: GraphQLObjectType, names: readonly string[]): string {
    const dice = this.#dice
    const shut = names.filter((name) => this.#asksShut(type, name))
    if (shut.length > 0 && dice.chance(30)) return dice.pick(shut)
    const used = names.map((name) => [this.#referring(type, name), name] as const)
    return used.some(([count]) => count > 0) && dice.chance(80) ? dice.weighted(used) : dice.pick(names)
  }

  #referring(type: GraphQLObjectType, name: string): number {
    const of = aboutType(getNamedType(type.getFields()[name]!.type).name)
    return of === undefined ? 0 : this.#stock.references(of, type.name)
  }

  /** Whether a reverse reference can be asked for by what the asker never sees. */
  #asksShut(type: GraphQLObjectType, name: string): boolean {
    const of = aboutType(getNamedType(type.getFields()[name]!.type).name)
    return of !== undefined && this.#stock.shutReferences(of, type.name).length > 0
  }

  #ofValue(type: GraphQLObjectType): string[] {
    const dice = this.#dice
    const fields = Object.keys(type.getFields())
    if (fields.includes('resource') && fields.includes('reference'))
      return ['reference', 'resource', ...(dice.chance(15) ? ['display'] : [])]
    if (aboutType(type.name)) {
      // A page, an edge, an entry of a history.
      const plain = fields.filter((name) => !isCompositeType(getNamedType(type.getFields()[name]!.type)))
      const composite = fields.filter((name) => !plain.includes(name))
      return [...dice.some(plain, 5), ...dice.some(composite, 2)]
    }
    const fhir = Object.hasOwn(TYPES, type.name)
      ? type.name
      : type.name.startsWith('Reference')
        ? 'Reference'
        : undefined
    const held = fhir ? fields.filter((name) => this.#stock.held(fhir).has(name)) : fields
    return dice.some(held.length > 0 && dice.chance(95) ? held : fields, 3)
  }
}
