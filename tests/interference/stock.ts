// What documents are made from: what really stands in the database, with what is forbidden in front.
import { hidesParameter } from '../../src/consent/disclosure.ts'
import { type HiddenElements, hiddenNames } from '../../src/consent/hidden-elements.ts'
import { compartmentOf } from '../../src/fhir/compartment.ts'
import { isPrimitiveType } from '../../src/fhir/elements.ts'
import { TYPES } from '../../src/fhir/generated/elements.ts'
import { SEARCH } from '../../src/fhir/generated/search-parameters.ts'
import type { SearchParameter } from '../../src/fhir/search-parameters.ts'
import { hasConcept } from '../../src/search/concept.ts'
import type { Dice } from './dice.ts'
import type { Node } from './grow.ts'
import type { StoredRow } from './lay-down.ts'
import type { Removal } from './remove.ts'
import { textsOf } from './texts.ts'

/** A row that a document is about. */
export interface Focus {
  readonly type: string
  readonly id: string
  /** Of an older version that is forbidden, of a resource that is not. */
  readonly version?: number
  readonly content: Node
  readonly texts: ReadonlyMap<string, readonly string[]>
}

/** Whose a resource is: `one` patient's, that of `several`, `nobody`'s though it should be somebody's, or of a `directory`. */
export type Whose = 'one' | 'several' | 'nobody' | 'directory'
export function whose(content: Node): Whose {
  if (content.resourceType === undefined) return 'nobody'
  const { patient, shared } = compartmentOf(content)
  if (patient !== undefined) return 'one'
  return shared ? 'several' : SEARCH[String(content.resourceType)]!.directory ? 'directory' : 'nobody'
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value)

const MANY = 8
const SPECIAL: readonly ((row: StoredRow, stock: Stock) => boolean)[] = [
  ({ type, id }, stock) => stock.referrers(`${type}/${id}`) >= MANY,
  ({ type }, stock) => stock.shut(type).length > 0,
  ({ content }, stock) =>
    [content.contained]
      .flat()
      .some((inner) => isNode(inner) && stock.masked(String(inner.resourceType)).some((name) => name in inner)),
  ({ type }) => hasConcept(type),
  ({ content }) => ['several', 'nobody'].includes(whose(content)),
  ({ content }) => Array.isArray(content.contained),
]

const NOTHING: Node = { meta: { lastUpdated: '2026' } }

export class Stock {
  readonly #dice: Dice
  readonly #rows: readonly StoredRow[]
  readonly #hidden: HiddenElements
  readonly #old: readonly StoredRow[]
  readonly #forbidden: readonly StoredRow[]
  readonly #byType: ReadonlyMap<string, StoredRow[]>
  readonly #texts = new Map<StoredRow, Map<string, string[]>>()
  /** FHIR type -> the properties that some resource holds. */
  readonly #held = new Map<string, Set<string>>()
  /** Type referred to -> type that refers to it -> the parameters by which it does. */
  readonly #referring = new Map<string, Map<string, Set<string>>>()
  /** How often one type refers to another, `Observation Patient`. */
  readonly #pairs = new Map<string, number>()
  /** How many refer to a resource, by name. */
  readonly #referrers = new Map<string, number>()
  readonly #shut = new Map<string, readonly SearchParameter[]>()
  readonly #specials = new Map<readonly StoredRow[], Map<(typeof SPECIAL)[number], readonly StoredRow[]>>()
  /** Types that stand contained in others. */
  readonly contained = new Set<string>()

  /** `rows`: every version of what may be asked for. */
  constructor(dice: Dice, rows: readonly StoredRow[], { current, versions }: Removal, hidden: HiddenElements) {
    const forbidden = [...current, ...versions]
    const names = new Set(current.map(({ type, id }) => `${type}/${id}`))
    this.#old = versions.filter(({ type, id }) => !names.has(`${type}/${id}`))

    this.#dice = dice
    this.#hidden = hidden
    this.#rows = rows
    this.#forbidden = forbidden.length > 0 ? forbidden : rows
    this.#byType = Map.groupBy(rows, ({ type }) => type)
    for (const row of rows) {
      this.#note(row.type, row.content)
      this.#noteReferences(row)
    }
  }

