// What a mutant is: a leak, sown as an edit of the source text. Runs nothing of the product.
import { readFileSync } from 'node:fs'
import type { HiddenBy } from '../arguments.ts'
import type { Whose } from '../stock.ts'

export interface Edit {
  /** From the root of the project. */
  readonly file: string
  readonly from: string
  readonly to: string
}

/** What documents that come near a leak look like, and those who ask: such are tried first. No document is made for a leak. */
export interface Near {
  readonly document: RegExp
  readonly whose?: Whose
  readonly hidden?: HiddenBy
  readonly asker?: 'hidden' | 'narrow' | 'confined'
}

export interface Mutant {
  readonly name: string
  readonly near: Near
  readonly edits: readonly Edit[]
  /** Of the statement: the second wall would catch it, so it must be found with the wall and without. */
  readonly statement?: true
  /** Acts where writes are judged: it is looked for by writes, on databases of its own. */
  readonly writes?: true
}

export const edit = (file: string, from: string, to: string): Edit => ({ file, from, to })

/** The text of a file with its edits. @throws RangeError where one does not find its text exactly once. */
export const changed = (file: string, text: string, edits: readonly Edit[]): string =>
  edits.reduce((left, { from, to }) => {
    const parts = left.split(from)
    if (parts.length !== 2) throw new RangeError(`In ${file} this stands ${parts.length - 1} times: ${from}`)
    return parts.join(to)
  }, text)

/** The second wall says nothing while `globalThis.wallDown` is true. */
export const WALL: Edit = edit(
  'src/store/disclose.ts',
  '!isTold(view.scope, facts, verdict)) throw disagreement()',
  "!isTold(view.scope, facts, verdict))\n      if (Reflect.get(globalThis, 'wallDown') !== true) throw disagreement()",
)

/** @throws RangeError where an edit of the mutant does not find its place in the code. */
export function findPlaces({ edits }: Pick<Mutant, 'edits'>): void {
  for (const [file, mine] of Map.groupBy(edits, (one) => one.file))
    changed(file, readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8'), mine)
}
