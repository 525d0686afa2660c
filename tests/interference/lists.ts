// And no less: what may be told is told. Every type as one list, held against the oracle instead of a second database.
import { mayAsk } from '../../src/consent/role-matrix.ts'
import { RESOURCE_TYPES } from '../../src/fhir/generated/types.ts'
import type { Judgement } from './judge.ts'
import type { LaidDown } from './lay-down.ts'
import { type Difference, faultsOf, type Pair, type Tally } from './pair.ts'

/**
 * A Provenance is printed from a version, and is no row of a world. Of an AuditEvent nothing is kept that rules could ask of
 * its content: who narrows a consent to some data closes the log of these to others, which is less than the oracle permits.
 */
const OTHERWISE = ['Provenance', 'AuditEvent']

/** Where the list of a type is not what the oracle permits. */
export async function compareLists(pair: Pair, world: LaidDown, judgement: Judgement, tally: Tally) {
  const { full, guise } = pair
  const { asker } = guise
  const searchable = RESOURCE_TYPES.filter(
    (type) =>
      !OTHERWISE.includes(type) &&
      mayAsk(asker, type, 's').allowed &&
      asker.scopes.some((s) => s.type === '*' || s.type === type),
  )
  const differences: Difference[] = []
  for (const type of searchable) {
    const text = `{ list: ${type}List(_count: 1000) { id } }`
    const answer = await full.ask(text, {}, asker)
    const { list } = (answer.data ?? {}) as { list?: { id: string }[] | null }
    const told = list?.map(({ id }) => id) ?? [JSON.stringify(answer.errors)]
    const allowed = world.current.filter((row) => row.type === type && !row.deleted && judgement.allows(row))
    const [got, wanted] = [told, allowed.map(({ id }) => id)].map((ids) => ids.sort().join('\n'))
    tally.listed++
    if (told.length > 0) tally.listedTold++
    const against = 'as the oracle permits'
    if (got !== wanted)
      differences.push({
        ...{ text, variables: {}, guise, full: got!, bare: wanted!, against },
        faults: faultsOf(pair),
      })
  }
  return differences
}
