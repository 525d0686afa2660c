// Conditional references and creates against the database: exactly one match or none, https://hl7.org/fhir/R4/http.html#ccreate
import { now } from '../../kernel/clock.ts'
import { HealthChainError } from '../../kernel/errors.ts'
import { parseSearch } from '../../search/parse.ts'
import { list } from '../../store/reader.ts'
import type { Interaction } from '../context.ts'

/** REST search text -> arguments: repeated parameters would mean AND, which an import does not need. */
function argumentsOf(query: string): Record<string, string[]> {
  const given: Record<string, string[]> = {}
  for (const [name, value] of new URLSearchParams(query)) {
    if (name in given || name.includes(':') || name.includes('.'))
      throw new HealthChainError(
        'unsupported',
        'conditional-search',
        'Conditional references take plain, single parameters.',
      )
    given[name.replaceAll('-', '_')] = value.split(/(?<!\\),/).map((part) => part.replaceAll(/\\([,|$\\])/g, '$1'))
  }
  if (Object.keys(given).length === 0)
    throw new HealthChainError('incorrect', 'conditional-search', 'A conditional reference needs a search parameter.')
  return given
}

/** Finds `Type/id` by a search, remembering what was found. */
export class Matcher {
  readonly #interaction: Interaction
  readonly #known = new Map<string, string>()
  constructor(interaction: Interaction) {
    this.#interaction = interaction
  }

  /** Undefined if nothing matches. @throws HealthChainError if several do, or the search is none. */
  async find(type: string, query: string): Promise<string | undefined> {
    const key = `${type}?${query}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const { database, view } = this.#interaction
    const found = await list(database, parseSearch(type, argumentsOf(query), now()), view, 2)
    if (found.length > 1)
      throw new HealthChainError('conflict', 'several-matches', 'A conditional reference matches several resources.')
    if (found.length === 0) return undefined
    const reference = `${type}/${found[0]!.id}`
    this.#known.set(key, reference)
    return reference
  }
}
