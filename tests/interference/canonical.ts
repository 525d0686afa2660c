// Answers made comparable: cursors are opened, since each is sealed with a number drawn at random, and errors come in any
// order, since fields are resolved side by side. Everything else stays as it came.
import { RESOURCE_TYPES } from '../../src/fhir/generated/types.ts'
import type { Asker } from '../../src/kernel/asker.ts'
import { unseal } from '../../src/kernel/seal.ts'
import type { Answer } from './servers.ts'

export class Opener {
  readonly #key: Buffer
  readonly #asker: Asker
  constructor(key: Buffer, asker: Asker) {
    this.#key = key
    this.#asker = asker
  }

  /** What a cursor says, in whatever type it was made; undefined for what is none. */
  open(text: string): string | undefined {
    if (!/^[\w-]{45,}$/.test(text)) return undefined
    const { client, user, purpose } = this.#asker
    for (const type of RESOURCE_TYPES) {
      const opened = unseal(this.#key, text, JSON.stringify([type, client, user, purpose]))
      if (opened !== undefined) return `cursor ${type} ${opened}`
    }
    return undefined
  }

  #opened(value: unknown): unknown {
    if (typeof value === 'string') return this.open(value) ?? value
    if (Array.isArray(value)) return value.map((item) => this.#opened(item))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, this.#opened(inner)]))
  }

  canonical({ status, data, errors, extensions }: Answer): string {
    const told = { status, data: this.#opened(data), errors: errors?.map((e) => JSON.stringify(e)).sort(), extensions }
    return JSON.stringify(told, null, 1)
  }
}

/** Every cursor of an answer, by path. */
export function cursorsIn(value: unknown, isCursor: (text: string) => boolean, path = ''): Map<string, string> {
  const found = new Map<string, string>()
  if (typeof value === 'string' && isCursor(value)) found.set(path, value)
  if (typeof value === 'object' && value !== null)
    for (const [name, inner] of Object.entries(value))
      for (const entry of cursorsIn(inner, isCursor, `${path}/${name}`)) found.set(...entry)
  return found
}
