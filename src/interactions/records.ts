// Everything that one caller may do with records: the face that resolvers see. No way leads from here to the database.
import { isId } from '../fhir/references.ts'
import { elapsed, until } from '../kernel/clock.ts'
import { HealthChainError } from '../kernel/errors.ts'
import { isObject } from '../kernel/json.ts'
import type { SearchArguments } from '../search/parse.ts'
import { history, type Resource, type VersionEntry } from '../store/reader.ts'
import { type Interaction, requireRight } from './context.ts'
import { perform } from './pipeline.ts'
import { read, referring, resolve } from './read.ts'
import { connection, LIST_MAX, list, type Page } from './search.ts'
import { SILENCE } from './silence.ts'

type Node = Record<string, unknown>

export class Records {
  readonly #interaction: Interaction
  constructor(interaction: Interaction) {
    this.#interaction = interaction
  }

  read(type: string, id: string, versionId?: string): Promise<Resource> {
    return read(this.#interaction, type, id, versionId)
  }
  list(type: string, given: SearchArguments): Promise<Resource[]> {
    return list(this.#interaction, type, given)
  }
  connection(type: string, given: SearchArguments): Promise<Page> {
    return connection(this.#interaction, type, given)
  }
  referring(type: string, parent: object, given: SearchArguments & { _reference: string }): Promise<Resource[]> {
    return referring(this.#interaction, type, parent as Resource, given)
  }
  resolve(reference: object, options: { optional?: boolean; type?: string }): Promise<object | null> {
    return resolve(this.#interaction, reference, options)
  }

  /** Writes answer with what was written, or null where the asker may write but not read it. */
  create(type: string, resource: object): Promise<Resource | null> {
    return perform({ kind: 'create', type, resource: plain(type, resource) }, this.#interaction)
  }
  /** The operator's update also creates what does not stand yet, unless ifMatch names a version. */
  update(type: string, id: string, resource: object, ifMatch?: string): Promise<Resource | null> {
    const call = { kind: 'update' as const, type, id, resource: plain(type, resource), ...expected(ifMatch) }
    return perform(call, this.#interaction)
  }
  async delete(type: string, id: string, ifMatch?: string): Promise<boolean> {
    await perform({ kind: 'delete', type, id, ...expected(ifMatch) }, this.#interaction)
    return true
  }

  /** Versions newest first. @throws HealthChainError not-found for what never stood; too-costly without `count`. */
  async history(type: string, id: string, count?: number, before?: string): Promise<VersionEntry[]> {
    const { database, view, trail } = this.#interaction
    requireRight(this.#interaction, type, 'r')
    if (count !== undefined && !(count >= 1 && count <= LIST_MAX))
      throw new HealthChainError('incorrect', 'bad-count', `_count is a whole number from 1 to ${LIST_MAX}.`)
    trail.asked('history', type)
    const began = elapsed()
    const found = !isId(id)
      ? []
      : await history(
          database,
          type,
          id,
          view,
          count ?? LIST_MAX + 1,
          before === undefined ? undefined : version(before),
        )
    if (found.length === 0) await until(began + SILENCE)
    if (found.length === 0 && before === undefined)
      throw new HealthChainError('not-found', 'not-found', 'There is no such resource.')
    if (count === undefined && found.length > LIST_MAX)
      throw new HealthChainError('too-costly', 'too-many-versions', 'Give _count, and _before to go further back.')
    return found
  }
}

const expected = (ifMatch: string | undefined) => (ifMatch === undefined ? {} : { expected: version(ifMatch) })

/** `3` or the ETag `W/"3"`. */
function version(text: string): number {
  const digits = /^(?:W\/)?"?([1-9]\d{0,8})"?$/.exec(text)?.[1]
  if (!digits)
    throw new HealthChainError('incorrect', 'bad-version', 'A version is a number such as 3, or an ETag such as W/"3".')
  return Number(digits)
}

/** GraphQL clients send null for what they leave out, FHIR has no null: such members go. Adds resourceType. */
export function plain(type: string, resource: object): Node {
  return { resourceType: type, ...(withoutNulls(resource) as Node) }
}

function withoutNulls(value: unknown): unknown {
  // Nulls inside lists keep places beside `_element` lists.
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isObject(value)) return value
  // Not by assignment: a member called __proto__ would become the prototype, and what it holds would seem to be there.
  const kept = Object.entries(value).filter(([, member]) => member !== null && member !== undefined)
  return Object.fromEntries(kept.map(([key, member]) => [key, withoutNulls(member)]))
}
