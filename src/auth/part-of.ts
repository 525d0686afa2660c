// Where in its house an asker stands: a token names one organisation, and what that is part of is looked up. An asker stays
// one object while nothing changes: what is compiled for them hangs on it.
import type { Asker } from '../kernel/asker.ts'

/** Says of askers what their organisation is part of. @throws what `above` throws: nobody is heard as less than they are. */
export function placing(above: (organisation: string) => Promise<readonly string[]>) {
  const placed = new WeakMap<Asker, Asker>()
  return async (asker: Asker): Promise<Asker> => {
    if (asker.organisation === undefined) return asker
    const partOf = await above(asker.organisation)
    const before = placed.get(asker) ?? asker
    if ((before.partOf ?? []).join() === partOf.join()) return before
    const { partOf: _, ...rest } = asker
    const made: Asker = Object.freeze({ ...rest, ...(partOf.length > 0 && { partOf }) })
    placed.set(asker, made)
    return made
  }
}
