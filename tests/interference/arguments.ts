// Values for the arguments of any field, by what the schema and the search tables say of them, drawn from what stands in
// the database.
import { type GraphQLArgument, getNullableType, isListType, isRequiredArgument } from 'graphql'
import { RESOURCE_TYPES } from '../../src/fhir/generated/types.ts'
import type { SearchParameter } from '../../src/fhir/search-parameters.ts'
import { hasConcept } from '../../src/search/concept.ts'
import { parameterOf, searchTable } from '../../src/search/parameters.ts'
import type { Dice } from './dice.ts'
import { Inputs } from './inputs.ts'
import type { Focus, Stock } from './stock.ts'

const PREFIXES = ['', '', '', 'eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap']
const COMMON = ['_id', '_lastUpdated']
const SORTED = ['date', 'string', 'code', 'reference', 'patient']

export interface Asked {
  /** Type whose resources the field yields. */
  readonly type: string
  readonly focus: Focus
  /** Type of the resource in which the field stands, if it does. */
  readonly inside?: string
}

const NARROWING = ['_count', '_filter', '_sort']

/** How a document asks for what the asker never sees. */
export type HiddenBy = 'search' | 'sort' | 'negation' | 'reference' | 'contained'

export class Arguments {
  readonly #dice: Dice
  readonly #stock: Stock
  readonly #made: Inputs
  #hidden = new Set<HiddenBy>()
  #times = 0
  constructor(dice: Dice, stock: Stock) {
    this.#dice = dice
    this.#stock = stock
    this.#made = new Inputs(dice, stock)
  }

