// Answers made comparable: cursors are opened, since each is sealed with a number drawn at random, and errors come in any
// order, since fields are resolved side by side. Everything else stays as it came.
import { RESOURCE_TYPES } from '../../src/fhir/generated/types.ts'
import type { Interaction } from '../../src/interactions/context.ts'
import { openCursor } from '../../src/interactions/cursor.ts'
import type { Asker } from '../../src/kernel/asker.ts'
import type { Answer } from './servers.ts'

export class Opener {
  readonly #sealing: Interaction
  /** The key that both databases share, since one is a copy of the other. */
  constructor(cursorKey: Buffer, asker: Asker) {
    this.#sealing = { cursorKey, asker } as Interaction
  }

  /** For the cursors of one document: of types that it pages through. */
  of(document: string): (text: string) => string | undefined {
    const types = RESOURCE_TYPES.filter((type) => document.includes(`${type}Connection`))
    const known = new Map<string, string | undefined>()
    return (text) => {
      if (types.length === 0 || !/^[\w-]{45,}$/.test(text)) return undefined
      if (!known.has(text)) known.set(text, this.#open(text, types))
      return known.get(text)
    }
  }

  #open(text: string, types: readonly string[]): string | undefined {
    for (const type of types)
      try {
        return `cursor ${type} ${JSON.stringify(openCursor(this.#sealing, type, text))}`
      } catch {
        // Of another type, or no cursor at all.
      }
    return undefined
  }
}

type Open = (text: string) => string | undefined

function withCursors(value: unknown, open: Open): unknown {
  if (typeof value === 'string') return open(value) ?? value
  if (Array.isArray(value)) return value.map((item) => withCursors(item, open))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withCursors(inner, open)]))
}

export function canonical({ status, data, errors, extensions }: Answer, open: Open): string {
  const all = errors?.map((error) => JSON.stringify(error)).sort()
  return JSON.stringify({ status, data: withCursors(data, open), errors: all, extensions }, null, 1)
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
