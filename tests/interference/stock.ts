// What documents are made from: what really stands in the database, with what is forbidden in front.
import { hidesParameter } from '../../src/consent/disclosure.ts'
import { type HiddenElements, hiddenNames } from '../../src/consent/hidden-elements.ts'
import { isPrimitiveType } from '../../src/fhir/elements.ts'
import { TYPES } from '../../src/fhir/generated/elements.ts'
import { SEARCH } from '../../src/fhir/generated/search-parameters.ts'
import type { SearchParameter } from '../../src/fhir/search-parameters.ts'
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

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value)

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
    for (const { type, content } of rows) this.#note(type, content)
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

  held = (type: string): ReadonlySet<string> => this.#held.get(type) ?? new Set()

  /** Elements of the type that the asker never sees, as far as some resource holds them. */
  masked(type: string): string[] {
    const held = this.held(type)
    return hiddenNames(this.#hidden, type).flatMap(([name]) => (held.has(name!) ? [name!] : []))
  }
  /** Search parameters that read what the asker never sees. */
  shut = (type: string): SearchParameter[] =>
    this.#hidden.size === 0
      ? []
      : Object.values(SEARCH[type]!.parameters).filter(({ code }) => hidesParameter(this.#hidden, type, code))

  focus(): Focus {
    if (this.#old.length > 0 && this.#dice.chance(10)) {
      const row = this.#dice.pick(this.#old)
      return { ...this.#about(row), version: row.version }
    }
    return this.#about(this.#dice.pick(this.#dice.chance(50) ? this.#forbidden : this.#rows))
  }
  /** Another row of the type; nobody where there is none. */
  of(type: string): Focus {
    const rows = this.#byType.get(type)
    return rows ? this.#about(this.#dice.pick(rows)) : { type, id: 'nobody', content: NOTHING, texts: new Map() }
  }

  #about(row: StoredRow): Focus {
    const texts = this.#texts.get(row) ?? textsOf(row.content)
    this.#texts.set(row, texts)
    return { type: row.type, id: row.id, content: row.content, texts }
  }
}
