// search as a list and as a connection, https://hl7.org/fhir/R4/graphql.html#searching
import { now } from '../kernel/clock.ts'
import { HealthChainError } from '../kernel/errors.ts'
import type { Position, Search } from '../search/ast.ts'
import { parseSearch, type SearchArguments } from '../search/parse.ts'
import { count, type Found, search as find, type Resource, list as rows } from '../store/reader.ts'
import { askable } from './askable.ts'
import { charge, type Interaction, requireRight } from './context.ts'
import { openCursor, sealCursor } from './cursor.ts'

/** Rows that a list or a page may hold. */
export const LIST_MAX = 1000
const PAGE = 50

export const tooMany = (type: string) =>
  new HealthChainError(
    'too-costly',
    'too-many-rows',
    `More than ${LIST_MAX} ${type} resources match. Narrow the search, give _count, or page through ${type}Connection.`,
  )

/** @throws HealthChainError too-costly for more than a list may hold. */
export function requireCount(count: number | undefined): void {
  if ((count ?? 0) > LIST_MAX)
    throw new HealthChainError('too-costly', 'too-many-rows', `_count is at most ${LIST_MAX}.`)
}

/** Everything that matches, or an error: a list is never cut silently. With `_count`: the first so many. */
export async function list(interaction: Interaction, type: string, given: SearchArguments): Promise<Resource[]> {
  if (cursorOf(given) !== undefined)
    throw new HealthChainError(
      'incorrect',
      'cursor-in-list',
      `Cursors page through ${type}Connection, not ${type}List.`,
    )
  requireRight(interaction, type, 's')
  const search = askable(interaction, parseSearch(type, given, now()))
  interaction.trail.asked('search', type)
  if (search.count === 0) return []
  requireCount(search.count)
  const found = await rows(interaction.database, search, interaction.view, search.count ?? LIST_MAX + 1)
  if (search.count === undefined && found.length > LIST_MAX) throw tooMany(type)
  charge(interaction, found.length)
  return found
}

const cursorOf = ({ _cursor, cursor }: SearchArguments) => (_cursor ?? cursor ?? undefined) as string | undefined

/** A page with FHIR's fields and Relay's. Cursors and count are made when asked for. */
export class Page {
  readonly #interaction: Interaction
  readonly #search: Search
  readonly #given: SearchArguments
  readonly found: readonly Found[]
  readonly hasNext: boolean
  readonly hasPrevious: boolean

  constructor(
    interaction: Interaction,
    search: Search,
    given: SearchArguments,
    page: { found: Found[]; hasNext: boolean; hasPrevious: boolean },
  ) {
    this.#interaction = interaction
    this.#search = search
    this.#given = given
    this.found = page.found
    this.hasNext = page.hasNext
    this.hasPrevious = page.hasPrevious
  }

  get edges() {
    return this.found.map((row) => ({
      mode: 'match',
      score: null,
      resource: row.resource,
      node: row.resource,
      cursor: () => this.cursorAt(row),
    }))
  }
  get pageInfo() {
    const [first, last] = [this.found[0], this.found.at(-1)]
    return {
      hasNextPage: this.hasNext,
      hasPreviousPage: this.hasPrevious,
      startCursor: first ? this.cursorAt(first, true) : null,
      endCursor: last ? this.cursorAt(last) : null,
    }
  }
  /** All matches, whatever the page. */
  count(): Promise<number> {
    return count(this.#interaction.database, this.#search, this.#interaction.view)
  }

  /** Known only for the first page: later ones continue from a row, not from a number. */
  get offset(): number | null {
    return this.#search.position ? null : 0
  }
  get pagesize(): number {
    return this.#search.count ?? PAGE
  }

  cursorAt(row: Found, backwards = false): string {
    return this.#seal({ keys: row.keys, backwards })
  }
  get first(): string {
    return this.#seal(undefined)
  }
  get last(): string {
    return this.#seal({ keys: [], backwards: true })
  }
  get next(): string | null {
    const row = this.found.at(-1)
    return this.hasNext && row ? this.cursorAt(row) : null
  }
  get previous(): string | null {
    const row = this.found[0]
    return this.hasPrevious && row ? this.cursorAt(row, true) : null
  }

  #seal(position: Position | undefined): string {
    return sealCursor(this.#interaction, this.#search.type, { given: this.#given, position })
  }
}

/** One page; a cursor stands for the whole question and takes no other arguments beside it. */
export async function connection(interaction: Interaction, type: string, given: SearchArguments): Promise<Page> {
  const cursor = cursorOf(given)
  const { given: question, position } =
    cursor === undefined ? { given, position: undefined } : resume(interaction, type, given, cursor)
  requireRight(interaction, type, 's')
  const parsed = askable(interaction, parseSearch(type, question, now()))
  interaction.trail.asked('search', type)
  const size = parsed.count ?? PAGE
  if (size > LIST_MAX)
    throw new HealthChainError('too-costly', 'page-too-large', `A page holds at most ${LIST_MAX} rows.`)
  const search = position ? { ...parsed, position } : parsed
  const backwards = position?.backwards ?? false
  const ahead = size === 0 ? [] : await find(interaction.database, search, interaction.view, size + 1)
  const more = ahead.length > size
  const found = ahead.slice(0, size)
  charge(interaction, found.length)
  if (backwards) found.reverse()
  // Behind a cursor there was a row; before the end of a list there is nothing more.
  const beyondCursor = position !== undefined && position.keys.length > 0
  return new Page(interaction, search, question, {
    found,
    hasNext: backwards ? beyondCursor : more,
    hasPrevious: backwards ? more : beyondCursor,
  })
}

function resume(interaction: Interaction, type: string, given: SearchArguments, cursor: string) {
  // One of these is the cursor itself.
  const present = Object.values(given).filter((value) => value !== undefined && value !== null)
  if (present.length > 1)
    throw new HealthChainError(
      'incorrect',
      'cursor-with-arguments',
      'A cursor stands for the whole search: give no other arguments with it.',
    )
  return openCursor(interaction, type, cursor)
}
