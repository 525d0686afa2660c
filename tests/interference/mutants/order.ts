// Which documents a mutant is tried on first: those that come near its leak, asked by whom it could concern. Pure.
import type { Drawn } from '../author.ts'
import type { Near } from './mutant.ts'
import type { Part } from './prepare.ts'

/** Documents of one asker, asked at the same time. */
export interface Batch {
  readonly part: Part
  readonly documents: readonly Drawn[]
}

const TOGETHER = 4

const batchesOf = (part: Part, documents: readonly Drawn[]): Batch[] =>
  Array.from({ length: Math.ceil(documents.length / TOGETHER) }, (_, n) => ({
    part,
    documents: documents.slice(n * TOGETHER, (n + 1) * TOGETHER),
  }))

/** The first of each, then the second of each, and so on. */
function* inTurn<T>(lists: readonly (readonly T[])[]): Generator<T> {
  for (let n = 0; lists.some((list) => n < list.length); n++)
    for (const list of lists) if (n < list.length) yield list[n]!
}

const holds = <T>(list: readonly T[] | undefined, wanted: T | undefined) =>
  wanted === undefined || list?.includes(wanted) === true

const isNear = ({ text, whose, hidden }: Drawn, near: Near): boolean =>
  near.document.test(text) && holds(whose, near.whose) && holds(hidden, near.hidden)

/** All documents, in four stretches: near and by whom it could concern, near, by whom it could concern, all others. */
export function inOrder(parts: readonly Part[], near: Near): Batch[] {
  const concerns = ({ kinds }: Part) => near.asker === undefined || kinds.includes(near.asker)
  const stretches = [true, false].flatMap((close) =>
    [true, false].map((mine) =>
      parts
        .filter((part) => concerns(part) === mine)
        .map((part) =>
          batchesOf(
            part,
            part.documents.filter((one) => isNear(one, near) === close),
          ),
        ),
    ),
  )
  // Near documents of everybody before any others.
  return stretches.flatMap((lists) => [...inTurn(lists)])
}
