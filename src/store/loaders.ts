// References and reverse references, gathered over one tick and read in one statement per type or question. Made per
// request with its view, so nesting cannot show more than asking at the root.
import DataLoader from 'dataloader'
import type { ResourceAddress } from '../fhir/references.ts'
import type { SearchParameter } from '../fhir/search-parameters.ts'
import type { Search } from '../search/ast.ts'
import type { Session } from './database.ts'
import { type Resource, readMany, readVersions, reverse } from './reader.ts'
import type { View } from './view.ts'

export class Loaders {
  readonly #session: Session
  readonly #view: View
  readonly #current = new Map<string, DataLoader<string, Resource | null>>()
  readonly #versions = new Map<string, DataLoader<string, Resource | null>>()
  readonly #reverse = new Map<string, DataLoader<string, Resource[]>>()

  constructor(session: Session, view: View) {
    this.#session = session
    this.#view = view
  }

  /** Null for what is missing, deleted or held back: nobody can tell which. */
  resource({ type, id, version }: ResourceAddress): Promise<Resource | null> {
    return version === undefined ? this.#ofType(type).load(id) : this.#ofVersion(type).load(`${id}/${version}`)
  }

  /** At most `limit` resources that refer to `parent` (`Patient/1`). Equal questions share one statement. */
  referringTo(parent: string, search: Search, reference: SearchParameter, limit: number): Promise<Resource[]> {
    const question = JSON.stringify([search, reference.code, limit])
    let loader = this.#reverse.get(question)
    if (!loader) {
      loader = new DataLoader(async (parents) => {
        const found = await reverse(this.#session, search, reference, parents, this.#view, limit)
        return parents.map((p) => found.get(p) ?? [])
      })
      this.#reverse.set(question, loader)
    }
    return loader.load(parent)
  }

  /** After a write: what was read before it is not the answer any more. */
  forget(): void {
    for (const cache of [this.#current, this.#versions, this.#reverse]) cache.clear()
  }

  #ofType(type: string) {
    let loader = this.#current.get(type)
    if (!loader) {
      loader = new DataLoader(async (ids) => {
        const found = new Map((await readMany(this.#session, type, ids, this.#view)).map((r) => [r.id, r]))
        return ids.map((id) => found.get(id) ?? null)
      })
      this.#current.set(type, loader)
    }
    return loader
  }

  #ofVersion(type: string) {
    let loader = this.#versions.get(type)
    if (!loader) {
      loader = new DataLoader(async (keys) => {
        const wanted = keys.map((key) => ({ id: key.split('/')[0]!, version: key.split('/')[1]! }))
        const found = await readVersions(this.#session, type, wanted, this.#view)
        const byKey = new Map(found.map((r) => [`${r.id}/${(r.meta as { versionId: string }).versionId}`, r]))
        return keys.map((key) => byKey.get(key) ?? null)
      })
      this.#versions.set(type, loader)
    }
    return loader
  }
}