  #note(type: string, node: Node): void {
    const held = this.#held.get(type) ?? new Set()
    this.#held.set(type, held)
    for (const [name, value] of Object.entries(node)) {
      held.add(name)
      const of = TYPES[type]?.elements[name]?.[2]
      if (!of || isPrimitiveType(of)) continue
      for (const inner of [value].flat().filter(isNode)) {
        if (of === 'Resource') this.contained.add(String(inner.resourceType))
        this.#note(of === 'Resource' ? String(inner.resourceType) : of, inner)
      }
    }
  }

  #noteReferences(row: StoredRow): void {
    for (const [code, texts] of this.#textsOf(row))
      for (const text of texts) {
        const target = /^([A-Z]\w+)\/[^/]+$/.exec(text)?.[1]
        if (target === undefined) continue
        this.#referrers.set(text, (this.#referrers.get(text) ?? 0) + 1)
        const pair = `${row.type} ${target}`
        this.#pairs.set(pair, (this.#pairs.get(pair) ?? 0) + 1)
        const known = this.#referring.get(target) ?? new Map<string, Set<string>>()
        this.#referring.set(target, known)
        known.set(row.type, (known.get(row.type) ?? new Set()).add(code))
      }
  }

  /** Parameters by which some resource of the type refers to one of the other; none: nothing refers so. */
  referring = (type: string, target: string): ReadonlySet<string> => this.#referring.get(target)?.get(type) ?? new Set()

  held = (type: string): ReadonlySet<string> => this.#held.get(type) ?? new Set()

  /** Elements of the type that the asker never sees, as far as some resource holds them. */
  masked(type: string): string[] {
    const held = this.held(type)
    return hiddenNames(this.#hidden, type).flatMap(([name]) => (held.has(name!) ? [name!] : []))
  }
  /** Search parameters that read what the asker never sees. */
  shut(type: string): readonly SearchParameter[] {
    const known = this.#shut.get(type)
    if (known) return known
    const shut =
      this.#hidden.size === 0
        ? []
        : Object.values(SEARCH[type]!.parameters).filter(({ code }) => hidesParameter(this.#hidden, type, code))
    this.#shut.set(type, shut)
    return shut
  }
  shutReferences = (type: string, target: string): SearchParameter[] =>
    this.shut(type).filter((parameter) => parameter.type === 'reference' && parameter.targets?.includes(target))

  focus(): Focus {
    if (this.#old.length > 0 && this.#dice.chance(10)) {
      const row = this.#dice.pick(this.#old)
      return { ...this.#about(row), version: row.version }
    }
    const rows = this.#dice.chance(50) ? this.#forbidden : this.#rows
    // What few rows are, and statements or masks treat in a way of its own.
    const special = this.#dice.chance(30) ? this.#special(rows, this.#dice.pick(SPECIAL)) : []
    return this.#about(this.#dice.pick(special.length > 0 ? special : rows))
  }
  #special(rows: readonly StoredRow[], is: (typeof SPECIAL)[number]): readonly StoredRow[] {
    const known = this.#specials.get(rows)?.get(is)
    if (known) return known
    const found = rows.filter((row) => is(row, this))
    this.#specials.set(rows, (this.#specials.get(rows) ?? new Map()).set(is, found))
    return found
  }

  references = (type: string, target: string): number => this.#pairs.get(`${type} ${target}`) ?? 0
  referrers = (name: string): number => this.#referrers.get(name) ?? 0

  /** Another row of the type; nobody where there is none. */
  of(type: string): Focus {
    const rows = this.#byType.get(type)
    return rows ? this.#about(this.#dice.pick(rows)) : { type, id: 'nobody', content: NOTHING, texts: new Map() }
  }

  #about(row: StoredRow): Focus {
    return { type: row.type, id: row.id, content: row.content, texts: this.#textsOf(row) }
  }

  #textsOf(row: StoredRow): ReadonlyMap<string, readonly string[]> {
    const texts = this.#texts.get(row) ?? textsOf(row.content)
    this.#texts.set(row, texts)
    return texts
  }
}