  /** How hidden elements were asked for since the last time. */
  asked(): readonly HiddenBy[] {
    const asked = [...this.#hidden]
    this.#hidden = new Set()
    return asked
  }
  #note(by: HiddenBy, type: string, codes: readonly string[]): void {
    const spelled = codes.map((code) => code.replaceAll('-', '_'))
    if (!this.#stock.shut(type).some(({ code }) => spelled.includes(code.replaceAll('-', '_')))) return
    this.#hidden.add(by)
    this.#times++
  }

  /** Name -> value, for those that are given. */
  draw(args: readonly GraphQLArgument[], asked: Asked | undefined): Map<string, unknown> {
    const drawn = new Map<string, unknown>()
    const searched = new Set(asked && args.some(({ name }) => name === '_filter') ? this.#searched(asked) : [])
    const hidden: string[] = []
    for (const arg of args) {
      const before = this.#times
      const value = asked && searched.has(arg.name) ? this.#values(asked, arg) : this.#other(arg, asked)
      if (value === undefined) continue
      drawn.set(arg.name, value)
      if (asked) this.#noteIn(arg.name, String(value), asked.type, searched)
      if (this.#times > before) hidden.push(arg.name)
    }
    // Mostly alone: beside other questions it would seldom make a difference.
    if (hidden.length > 0 && this.#dice.chance(60))
      for (const name of drawn.keys())
        if (!hidden.includes(name) && (searched.has(name) || NARROWING.includes(name))) drawn.delete(name)
    return drawn
  }

  #noteIn(name: string, value: string, type: string, searched: ReadonlySet<string>): void {
    if (searched.has(name)) this.#note('search', type, [name])
    if (name === '_reference') this.#note('reference', type, [value])
    if (name === '_sort') this.#note('sort', type, value.replaceAll(/(?<=^|,)-/g, '').split(','))
  }

  #searched({ type, focus, inside }: Asked): string[] {
    const dice = this.#dice
    if (dice.chance(inside ? 60 : 25)) return []
    const known = [...focus.texts.keys(), ...COMMON]
    const shut = this.#stock.shut(type)
    const any = dice.chance(50) && shut.length > 0 ? shut : Object.values(searchTable(type).parameters)
    const codes = any.map(({ code }) => code.replaceAll('-', '_'))
    const some = dice.some(dice.chance(shut.length > 0 ? 75 : 85) ? known : codes, dice.chance(75) ? 1 : 2)
    // By its code is what is mostly asked for, and for some types in a way of its own.
    return dice.chance(hasConcept(type) ? 45 : 3) && known.includes('code')
      ? [...new Set(['code', ...some.slice(1)])]
      : some
  }

  #values(asked: Asked, { name, type }: GraphQLArgument): unknown {
    if (!isListType(getNullableType(type))) return this.#text(asked, name)
    return Array.from({ length: this.#dice.chance(80) ? 1 : 2 }, () => this.#text(asked, name))
  }

  /** A value of the parameter: of this row, of another of its type, or of nobody. */
  #text({ type, focus }: Asked, code: string): string {
    const dice = this.#dice
    const row = dice.chance(75) ? focus : this.#stock.of(type)
    const dated = (text: string) =>
      dice.pick(PREFIXES) + (dice.chance(30) ? text.slice(0, dice.pick([4, 7, 10])) : text)
    if (code === '_id') return dice.chance(95) ? row.id : 'nobody'
    if (code === '_lastUpdated') return dated(String((row.content.meta as { lastUpdated: string }).lastUpdated))
    const texts = row.texts.get(code)
    const kind = this.#parameter(type, code)?.type
    if (kind === 'date') return dated(texts ? dice.pick(texts) : '2025')
    if (!texts) return kind === 'reference' ? `Patient/${row.id}` : 'nothing'
    const text = dice.pick(texts)
    return kind === 'string' && dice.chance(40) ? text.slice(0, dice.int(1, 4)).trim() || text : text
  }

  #parameter(type: string, code: string): SearchParameter | undefined {
    const subject = parameterOf(type, code)
    return subject && 'parameter' in subject ? subject.parameter : undefined
  }

  #other(arg: GraphQLArgument, asked: Asked | undefined): unknown {
    const dice = this.#dice
    const sometimes = <T>(percent: number, value: () => T) => (dice.chance(percent) ? value() : undefined)
    switch (arg.name) {
      case 'id':
        return asked && (dice.chance(94) ? asked.focus.id : 'nobody')
      case 'versionId':
      case '_before':
        if (asked?.focus.version !== undefined && dice.chance(60)) return String(asked.focus.version)
        return sometimes(45, () => String(dice.int(1, 4)))
      case '_count':
        // Nested lists multiply.
        return asked?.inside
          ? sometimes(88, () => dice.pick([1, 1, 2, 3, 4, 0]))
          : sometimes(45, () => dice.pick([1, 2, 3, 5, 10, 0]))
      case '_sort':
        return sometimes(asked && hasConcept(asked.type) ? 60 : 35, () => asked && this.#sort(asked))
      case '_filter':
        return asked && sometimes(this.#stock.shut(asked.type).length > 0 ? 35 : 20, () => this.#filter(asked))
      case '_reference':
        return asked && this.#reference(asked)
      case 'cursor':
      case '_cursor':
        return sometimes(1, () => 'AAAA')
      case 'optional':
        return dice.chance(75)
      case 'type':
        return asked ? undefined : sometimes(8, () => dice.pick(RESOURCE_TYPES))
      default:
        return isRequiredArgument(arg) || (!asked && dice.chance(40)) ? this.#made.of(arg.type, arg.name) : undefined
    }
  }

  #sort({ type }: Asked): string {
    const dice = this.#dice
    const { parameters: byCode, clinical } = searchTable(type)
    const parameters = Object.values(byCode)
    // By time is what is mostly asked for, and what indexes are made for.
    const time = parameters.find(({ column }) => column === clinical)
    if (time && dice.chance(40)) return dice.pick(['-', '']) + time.code
    const sortable = parameters.filter(({ shape }) => SORTED.includes(shape))
    const shut = this.#stock.shut(type).filter(({ shape }) => SORTED.includes(shape))
    const names = (dice.chance(40) && shut.length > 0 ? shut : dice.chance(95) ? sortable : parameters).map(
      ({ code }) => code,
    )
    return dice
      .some([...names, ...COMMON], 2)
      .map((name) => (dice.chance(50) ? `-${name}` : name))
      .join(',')
  }

  #filter(asked: Asked): string {
    const dice = this.#dice
    const known = [...asked.focus.texts.keys(), ...COMMON]
    const shut = this.#stock
      .shut(asked.type)
      .flatMap(({ code }) => known.find((c) => c === code.replaceAll('-', '_')) ?? [])
    const codes = shut.length > 0 && dice.chance(40) ? shut : known
    const denied = shut.length > 0 && dice.chance(50)
    const terms = Array.from({ length: dice.int(1, 3) }, () => {
      const code = dice.pick(codes)
      const term = this.#term(asked, code)
      if (!denied && !dice.chance(25)) return term
      this.#note('negation', asked.type, [code])
      return `not (${term})`
    })
    return terms.reduce((all, term) => `(${all} ${dice.pick(['and', 'or'])} ${term})`)
  }

  #term(asked: Asked, code: string): string {
    const kind = code === '_id' ? 'token' : code === '_lastUpdated' ? 'date' : this.#parameter(asked.type, code)?.type
    const text = this.#text(asked, code)
    const value = JSON.stringify(kind === 'date' ? text.replace(/^[a-z]+/, '') : text)
    const operators = {
      date: ['ge', 'lt', 'ne', 'eq', 'le', 'gt'],
      string: ['sw'],
      reference: ['re', 'eq'],
      token: ['eq', 'eq', 'ne'],
    }
    return `${code} ${this.#dice.pick(operators[kind ?? 'token'])} ${value}`
  }

  /** How the searched type may refer to the resource that it is asked in. */
  #reference({ type, inside }: Asked): string {
    const all = Object.values(searchTable(type).parameters).filter(
      (parameter) => parameter.type === 'reference' && inside !== undefined && parameter.targets?.includes(inside),
    )
    const shut = inside === undefined ? [] : this.#stock.shutReferences(type, inside)
    const parameters = shut.length > 0 && this.#dice.chance(40) ? shut : all
    const codes = parameters.map(({ code }) => code.replaceAll('-', '_'))
    const used = codes.filter((code) => inside !== undefined && this.#stock.referring(type, inside).has(code))
    if (used.length > 0 && this.#dice.chance(85)) return this.#dice.pick(used)
    return codes.length > 0 && this.#dice.chance(98) ? this.#dice.pick(codes) : 'nothing'
  }
}
