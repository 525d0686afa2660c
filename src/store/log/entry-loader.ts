// Which entries stand for versions, and where entries stand, gathered over one tick and read in one statement: a list asks
// for each of its rows.
import DataLoader from 'dataloader'
import type { Session } from '../database.ts'
import type { About } from './leaf-lines.ts'

export interface Placed {
  readonly entry: string
  /** Undefined while it waits for its place. */
  readonly index?: number
}

const ENTRIES = `select l.entry, l.leaf_index, l.type, l.id, l.version
from unnest($1::text[], $2::text[], $3::int[]) as asked (type, id, version) join log_leaf as l using (type, id, version)`

const keyOf = ({ type, id, version }: About) => `${type}/${id}/${version}`

/** Undefined for a version of before the log. */
export function entryLoader(session: Session): (about: About) => Promise<Placed | undefined> {
  const loader = new DataLoader<About, Placed | undefined, string>(
    async (asked) => {
      const rows = await session.query<About & { entry: string; leaf_index: string | null }>({
        sql: ENTRIES,
        parameters: [asked.map(({ type }) => type), asked.map(({ id }) => id), asked.map(({ version }) => version)],
      })
      const found = new Map(
        rows.map((row) => [
          keyOf(row),
          { entry: row.entry, ...(row.leaf_index !== null && { index: Number(row.leaf_index) }) },
        ]),
      )
      return asked.map((about) => found.get(keyOf(about)))
    },
    { cacheKeyFn: keyOf },
  )
  return (about) => loader.load(about)
}

const PLACES = 'select entry, leaf_index from log_leaf where entry = any($1::uuid[])'

/** By UUIDs of entries, undefined for one that is not there. Nothing is remembered: an entry gets its place later. */
export function placeLoader(session: Session): (entry: string) => Promise<Pick<Placed, 'index'> | undefined> {
  const loader = new DataLoader<string, Pick<Placed, 'index'> | undefined>(
    async (asked) => {
      const rows = await session.query<{ entry: string; leaf_index: string | null }>({
        ...{ sql: PLACES, parameters: [asked] },
      })
      const found = new Map(rows.map(({ entry, leaf_index }) => [entry, leaf_index]))
      return asked.map((entry) => {
        const index = found.get(entry)
        return index === undefined ? undefined : index === null ? {} : { index: Number(index) }
      })
    },
    { cache: false },
  )
  return (entry) => loader.load(entry)
}
